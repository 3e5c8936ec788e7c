// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/node_watch.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/quiet_agents.hpp"

namespace slipway::clusters {
namespace {

using std::chrono_literals::operator""min;

wire::NodeHealth health(const std::string& etcd, const std::string& containerd) {
  wire::NodeHealth told;
  for (const auto& [name, state] :
       {std::pair{"etcd.service", etcd}, {"containerd.service", containerd}}) {
    auto& unit = *told.add_units();
    unit.set_name(name);
    unit.set_state(state);
  }
  return told;
}

wire::NodeState settled() {
  wire::NodeState state;
  state.set_bootstrapped(true);
  state.mutable_facts()->set_hostname("worker");
  auto& step = *state.add_steps();
  step.set_name("ready");
  step.set_state(wire::StepReport::DONE);
  state.mutable_release()->set_running_sha256("abc");
  return state;
}

class NodeWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    ClusterRow cluster;
    cluster.id = ClusterId{"c"};
    cluster.spec.name = "demo";
    rows_.insert(cluster);
    MachineRow machine{id_, cluster.id};
    machine.name = "demo-worker-1";
    machine.role = Role::kWorker;
    rows_.insert(machine);
  }
  MachineRow row() { return *rows_.machine(id_); }
  void tell(const wire::NodeHealth& told) {
    wire::Report report;
    *report.mutable_health() = told;
    watch_.reported(id_, report);
  }
  std::string trouble() { return watch_.view(row(), *rows_.cluster(ClusterId{"c"})).trouble; }

  const MachineId id_{"m"};
  boost::asio::io_context io_;
  fakes::ManualClock clock_;
  std::unique_ptr<store::Database> database_ = store::Database::in_memory();
  Rows rows_{*database_};
  fakes::QuietAgents agents_;
  NodeWords words_;
  Changes changes_{io_.get_executor()};
  Operations operations_{io_.get_executor(), *database_, clock_, changes_, 7};
  NodeReleases releases_{*database_, agents_, clock_};
  NodeWatch watch_{*database_, agents_, operations_, changes_, words_, releases_, clock_};
};

TEST_F(NodeWatchTest, WhoComesBackAsItWasCostsNoWrite) {
  wire::NodeState state = settled();
  watch_.link_up(id_, state);
  const auto first = row();
  EXPECT_TRUE(first.enrolled && first.bootstrapped);
  clock_.advance(10min);
  watch_.link_up(id_, state);
  EXPECT_EQ(row().release_told_at, first.release_told_at);
  clock_.advance(kReleaseGranularity);
  watch_.link_up(id_, state);
  EXPECT_GT(row().release_told_at, first.release_told_at) << "its release would seem to be old";
}

TEST_F(NodeWatchTest, WhateverIsNewsIsStored) {
  wire::NodeState state = settled();
  watch_.link_up(id_, state);
  state.mutable_facts()->set_hostname("another");
  watch_.link_up(id_, state);
  EXPECT_EQ(row().facts, state.facts().SerializeAsString());
  state.mutable_steps(0)->set_attempts(3);
  watch_.link_up(id_, state);
  EXPECT_EQ(rows_.steps(id_).at(0).attempts, 3U);
  state.mutable_release()->set_running_sha256("def");
  watch_.link_up(id_, state);
  EXPECT_EQ(release_told(row())->running_sha256(), "def");
}

TEST_F(NodeWatchTest, ANodesTroubleComesAndGoes) {
  watch_.link_up(id_, settled());
  tell(health("inactive", "active"));
  EXPECT_EQ(trouble(), "") << "a worker has no etcd";
  tell(health("inactive", "failed"));
  EXPECT_EQ(trouble(), "its containerd.service is failed");
  watch_.link_down(id_);
  watch_.link_up(id_, settled());
  EXPECT_EQ(trouble(), "its containerd.service is failed") << "nobody said that it is well";
  tell(health("inactive", "active"));
  EXPECT_EQ(trouble(), "");
  tell(health("inactive", "failed"));
  tell(health("active", "active"));
  EXPECT_EQ(trouble(), "");
}

TEST_F(NodeWatchTest, WhomANodeTrustsIsNoNewsOfIt) {
  watch_.link_up(id_, settled());
  const auto rows = database_->revision();
  const auto heard = changes_.subscribe();
  wire::Report report;
  report.mutable_trust()->add_ca_sha256("abc");
  watch_.reported(id_, report);
  EXPECT_EQ(database_->revision(), rows);
  EXPECT_TRUE((*heard)->take().empty());
}

TEST_F(NodeWatchTest, WhatIsToldBeforeTheNodeIsBootstrappedCountsAfterwards) {
  wire::NodeState state = settled();
  state.set_bootstrapped(false);
  watch_.link_up(id_, state);
  tell(health("inactive", "failed"));
  EXPECT_EQ(trouble(), "") << "it is still being made";
  wire::Report report;
  *report.mutable_state() = settled();
  watch_.reported(id_, report);
  tell(health("inactive", "failed"));
  EXPECT_EQ(trouble(), "its containerd.service is failed");
}

}  // namespace
}  // namespace slipway::clusters
