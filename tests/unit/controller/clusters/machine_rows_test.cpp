// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "controller/clusters/cluster_rows.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::clusters {
namespace {

/// A cluster of a master and two workers, one of them bootstrapped.
class MachineRows : public testing::Test {
 protected:
  void SetUp() override {
    ClusterRow cluster;
    cluster.id = ClusterId{"c"};
    cluster.spec.name = "demo";
    rows_.insert(cluster);
    for (const unsigned ordinal : {1u, 2u, 3u}) {
      MachineRow machine{MachineId{"m" + std::to_string(ordinal)}, ClusterId{"c"}};
      machine.name = "demo-" + std::to_string(ordinal);
      machine.role = ordinal == 1 ? Role::kMaster : Role::kWorker;
      machine.ordinal = ordinal;
      rows_.insert(machine);
      rows_.set_resource(machine.id, ResourceId{"r" + std::to_string(ordinal)});
      rows_.set_cloud(machine.id, {true, cloud::MachineState::kRunning, "", clock_.utc()},
                      "10.0.0." + std::to_string(ordinal));
      rows_.set_enrolled(machine.id, clock_.utc(), "facts");
    }
    rows_.set_kubernetes(MachineId{"m2"}, {true, false, "NotYet", clock_.utc()});
    rows_.set_bootstrapped(MachineId{"m2"});
  }
  static wire::NodeState state_with(const std::string& step) {
    wire::NodeState state;
    auto* report = state.add_steps();
    report->set_name(step);
    report->set_state(wire::StepReport::DONE);
    report->set_attempts(2);
    report->set_started_utc_ms(5);
    report->set_ended_utc_ms(6);
    report->set_log_tail("it went well");
    return state;
  }
  /// How many rows of node_steps were written since this was asked last.
  std::int64_t steps_written() {
    auto count = database_->prepare("SELECT count(*) FROM written");
    count.step();
    const auto found = count.number(0);
    database_->prepare("DELETE FROM written").run();
    return found;
  }

  std::unique_ptr<store::Database> database_ = store::Database::in_memory();
  fakes::ManualClock clock_;
  Rows rows_{*database_};
};

TEST_F(MachineRows, NodesHaveNamesWhileTheirClusterStays) {
  ClusterRow other;
  other.id = ClusterId{"d"};
  other.spec.name = "other";
  rows_.insert(other);
  MachineRow machine{MachineId{"m9"}, other.id};
  machine.name = "other-1";
  machine.ordinal = 1;
  rows_.insert(machine);
  EXPECT_EQ(rows_.node_names().size(), 4U);
  EXPECT_EQ(rows_.node_names().at(machine.id), "other-1");
  rows_.set_state(other.id, ClusterState::kDeleting, "");
  EXPECT_EQ(rows_.node_names().size(), 3U);
  rows_.set_state(other.id, ClusterState::kHealthy, "");
  rows_.set_deleted(other.id, clock_.utc());
  EXPECT_FALSE(rows_.node_names().contains(machine.id));
}

TEST_F(MachineRows, BriefsSayTheSameAsWholeRows) {
  const auto whole = rows_.machines(ClusterId{"c"});
  const auto briefs = rows_.briefs(ClusterId{"c"});
  ASSERT_EQ(whole.size(), 3u);
  ASSERT_EQ(briefs.size(), whole.size());
  EXPECT_EQ(rows_.briefs().size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(briefs[i].id, whole[i].id);
    EXPECT_EQ(briefs[i].name, whole[i].name);
    EXPECT_EQ(briefs[i].role, whole[i].role);
    EXPECT_EQ(briefs[i].address, whole[i].address);
    EXPECT_EQ(briefs[i].resource, whole[i].resource);
    EXPECT_EQ(briefs[i].cloud.state, whole[i].cloud.state);
    EXPECT_EQ(briefs[i].kubernetes.reason, whole[i].kubernetes.reason);
    EXPECT_EQ(briefs[i].enrolled, whole[i].enrolled);
    EXPECT_EQ(briefs[i].bootstrapped, whole[i].bootstrapped);
    EXPECT_EQ(whole[i].facts, "facts");
  }
}

TEST_F(MachineRows, PeersMastersAndTheAwaitedAreChosen) {
  const auto peers = rows_.peers(ClusterId{"c"});
  ASSERT_EQ(peers.size(), 3u);
  EXPECT_TRUE(peers[0].is_master());
  EXPECT_FALSE(peers[1].is_master());
  EXPECT_EQ(peers[2].address, "10.0.0.3");
  EXPECT_EQ(peers[2].pod_cidr(), "10.244.3.0/24");
  ASSERT_EQ(rows_.masters(ClusterId{"c"}).size(), 1u);
  EXPECT_EQ(rows_.masters(ClusterId{"c"})[0].id, MachineId{"m1"});
  const auto awaited = rows_.not_bootstrapped();
  ASSERT_EQ(awaited.size(), 2u);
  for (const MachineRow& machine : awaited) EXPECT_NE(machine.id, MachineId{"m2"});
}

TEST_F(MachineRows, AStandingTellsWhatTheClusterIsAndItsGateway) {
  rows_.set_state(ClusterId{"c"}, ClusterState::kHealthy, "");
  rows_.set_gateway(ClusterId{"c"}, MachineId{"m1"});
  auto standing = rows_.standing(ClusterId{"c"});
  ASSERT_TRUE(standing);
  EXPECT_EQ(standing->state, ClusterState::kHealthy);
  EXPECT_EQ(standing->gateway, MachineId{"m1"});
  EXPECT_FALSE(standing->goes());
  rows_.set_deleted(ClusterId{"c"}, clock_.utc());
  EXPECT_TRUE(rows_.standing(ClusterId{"c"})->goes());
  EXPECT_FALSE(rows_.standing(ClusterId{"other"}));
}

TEST_F(MachineRows, WhatANodeSaysAgainIsNotWrittenAgain) {
  const MachineId machine{"m3"};
  database_->prepare("CREATE TEMP TABLE written (n INTEGER)").run();
  database_
      ->prepare(
          "CREATE TEMP TRIGGER noted AFTER INSERT ON main.node_steps"
          " BEGIN INSERT INTO written VALUES (1); END")
      .run();
  rows_.replace_steps(machine, state_with("disks"));
  EXPECT_EQ(steps_written(), 1);
  rows_.replace_steps(machine, state_with("disks"));
  EXPECT_EQ(steps_written(), 0);
  rows_.replace_steps(machine, state_with("kernel"));
  EXPECT_EQ(steps_written(), 1);
  ASSERT_EQ(rows_.steps(machine).size(), 1u);
  EXPECT_EQ(rows_.steps(machine)[0].name, "kernel");

  rows_.set_enrolled(machine, clock_.utc(), "facts");
  EXPECT_EQ(database_->changes(), 0);
  rows_.set_enrolled(machine, clock_.utc(), "others");
  EXPECT_EQ(database_->changes(), 1);
  EXPECT_EQ(rows_.machine(machine)->facts, "others");
  rows_.set_bootstrapped(machine);
  EXPECT_EQ(database_->changes(), 1);
  rows_.set_bootstrapped(machine);
  EXPECT_EQ(database_->changes(), 0);
}

}  // namespace
}  // namespace slipway::clusters
