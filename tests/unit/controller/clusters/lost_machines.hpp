// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>

#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/cluster_states.hpp"
#include "controller/clusters/clusters.hpp"
#include "controller/clusters/ledger.hpp"
#include "controller/clusters/operation_rows.hpp"
#include "tests/fakes/fake_cloud.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/quiet_agents.hpp"
#include "tests/fakes/release_directory.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::clusters {

/// Agents that do what they are asked, and note what it was.
class WillingAgents : public fakes::QuietAgents {
 public:
  void forget(const MachineId& machine) override { linked.erase(machine); }
  void forget(const ClusterId&) override { ++forgotten; }
  base::Task<base::Result<wire::IntentOutcome>> apply(ClusterId, std::string, std::string,
                                                      std::chrono::milliseconds) override {
    co_return answer();
  }
  base::Task<base::Result<wire::IntentOutcome>> submit(ClusterId, wire::Intent intent,
                                                       std::chrono::milliseconds) override {
    const auto& member = intent.etcd_member();
    const bool news = ids.insert(intent.id()).second;
    if (news && intent.has_etcd_member()) changes.push_back(member.name() + member.peer_url());
    co_return answer();
  }

  bool willing = true;
  int forgotten = 0;
  std::set<std::string> ids;
  std::vector<std::string> changes;  ///< of etcd's members: name and peer URL

 private:
  wire::IntentOutcome answer() const {
    wire::IntentOutcome outcome;
    outcome.set_ok(willing);
    outcome.set_message(willing ? "" : "not now");
    return outcome;
  }
};

/// Machines that are lost while an operation waits for them.
class LostMachines : public testing::Test {
 protected:
  /// Makes a cluster named demo; false: it did not become healthy.
  bool make(unsigned masters, unsigned workers) {
    ask(masters, workers);
    return until([&] { return clusters_.get("demo")->state == ClusterState::kHealthy; });
  }
  void ask(unsigned masters, unsigned workers) {
    ClusterSpec spec;
    spec.name = "demo";
    spec.masters = masters;
    spec.workers = workers;
    ASSERT_TRUE(fakes::run_task(io_, clusters_.create(spec, "someone")));
  }
  MachineRow node(const std::string& name) { return *rows_.find_machine(std::nullopt, name); }
  ResourceId resource(const std::string& name) { return node(name).resource; }
  OperationRecord operation() { return clusters_.operations("demo").front().operation; }
  bool is_at(const std::string& name) {
    const auto steps = operation().steps;
    const auto now = std::ranges::find_if(
        steps, [](const StepRecord& step) { return step.state != StepState::kDone; });
    return now != steps.end() && now->name == name && now->state == StepState::kRunning;
  }
  bool is(OperationState state) { return operation().state == state; }

  /// What agents come to in five seconds.
  void play() {
    for (const MachineRow& machine : rows_.machines()) {
      const bool runs = machine.cloud.known && machine.cloud.state == cloud::MachineState::kRunning;
      if (!runs) agents_.linked.erase(machine.id);
      if (!runs || silent_.contains(machine.name)) continue;
      rows_.set_enrolled(machine.id, clock_.utc(), "facts");
      if (stuck_.contains(machine.name)) continue;
      rows_.set_bootstrapped(machine.id);
      agents_.linked.insert(machine.id);
      if (!unready_.contains(machine.name)) {
        rows_.set_kubernetes(machine.id, {true, true, "", clock_.utc()});
      }
    }
  }
  void turn() {
    fakes::run_task(io_, [](LostMachines& test) -> base::Task<bool> {
      test.play();
      co_await test.clusters_.engine().step();
      co_await test.clusters_.watch_once();
      co_return true;
    }(*this));
    clock_.advance(std::chrono::seconds{5});
  }
  bool until(const std::function<bool()>& done) {
    for (int i = 0; i < 600 && !done(); ++i) turn();
    return done();
  }

  boost::asio::io_context io_;
  fakes::ManualClock clock_;
  std::unique_ptr<store::Database> database_ = store::Database::in_memory();
  Rows rows_{*database_};
  Ledger ledger_{*database_, clock_};
  secrets::Secrets secrets_{*database_, secrets::MasterKey::random()};
  fakes::FakeCloud cloud_{io_.get_executor()};
  NodeRoster roster_{*database_, secrets_, clock_, NodeImage{.kubernetes = "v1.20.2"}, true};
  WillingAgents agents_;
  Changes changes_{io_.get_executor()};
  fakes::ReleaseDirectory release_directory_;
  releases::AgentReleases releases_{release_directory_.path()};
  Foundation foundation() {
    return {.database = *database_,
            .secrets = secrets_,
            .cloud = cloud_,
            .roster = roster_,
            .agents = agents_,
            .changes = changes_,
            .clock = clock_,
            .releases = releases_,
            .user_data = [](const std::string&) { return std::string("x"); },
            .seed = 1};
  }
  Clusters clusters_{io_.get_executor(), foundation()};
  std::set<std::string> silent_;   ///< never enrol
  std::set<std::string> stuck_;    ///< enrol and never get further
  std::set<std::string> unready_;  ///< never Ready
};

}  // namespace slipway::clusters
