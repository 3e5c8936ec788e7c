// SPDX-License-Identifier: Apache-2.0
// Machines that are lost while an operation waits for them.
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
namespace {

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

TEST_F(LostMachines, ASuccessorThatIsLostWhileItBootsIsReplacedAgain) {
  ASSERT_TRUE(make(1, 1));
  stuck_ = {"demo-worker-1"};
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-worker-1", "someone"));
  ASSERT_TRUE(until([&] { return is_at("bootstrap"); }));
  const auto lost = resource("demo-worker-1");
  cloud_.lose(lost);
  ASSERT_TRUE(until([&] { return is_at("bootstrap") && resource("demo-worker-1") != lost; }));
  stuck_.clear();
  ASSERT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
  EXPECT_EQ(ledger_.find(lost)->state, ResourceState::kGone);
  EXPECT_EQ(cloud_.machine_count(), 2u);
}

TEST_F(LostMachines, ASuccessorThatTheCloudFailsIsReplacedAgain) {
  ASSERT_TRUE(make(1, 1));
  cloud_.boot_polls(1000);
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-worker-1", "someone"));
  ASSERT_TRUE(until([&] { return is_at("machine"); }));
  const auto broken = resource("demo-worker-1");
  cloud_.break_machine(broken, "no host was found");
  cloud_.boot_polls(0);
  ASSERT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
  EXPECT_NE(resource("demo-worker-1"), broken);
  EXPECT_EQ(cloud_.spec(broken), nullptr);
  EXPECT_EQ(cloud_.machine_count(), 2u);
}

TEST_F(LostMachines, ASuccessorWhoseTokenIsTooLateIsReplacedAgain) {
  ASSERT_TRUE(make(1, 1));
  silent_ = {"demo-worker-1"};
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-worker-1", "someone"));
  ASSERT_TRUE(until([&] { return is_at("bootstrap"); }));
  const auto silent = resource("demo-worker-1");
  const auto began = clock_.utc();
  ASSERT_TRUE(until([&] { return is_at("bootstrap") && resource("demo-worker-1") != silent; }));
  EXPECT_GE(clock_.utc() - began, std::chrono::minutes{15}) << "it could still have come";
  silent_.clear();
  ASSERT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
  EXPECT_EQ(cloud_.machine_count(), 2u);
}

TEST_F(LostMachines, ALostMastersSuccessorGivesItsPlaceInEtcdUpToo) {
  ASSERT_TRUE(make(3, 0));
  stuck_ = {"demo-master-2"};
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-master-2", "someone"));
  ASSERT_TRUE(until([&] { return is_at("bootstrap"); }));
  const auto first = node("demo-master-2").address;
  cloud_.lose(resource("demo-master-2"));
  stuck_.clear();
  ASSERT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
  const auto second = node("demo-master-2").address;
  ASSERT_NE(first, second);
  EXPECT_EQ(agents_.changes, (std::vector<std::string>{
                                 "demo-master-2", "", "demo-master-2https://" + first + ":2380",
                                 "demo-master-2", "", "demo-master-2https://" + second + ":2380"}))
      << "a member that never started has no name";
}

TEST_F(LostMachines, ASuccessorIsReplacedSoOftenAsItsStepMayFail) {
  ASSERT_TRUE(make(1, 1));
  cloud_.on_running = [&](const cloud::MachineSpec& spec, const cloud::Machine& made) {
    if (spec.name == "demo-worker-1") cloud_.break_machine(made.id, "it burns");
  };
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-worker-1", "someone"));
  ASSERT_TRUE(until([&] { return is(OperationState::kFailed); }));
  EXPECT_NE(operation().error.find("it burns"), std::string::npos) << operation().error;
  cloud_.on_running = {};
  ASSERT_TRUE(clusters_.retry(operation().id));
  EXPECT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
}

TEST_F(LostMachines, AWorkerThatIsLostAfterItEnrolledIsMadeAnew) {
  stuck_ = {"demo-worker-1"};
  ask(1, 2);
  ASSERT_TRUE(until([&] { return is_at("bootstrap"); }));
  const auto lost = resource("demo-worker-1");
  const auto other = resource("demo-worker-2");
  cloud_.break_machine(lost, "its host is down");
  ASSERT_TRUE(until([&] { return is_at("bootstrap") && resource("demo-worker-1") != lost; }));
  stuck_.clear();
  ASSERT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
  EXPECT_NE(resource("demo-worker-1"), lost);
  EXPECT_EQ(resource("demo-worker-2"), other);
  EXPECT_EQ(ledger_.find(lost)->state, ResourceState::kGone);
  EXPECT_EQ(cloud_.machine_count(), 3u);
  EXPECT_EQ(agents_.forgotten, 0);
}

TEST_F(LostMachines, AWorkerThatIsLostBeforeItWasReadyIsMadeAnew) {
  unready_ = {"demo-worker-1"};
  ask(1, 1);
  ASSERT_TRUE(until([&] { return is_at("ready"); }));
  const auto lost = resource("demo-worker-1");
  cloud_.lose(lost);
  ASSERT_TRUE(until([&] { return is_at("ready") && resource("demo-worker-1") != lost; }));
  unready_.clear();
  ASSERT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
}

TEST_F(LostMachines, WhoIsLinkedLivesWhateverTheCloudSays) {
  unready_ = {"demo-worker-1"};
  ask(1, 1);
  ASSERT_TRUE(until([&] { return is_at("ready"); }));
  const auto here = resource("demo-worker-1");
  cloud_.break_machine(here, "the cloud lost track of it");
  fakes::run_task(io_, [](Clusters& clusters) -> base::Task<bool> {
    co_await clusters.watch_once();
    co_await clusters.engine().step();
    co_return true;
  }(clusters_));
  EXPECT_EQ(node("demo-worker-1").cloud.state, cloud::MachineState::kFailed);
  EXPECT_EQ(resource("demo-worker-1"), here);
  EXPECT_TRUE(is_at("ready"));
}

TEST_F(LostMachines, AControllerThatJustStartedTakesNobodyForLost) {
  stuck_ = {"demo-worker-1"};
  ask(1, 1);
  ASSERT_TRUE(until([&] { return is_at("bootstrap"); }));
  const auto here = resource("demo-worker-1");
  cloud_.break_machine(here, "its host is down");
  fakes::run_task(io_, [](Clusters& clusters) -> base::Task<bool> {
    co_await clusters.watch_once();
    co_return true;
  }(clusters_));
  EXPECT_EQ(node("demo-worker-1").cloud.state, cloud::MachineState::kFailed);
  Clusters later{io_.get_executor(), foundation()};
  const auto step = [&] {
    fakes::run_task(io_, [](Clusters& clusters) -> base::Task<bool> {
      co_await clusters.engine().step();
      co_return true;
    }(later));
  };
  step();
  EXPECT_EQ(resource("demo-worker-1"), here) << "its agent has had no time to come";
  clock_.advance(kLinkGrace + std::chrono::seconds{1});
  step();
  EXPECT_NE(resource("demo-worker-1"), here);
}

TEST_F(LostMachines, WhatHasBootstrappedAndMayBeSwitchedOnAgainIsWaitedFor) {
  unready_ = {"demo-worker-1"};
  ask(1, 1);
  ASSERT_TRUE(until([&] { return is_at("ready"); }));
  const auto here = resource("demo-worker-1");
  cloud_.break_machine(here, "its host is down");
  for (int i = 0; i < 30; ++i) turn();
  EXPECT_TRUE(is_at("ready"));
  EXPECT_EQ(resource("demo-worker-1"), here);
}

TEST_F(LostMachines, NothingThatMayBeInUseGoesWithTheOnlyMaster) {
  unready_ = {"demo-worker-1"};
  ask(1, 1);
  ASSERT_TRUE(until([&] { return is_at("ready"); }));
  const auto here = resource("demo-worker-1");
  cloud_.lose(resource("demo-master-1"));
  ASSERT_TRUE(until([&] { return is(OperationState::kFailed); }));
  EXPECT_NE(operation().error.find("delete the cluster"), std::string::npos) << operation().error;
  EXPECT_EQ(resource("demo-worker-1"), here);
}

TEST_F(LostMachines, ASuccessorThatEtcdCannotSpareIsWaitedFor) {
  ASSERT_TRUE(make(3, 0));
  stuck_ = {"demo-master-2"};
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-master-2", "someone"));
  ASSERT_TRUE(until([&] { return is_at("bootstrap"); }));
  const auto here = resource("demo-master-2");
  stuck_.insert("demo-master-1");
  agents_.linked.erase(node("demo-master-1").id);
  cloud_.lose(here);
  for (int i = 0; i < 30; ++i) turn();
  EXPECT_EQ(resource("demo-master-2"), here) << "with two of three away etcd has no majority";
  stuck_.clear();
  ASSERT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
  EXPECT_NE(resource("demo-master-2"), here);
}

TEST_F(LostMachines, WithAMasterAllOfTheClusterBeginsAnew) {
  stuck_ = {"demo-master-1", "demo-master-2", "demo-master-3", "demo-worker-1"};
  ask(3, 1);
  ASSERT_TRUE(until([&] { return is_at("bootstrap"); }));
  std::set<ResourceId> before;
  for (const MachineRow& machine : rows_.machines()) before.insert(machine.resource);
  cloud_.lose(resource("demo-master-2"));
  ASSERT_TRUE(
      until([&] { return is_at("bootstrap") && !before.contains(resource("demo-worker-1")); }));
  stuck_.clear();
  ASSERT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
  EXPECT_EQ(agents_.forgotten, 1) << "with the places in etcd";
  for (const MachineRow& machine : rows_.machines())
    EXPECT_FALSE(before.contains(machine.resource));
  EXPECT_EQ(cloud_.machine_count(), 4u);
  EXPECT_EQ(cloud_.network_count(), 1u);
}

TEST_F(LostMachines, AMasterThatIsLostBesideOthersThatServeIsSaidAtOnce) {
  stuck_ = {"demo-master-2"};
  ask(3, 0);
  ASSERT_TRUE(until([&] { return is_at("bootstrap"); }));
  const auto others = resource("demo-master-1");
  const auto began = clock_.utc();
  cloud_.lose(resource("demo-master-2"));
  ASSERT_TRUE(until([&] { return is(OperationState::kFailed); }));
  EXPECT_LT(clock_.utc() - began, std::chrono::minutes{1});
  EXPECT_NE(operation().error.find("demo-master-2"), std::string::npos) << operation().error;
  EXPECT_EQ(resource("demo-master-1"), others);
}

TEST_F(LostMachines, ARefusedReplacementLeavesWhatGaveUpBefore) {
  ASSERT_TRUE(make(3, 1));
  agents_.willing = false;
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-worker-1", "someone"));
  ASSERT_TRUE(until([&] { return is(OperationState::kFailed); }));
  const auto gave_up = operation().id;
  agents_.linked.erase(node("demo-master-1").id);
  const auto refused = clusters_.replace_node("demo", "demo-master-2", "someone");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(operation().id, gave_up);
  EXPECT_TRUE(is(OperationState::kFailed)) << "it can be retried still";
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-master-1", "someone"));
  EXPECT_EQ(clusters_.operation(gave_up)->operation.state, OperationState::kCancelled);
}

TEST_F(LostMachines, AnUpgradeThatIsNotTakenLeavesWhatGaveUpBefore) {
  ASSERT_TRUE(make(1, 1));
  agents_.willing = false;
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-worker-1", "someone"));
  ASSERT_TRUE(until([&] { return is(OperationState::kFailed); }));
  ClusterRow busy;
  busy.id = ClusterId{"busy"};
  busy.spec.name = "busy";
  rows_.insert(busy);
  const std::string kind = "test", none;
  for (std::size_t i = 0; i < kMaxOpenOperations; ++i) {
    const OperationId id{"o" + std::to_string(i)};
    insert_operation(*database_, {id, busy.id, kind, none, none}, clock_.utc(), {});
  }
  EXPECT_EQ(clusters_.upgrade_agents("demo", "image", "someone").error().code,
            base::ErrorCode::kExhausted);
  EXPECT_TRUE(is(OperationState::kFailed)) << "it can be retried still";
}

}  // namespace
}  // namespace slipway::clusters
