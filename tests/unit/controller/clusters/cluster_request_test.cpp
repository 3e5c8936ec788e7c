// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "controller/clusters/cluster_rules.hpp"

namespace slipway::clusters {
namespace {

base::Result<ClusterSpec> parse(const std::string& text) {
  return parse_cluster_request(boost::json::parse(text));
}

TEST(ClusterRequest, ANameIsEnough) {
  const auto spec = parse(R"({"name":"demo"})");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->masters, 1u);
  EXPECT_EQ(spec->workers, 1u);
  EXPECT_EQ(spec->system.size_gib, 40u);
  EXPECT_EQ(spec->data.size_gib, 100u);
  EXPECT_EQ(spec->etcd.size_gib, 5u);
}

TEST(ClusterRequest, ReadsAllAndWritesItBack) {
  const auto spec = parse(R"({"name":"demo","kubernetesVersion":"v1.20.2","runtime":"containerd",
    "keyPair":"k","masters":3,"workers":7,"masterFlavor":"m","workerFlavor":"w",
    "storage":{"system":{"sizeGiB":50},"data":{"sizeGiB":200,"type":"ssd"},"etcd":{"sizeGiB":6}},
    "network":{"cidr":"10.1.0.0/16","dnsServers":["8.8.8.8"]},
    "registries":[{"host":"reg:5000","endpoints":["https://reg:5000"],"insecure":true}]})");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->data, (DiskSpec{"ssd", 200}));
  EXPECT_TRUE(spec->registries.front().insecure);
  const auto again = parse_cluster_request(to_json(*spec));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, *spec);
}

struct Refusal {
  const char* body;
  const char* field;
};

class RefusedRequest : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedRequest, NamesItsField) {
  const auto spec = parse(GetParam().body);
  ASSERT_FALSE(spec) << GetParam().body;
  EXPECT_EQ(spec.error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(spec.error().field, GetParam().field) << spec.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, RefusedRequest,
    testing::Values(
        Refusal{"[]", "body"}, Refusal{"{}", "name"}, Refusal{R"({"name":7})", "name"},
        Refusal{R"({"name":""})", "name"}, Refusal{R"({"name":"De-mo"})", "name"},
        Refusal{R"({"name":"-demo"})", "name"}, Refusal{R"({"name":"demo."})", "name"},
        Refusal{R"({"name":"a23456789012345678901234567890123456789b1"})", "name"},
        Refusal{R"({"name":"demo","nodes":3})", "nodes"},
        Refusal{R"({"name":"demo","runtime":"docker"})", "runtime"},
        Refusal{R"({"name":"demo","masters":2})", "masters"},
        Refusal{R"({"name":"demo","masters":7})", "masters"},
        Refusal{R"({"name":"demo","masters":"3"})", "masters"},
        Refusal{R"({"name":"demo","workers":31})", "workers"},
        Refusal{R"({"name":"demo","workers":-1})", "workers"},
        Refusal{R"({"name":"demo","workers":1.5})", "workers"},
        Refusal{R"({"name":"demo","workers":99999999999})", "workers"},
        Refusal{R"({"name":"demo","masters":3,"workers":101})", "workers"},
        Refusal{R"({"name":"demo","masters":5,"workers":101})", "workers"},
        Refusal{R"({"name":"demo","storage":[]})", "storage"},
        Refusal{R"({"name":"demo","storage":{"root":{}}})", "storage.root"},
        Refusal{R"({"name":"demo","storage":{"data":{"sizeGiB":1}}})", "storage.data.sizeGiB"},
        Refusal{R"({"name":"demo","storage":{"etcd":{"sizeGiB":0}}})", "storage.etcd.sizeGiB"},
        Refusal{R"({"name":"demo","storage":{"etcd":{"sizeGiB":65537}}})", "storage.etcd.sizeGiB"},
        Refusal{R"({"name":"demo","network":{"cidr":"10.0.0.0"}})", "network.cidr"},
        Refusal{R"({"name":"demo","network":{"cidr":"10.0.0.1/16"}})", "network.cidr"},
        Refusal{R"({"name":"demo","network":{"cidr":"10.0.0.0/33"}})", "network.cidr"},
        Refusal{R"({"name":"demo","network":{"cidr":"10.0.0.0/28"}})", "network.cidr"},
        Refusal{R"({"name":"demo","network":{"cidr":"10.244.8.0/24"}})", "network.cidr"},
        Refusal{R"({"name":"demo","network":{"cidr":"10.0.0.0/8"}})", "network.cidr"},
        Refusal{R"({"name":"demo","network":{"dnsServers":["dns"]}})", "network.dnsServers[0]"},
        Refusal{R"({"name":"demo","registries":[{"endpoints":["http://a"]}]})",
                "registries[0].host"},
        Refusal{R"({"name":"demo","registries":[{"host":"a","endpoints":[]}]})",
                "registries[0].endpoints"},
        Refusal{R"({"name":"demo","registries":[{"host":"a","endpoints":["ftp://a"]}]})",
                "registries[0].endpoints[0]"}));

TEST(ClusterRequest, TheLimitsThemselvesAreAllowed) {
  EXPECT_TRUE(parse(R"({"name":"demo","masters":1,"workers":30})"));
  EXPECT_TRUE(parse(R"({"name":"demo","masters":3,"workers":100})"));
  EXPECT_TRUE(parse(R"({"name":"demo","masters":5,"workers":100})"));
  EXPECT_TRUE(parse(R"({"name":"a234567890123456789012345678901234567890"})"));
}

}  // namespace
}  // namespace slipway::clusters
