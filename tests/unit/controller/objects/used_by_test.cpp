// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/used_by.hpp"

#include <gtest/gtest.h>

namespace slipway::objects {
namespace {

wire::MirrorRow named(const char* name) {
  wire::MirrorRow row;
  row.mutable_meta()->set_name(name);
  row.mutable_meta()->set_pod_namespace("own");
  return row;
}

wire::MirrorRow workload(const char* name, std::uint32_t pods = 1) {
  auto row = named(name);
  row.mutable_workload()->set_desired(pods);
  row.mutable_workload()->set_pods(pods);
  return row;
}

User deployment(const char* name) {
  return user_of(workload(name), "Deployment", "template");
}

TEST(UsedBy, ATemplateNamesWhatItUses) {
  auto row = workload("web");
  auto& uses = *row.mutable_workload()->mutable_uses();
  uses.add_config_maps("settings");
  uses.add_secrets("keys");
  uses.add_claims("data");
  EXPECT_EQ(how_used(row, {Used::kConfigMap, "settings"}), "template");
  EXPECT_EQ(how_used(row, {Used::kSecret, "keys"}), "template");
  EXPECT_EQ(how_used(row, {Used::kClaim, "data"}), "template");
  EXPECT_EQ(how_used(row, {Used::kConfigMap, "keys"}), "");
  EXPECT_EQ(how_used(row, {Used::kSecret, "setting"}), "");
  EXPECT_EQ(how_used(row, {Used::kService, "settings"}), "");
  auto once = named("once");
  *once.mutable_job()->mutable_uses() = uses;
  EXPECT_EQ(how_used(once, {Used::kClaim, "data"}), "template");
  auto tick = named("tick");
  *tick.mutable_cron_job()->mutable_uses() = uses;
  EXPECT_EQ(how_used(tick, {Used::kSecret, "keys"}), "template");
}

TEST(UsedBy, AnEarlierTemplateCountsWhileItHasPods) {
  auto row = workload("web-1", 0);
  row.mutable_meta()->set_owner_kind("Deployment");
  row.mutable_meta()->set_owner_name("web");
  row.mutable_workload()->mutable_uses()->add_config_maps("settings");
  EXPECT_EQ(how_used(row, {Used::kConfigMap, "settings"}), "");
  row.mutable_workload()->set_pods(1);
  EXPECT_EQ(how_used(row, {Used::kConfigMap, "settings"}), "template");
}

TEST(UsedBy, PodsHoldClaimsUntilTheyEnd) {
  auto row = named("web-1");
  row.mutable_pod()->set_phase("Pending");
  row.mutable_pod()->add_claims("data");
  EXPECT_EQ(how_used(row, {Used::kClaim, "data"}), "pod");
  EXPECT_EQ(how_used(row, {Used::kClaim, "other"}), "");
  row.mutable_pod()->set_phase("Succeeded");
  EXPECT_EQ(how_used(row, {Used::kClaim, "data"}), "finished");
  EXPECT_EQ(how_used(row, {Used::kConfigMap, "data"}), "");
}

TEST(UsedBy, AServiceSelectsByAllItsLabelsAndNothingByNone) {
  auto row = workload("web");
  (*row.mutable_workload()->mutable_pod_labels())["app"] = "web";
  (*row.mutable_workload()->mutable_pod_labels())["tier"] = "front";
  EXPECT_EQ(how_used(row, {Used::kService, "web", {{"app", "web"}}}), "selector");
  EXPECT_EQ(how_used(row, {Used::kService, "web", {{"app", "web"}, {"tier", "back"}}}), "");
  EXPECT_EQ(how_used(row, {Used::kService, "web", {{"zone", "web"}}}), "");
  EXPECT_EQ(how_used(row, {Used::kService, "web", {}}), "");
  auto pod = named("web-1");
  pod.mutable_pod();
  (*pod.mutable_meta()->mutable_labels())["app"] = "web";
  EXPECT_EQ(how_used(pod, {Used::kService, "web", {{"app", "web"}}}), "selector");
}

TEST(UsedBy, IngressesRouteToServicesAndClaimsAreOfClasses) {
  auto ingress = named("front");
  ingress.mutable_ingress()->add_paths()->set_service("web");
  EXPECT_EQ(how_used(ingress, {Used::kService, "web"}), "backend");
  EXPECT_EQ(how_used(ingress, {Used::kService, "db"}), "");
  EXPECT_EQ(how_used(ingress, {Used::kSecret, "web"}), "");
  auto claim = named("data");
  claim.mutable_claim()->set_storage_class("fast");
  EXPECT_EQ(how_used(claim, {Used::kStorageClass, "fast"}), "class");
  EXPECT_EQ(how_used(claim, {Used::kStorageClass, "slow"}), "");
}

TEST(UsedBy, WhatFollowsAnotherOneIsLeftOut) {
  auto set = workload("web-1");
  set.mutable_meta()->set_owner_kind("Deployment");
  set.mutable_meta()->set_owner_name("web");
  auto pod = named("web-1-x");
  pod.mutable_meta()->set_owner_kind("ReplicaSet");
  pod.mutable_meta()->set_owner_name("web-1");
  const auto set_user = user_of(set, "ReplicaSet", "template");
  const auto pod_user = user_of(pod, "Pod", "pod");
  const auto all = folded({pod_user, set_user, deployment("web"), deployment("api")});
  const std::vector<User> left{deployment("api"), deployment("web"), pod_user};
  EXPECT_EQ(all, left);
  EXPECT_EQ(folded({set_user}), std::vector<User>{set_user}) << "its Deployment uses another now";
}

TEST(UsedBy, ASentenceNamesTheFirstFive) {
  std::vector<User> users{deployment("a"), deployment("b")};
  EXPECT_EQ(words_of(users), "Deployment a, Deployment b");
  for (const auto* name : {"c", "d", "e", "f", "g"}) users.push_back(deployment(name));
  EXPECT_EQ(words_of(users),
            "Deployment a, Deployment b, Deployment c, Deployment d, Deployment e and 2 more");
}

}  // namespace
}  // namespace slipway::objects
