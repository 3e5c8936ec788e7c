// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/drain.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::workloads {
namespace {

namespace json = boost::json;

DrainedPod one(const std::string& pod) {
  const auto pods = drained_pods(json::parse(R"({"items":[)" + pod + "]}").as_object());
  EXPECT_EQ(pods.size(), 1U);
  return pods.empty() ? DrainedPod{} : pods.front();
}

std::string pod_with(const std::string& metadata, const std::string& rest = "") {
  return R"({"metadata":{"namespace":"a","name":"p","uid":"u1")" + metadata + "}" + rest + "}";
}
std::string owned_by(const std::string& kind, const std::string& controls = "true") {
  return R"(,"ownerReferences":[{"kind":"Other","name":"o"},{"kind":")" + kind +
         R"(","name":"web","controller":)" + controls + "}]";
}
constexpr char kEmptyDir[] =
    R"(,"spec":{"volumes":[{"name":"c","configMap":{}},{"name":"d","emptyDir":{}}]})";

using Words = std::vector<std::string_view>;

TEST(Drain, EvictsWhatSomebodyMakesAnew) {
  const auto pod = one(pod_with(owned_by("ReplicaSet")));
  EXPECT_EQ(pod.fate, DrainFate::kEvict);
  EXPECT_EQ(pod.controller, "ReplicaSet web");
  EXPECT_FALSE(pod.bare);
  EXPECT_EQ(missing_leave(pod, {}), Words{});
}

TEST(Drain, LeavesDaemonSetsAndStaticPods) {
  EXPECT_EQ(one(pod_with(owned_by("DaemonSet"))).fate, DrainFate::kDaemonSet);
  const auto fixed =
      one(pod_with(R"(,"annotations":{"kubernetes.io/config.mirror":"x"})" + owned_by("Node")));
  EXPECT_EQ(fixed.fate, DrainFate::kStatic);
  EXPECT_EQ(missing_leave(fixed, {}), Words{}) << "it does not go, so that nothing is needed";
  EXPECT_EQ(one(pod_with(owned_by("DaemonSet"), R"(,"status":{"phase":"Failed"})")).fate,
            DrainFate::kEvict)
      << "that one is over";
}

TEST(Drain, WhatWouldBeLostNeedsLeave) {
  const auto bare = one(pod_with(""));
  EXPECT_EQ(missing_leave(bare, {}), Words{"force"});
  EXPECT_EQ(missing_leave(bare, {.force = true}), Words{});
  EXPECT_EQ(missing_leave(one(pod_with(owned_by("ReplicaSet", "false"))), {}), Words{"force"})
      << "an owner that does not control makes none anew";
  const auto data = one(pod_with(owned_by("ReplicaSet"), kEmptyDir));
  EXPECT_EQ(data.local_data, std::vector<std::string>{"d"});
  EXPECT_EQ(missing_leave(data, {.force = true}), Words{"deleteLocalData"});
  EXPECT_EQ(missing_leave(one(pod_with("", kEmptyDir)), {}), (Words{"force", "deleteLocalData"}));
  EXPECT_EQ(missing_leave(one(pod_with("", kEmptyDir)), {.force = true, .delete_local_data = true}),
            Words{});
}

TEST(Drain, WhatIsOverOrGoingNeedsNone) {
  const auto over =
      one(pod_with("", std::string(kEmptyDir) + R"(,"status":{"phase":"Succeeded"})"));
  EXPECT_EQ(over.fate, DrainFate::kEvict);
  EXPECT_EQ(missing_leave(over, {}), Words{});
  const auto going = one(pod_with(R"(,"deletionTimestamp":"2026-11-26T00:00:00Z")"));
  EXPECT_EQ(going.fate, DrainFate::kGoing);
  EXPECT_EQ(missing_leave(going, {}), Words{});
  EXPECT_EQ(
      one(pod_with(R"(,"deletionTimestamp":"2026-11-26T00:00:00Z")" + owned_by("DaemonSet"))).fate,
      DrainFate::kDaemonSet)
      << "its successor will stand there";
}

TEST(Drain, AnEvictionIsOfThatPodAlone) {
  const auto pod = one(pod_with(owned_by("ReplicaSet")));
  EXPECT_EQ(json::serialize(eviction_of(pod, 0, false)),
            R"({"apiVersion":"policy/v1beta1","kind":"Eviction","metadata":{"name":"p",)"
            R"("namespace":"a"},"deleteOptions":{"preconditions":{"uid":"u1"}}})");
  const auto dry = eviction_of(pod, 30, true);
  EXPECT_EQ(dry.at("deleteOptions").at("gracePeriodSeconds"), 30);
  EXPECT_EQ(dry.at("deleteOptions").at("dryRun"), json::array{"All"});
}

TEST(Drain, WhatIsNoListOfPodsHasNone) {
  EXPECT_TRUE(drained_pods({}).empty());
  EXPECT_TRUE(drained_pods(json::parse(R"({"items":[1,"x",null]})").as_object()).empty());
  const auto odd = one(R"({"metadata":{"ownerReferences":[7,{"controller":"yes"}]},"spec":[]})");
  EXPECT_EQ(odd.fate, DrainFate::kEvict);
}

TEST(Drain, PodsComeByNamespaceAndName) {
  const auto pods = drained_pods(json::parse(R"({"items":[
      {"metadata":{"namespace":"b","name":"a"}},{"metadata":{"namespace":"a","name":"z"}},
      {"metadata":{"namespace":"a","name":"b"}}]})")
                                     .as_object());
  ASSERT_EQ(pods.size(), 3U);
  EXPECT_EQ(pods[0].name + pods[1].name + pods[2].name, "bza");
}

}  // namespace
}  // namespace slipway::workloads
