// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/revisions.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace slipway::workloads {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

const char* const kDeployment = R"({"metadata":{"uid":"u"},"spec":{"template":{
  "metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"image":"a:2"}]}}}})";

std::string replica_set(const std::string& owner, const std::string& number,
                        const std::string& image) {
  return R"({"metadata":{"ownerReferences":[{"uid":")" + owner +
         R"("}],"creationTimestamp":"2026-01-02T12:04:05Z","annotations":{
    "deployment.kubernetes.io/revision":")" +
         number + R"("}},"spec":{"template":{"metadata":{
    "labels":{"app":"web","pod-template-hash":"x"}},"spec":{"containers":[{"image":")" +
         image + R"("}]}}}})";
}

TEST(Revisions, AreADeploymentsReplicaSetsNewestFirst) {
  const auto all = revisions_of(
      json::parse(kDeployment).as_object(),
      json::parse("[" + replica_set("u", "9", "a:1") + "," + replica_set("u", "10", "a:2") + "," +
                  replica_set("other", "11", "a:3") + "," + replica_set("u", "x", "a:4") + ",7]")
          .as_array());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].number, 10U);
  EXPECT_TRUE(all[0].present);
  EXPECT_FALSE(all[1].present);
  EXPECT_THAT(all[1].images, ElementsAre("a:1"));
  EXPECT_EQ(json::serialize(all[1].pod_template).find("pod-template-hash"), std::string::npos);
  EXPECT_EQ(revision_at(all, 9)->number, 9U);
  const auto none = revision_at(all, 8);
  EXPECT_EQ(none.error().field, "revision");
  EXPECT_THAT(none.error().message, HasSubstr("there are 10, 9"));
}

TEST(Revisions, OfADaemonSetForgetThatItWasStopped) {
  const auto set = json::parse(R"({"metadata":{"uid":"u"},"spec":{"template":{"spec":{
    "nodeSelector":{"slipway.io/stopped":"true"},"x":1}}}})")
                       .as_object();
  const auto kept = json::parse(R"([{"revision":1,"metadata":{"ownerReferences":[{"uid":"u"}]},
    "data":{"spec":{"template":{"$patch":"replace","spec":{"x":1}}}}},
    {"revision":2,"metadata":{"ownerReferences":[{"uid":"u"}]},"data":{"spec":{"template":{
    "spec":{"nodeSelector":{"disk":"ssd","slipway.io/stopped":"true"},"x":2}}}}}])")
                        .as_array();
  const auto all = revisions_of(set, kept);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(json::serialize(all[0].pod_template),
            R"({"spec":{"nodeSelector":{"disk":"ssd"},"x":2}})");
  EXPECT_EQ(json::serialize(all[1].pod_template), R"({"spec":{"x":1}})");
  EXPECT_TRUE(all[1].present);
}

TEST(Differences, NamePathAndBothValues) {
  const auto found =
      differences(json::parse(R"({"a":{"b":[1,{"c":"x"}]},"gone":true,"same":[1]})"),
                  json::parse(R"({"a":{"b":[1,{"c":"y"},3]},"new":null,"same":[1]})"));
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].path, "a.b[1].c");
  EXPECT_EQ(*found[0].from, R"("x")");
  EXPECT_EQ(*found[0].to, R"("y")");
  EXPECT_EQ(found[1].path, "a.b[2]");
  EXPECT_FALSE(found[1].from);
  EXPECT_EQ(found[2].path, "gone");
  EXPECT_FALSE(found[2].to);
  EXPECT_EQ(found[3].path, "new");
}

TEST(Differences, AreBounded) {
  json::array many;
  for (int i = 0; i < 1000; ++i) many.emplace_back(i);
  EXPECT_EQ(differences(many, json::array(1000, "x")).size(), kMaxDifferences);
  const auto huge = differences(json::value("a"), json::value(std::string(5000, 'b')));
  EXPECT_LT(huge[0].to->size(), 500U);
  json::value deep = 1;
  json::value other = 2;
  for (int i = 0; i < 200; ++i) {
    deep = json::array{std::move(deep)};
    other = json::array{std::move(other)};
  }
  EXPECT_EQ(differences(deep, other).size(), 1U);
}

}  // namespace
}  // namespace slipway::workloads
