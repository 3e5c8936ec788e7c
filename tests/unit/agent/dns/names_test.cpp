// SPDX-License-Identifier: Apache-2.0
#include "agent/dns/names.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace slipway::dns {
namespace {

boost::json::object object(std::string_view text) {
  return boost::json::parse(text).as_object();
}

TEST(Names, AServiceIsItsClusterAddress) {
  Names names;
  names.put_service(
      object(R"({"metadata":{"name":"web","namespace":"shop"},"spec":{"clusterIP":"10.96.0.7"}})"));
  EXPECT_EQ(names.hosts_file("cluster.local"), "10.96.0.7 web.shop.svc.cluster.local\n");
}

TEST(Names, AHeadlessServiceIsAllThatIsBehindIt) {
  Names names;
  names.put_service(
      object(R"({"metadata":{"name":"db","namespace":"shop"},"spec":{"clusterIP":"None"}})"));
  EXPECT_EQ(names.hosts_file("cluster.local"), "");
  names.put_endpoints(object(R"({"metadata":{"name":"db","namespace":"shop"},"subsets":[
    {"addresses":[{"ip":"10.244.1.2","hostname":"db-0"},{"ip":"10.244.2.2"}],
     "notReadyAddresses":[{"ip":"10.244.9.9"}]}]})"));
  EXPECT_EQ(names.hosts_file("cluster.local"),
            "10.244.1.2 db-0.db.shop.svc.cluster.local\n"
            "10.244.1.2 db.shop.svc.cluster.local\n"
            "10.244.2.2 db.shop.svc.cluster.local\n");
  names.put_endpoints(object(R"({"metadata":{"name":"db","namespace":"shop"}})"));
  EXPECT_EQ(names.hosts_file("cluster.local"), "");
}

TEST(Names, WhatIsDeletedIsGone) {
  Names names;
  const auto web =
      object(R"({"metadata":{"name":"web","namespace":"shop"},"spec":{"clusterIP":"10.96.0.7"}})");
  names.put_service(web);
  names.drop_service(web);
  EXPECT_EQ(names.hosts_file("cluster.local"), "");
}

TEST(Names, AServiceThatBecomesExternalHasNoAddress) {
  Names names;
  names.put_service(
      object(R"({"metadata":{"name":"web","namespace":"a"},"spec":{"clusterIP":"10.96.0.7"}})"));
  names.put_service(object(
      R"({"metadata":{"name":"web","namespace":"a"},)"
      R"("spec":{"type":"ExternalName","externalName":"x"}})"));
  EXPECT_EQ(names.hosts_file("cluster.local"), "");
}

TEST(Names, NothingThatIsNoNameGetsIntoTheFile) {
  Names names;
  for (const char* text :
       {R"({})", R"({"metadata":7})", R"({"metadata":{"name":"a\n1.2.3.4 b","namespace":"x"},
           "spec":{"clusterIP":"10.0.0.1"}})",
        R"({"metadata":{"name":"a","namespace":"x"},"spec":{"clusterIP":"10.0.0.1 evil"}})",
        R"({"metadata":{"name":"a","namespace":"x"},"spec":[]})"})
    names.put_service(object(text));
  names.put_endpoints(object(R"({"metadata":{"name":"a","namespace":"x"},"subsets":[7,
    {"addresses":[7,{"ip":9},{"ip":"10.0.0.1\n6.6.6.6 x"}]}]})"));
  EXPECT_EQ(names.hosts_file("cluster.local"), "");
}

}  // namespace
}  // namespace slipway::dns
