// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/cluster_states.hpp"

#include <gtest/gtest.h>

namespace slipway::clusters {
namespace {

constexpr base::UtcTime kStart{std::chrono::hours{1000}};
constexpr base::UtcTime kNow = kStart + std::chrono::minutes{10};

Node well(const std::string& name) {
  Node node;
  node.name = name;
  node.link.connected = true;
  node.link.since = kStart;
  node.kubernetes = {true, true, "KubeletReady", kNow};
  node.machine_state = {true, cloud::MachineState::kRunning, "", kNow};
  return node;
}

TEST(Judge, AllWellIsHealthy) {
  const auto verdict = judge({well("a"), well("b")}, kNow, kStart);
  EXPECT_TRUE(verdict.healthy);
  EXPECT_EQ(verdict.ready, 2u);
  EXPECT_EQ(verdict.reason, "");
}

TEST(Judge, NoNodesAreNotHealthy) {
  EXPECT_FALSE(judge({}, kNow, kStart).healthy);
}

TEST(Judge, EachOfTheThreeFactsCountsAndIsNamed) {
  Node machine = well("m"), link = well("l"), kubernetes = well("k");
  machine.machine_state.state = cloud::MachineState::kStopped;
  link.link = {false, kNow - kLinkGrace - std::chrono::seconds{1}};
  link.link.why_down = "no answer";
  kubernetes.kubernetes.ready = false;
  kubernetes.kubernetes.reason = "container runtime is down";
  const auto verdict = judge({machine, link, kubernetes}, kNow, kStart);
  EXPECT_FALSE(verdict.healthy);
  EXPECT_EQ(verdict.reason,
            "m: its machine is stopped; l: its agent is out of reach (no answer); "
            "k: it is not Ready (container runtime is down)");
}

wire::NodeHealth health_with(std::uint64_t etcd_used, const std::string& etcd_unit) {
  wire::NodeHealth health;
  auto& disk = *health.add_disks();
  disk.set_mount("/var/lib/etcd");
  disk.set_size_bytes(1000);
  disk.set_used_bytes(etcd_used);
  for (const auto& [name, state] :
       {std::pair<std::string, std::string>{"containerd.service", "active"},
        {"etcd.service", etcd_unit}}) {
    auto& unit = *health.add_units();
    unit.set_name(name);
    unit.set_state(state);
  }
  return health;
}

TEST(Trouble, AFullDiskAndAUnitThatDoesNotRunAreNamed) {
  EXPECT_EQ(trouble_of(health_with(979, "active"), Role::kMaster), "");
  EXPECT_EQ(trouble_of(health_with(980, "active"), Role::kMaster),
            "its disk /var/lib/etcd is full: free or enlarge it");
  EXPECT_EQ(trouble_of(health_with(1000, "activating"), Role::kMaster),
            "its disk /var/lib/etcd is full: free or enlarge it, its etcd.service is activating");
  EXPECT_EQ(trouble_of(health_with(0, "inactive"), Role::kMaster), "its etcd.service is inactive");
  EXPECT_EQ(trouble_of(health_with(0, "inactive"), Role::kWorker), "");
}

TEST(Trouble, WhatAnAgentSaysIsBounded) {
  wire::NodeHealth health;
  for (int i = 0; i < 100; ++i) {
    auto& unit = *health.add_units();
    unit.set_name(std::string(10'000, 'x'));
    unit.set_state(std::string(10'000, 'y'));
  }
  EXPECT_LE(trouble_of(health, Role::kMaster).size(), kMaxTrouble);
}

TEST(Judge, AReadyNodeInTroubleIsNotWell) {
  Node node = well("a");
  node.trouble = "its disk /var/lib/etcd is full";
  const auto verdict = judge({node, well("b")}, kNow, kStart);
  EXPECT_FALSE(verdict.healthy);
  EXPECT_EQ(verdict.ready, 2u);
  EXPECT_EQ(verdict.reason, "a: its disk /var/lib/etcd is full");
}

TEST(Judge, AShortSilenceAndAControllersRestartAreForgiven) {
  Node node = well("a");
  node.link = {false, kNow - std::chrono::seconds{5}};
  EXPECT_TRUE(judge({node}, kNow, kStart).healthy);
  node.link = {};
  EXPECT_TRUE(judge({node}, kNow, kNow - std::chrono::seconds{5}).healthy);
  EXPECT_FALSE(judge({node}, kNow, kStart).healthy);
}

TEST(Judge, ManyAilingNodesAreCounted) {
  Node node = well("n");
  node.kubernetes.known = false;
  const auto verdict = judge(std::vector<Node>(5, node), kNow, kStart);
  EXPECT_TRUE(verdict.reason.ends_with("; and 2 more")) << verdict.reason;
}

TEST(NextState, OperationsOwnTheOthers) {
  const Verdict good{true, ""}, bad{false, "why"};
  EXPECT_EQ(next_state(ClusterState::kHealthy, bad), ClusterState::kUnhealthy);
  EXPECT_EQ(next_state(ClusterState::kUnhealthy, good), ClusterState::kHealthy);
  EXPECT_EQ(next_state(ClusterState::kCreating, good), ClusterState::kCreating);
  EXPECT_EQ(next_state(ClusterState::kDeleting, good), ClusterState::kDeleting);
  EXPECT_EQ(next_state(ClusterState::kFailed, good), ClusterState::kFailed);
}

TEST(Gateway, IsAConnectedBootstrappedMasterAndStays) {
  const MachineId a{"a"}, b{"b"}, c{"c"};
  EXPECT_EQ(choose_gateway({}, {{a, true, false}, {b, false, true}}), std::nullopt);
  EXPECT_EQ(choose_gateway({}, {{a, true, false}, {b, true, true}, {c, true, true}}), b);
  EXPECT_EQ(choose_gateway(c, {{a, true, true}, {b, true, true}, {c, true, true}}), c);
  EXPECT_EQ(choose_gateway(c, {{a, true, true}, {c, false, true}}), a);
  EXPECT_EQ(choose_gateway(c, {{a, false, true}, {c, false, true}}), c);
  EXPECT_EQ(choose_gateway(c, {{a, false, true}}), std::nullopt) << "it is no member any more";
}

}  // namespace
}  // namespace slipway::clusters
