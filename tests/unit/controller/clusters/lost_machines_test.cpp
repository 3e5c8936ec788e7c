// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/controller/clusters/lost_machines.hpp"

namespace slipway::clusters {
namespace {

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

TEST_F(LostMachines, AMasterThatFailedAfterItBootstrappedStaysWhileAWorkerIsMadeAnew) {
  stuck_ = {"demo-worker-1"};
  ask(1, 1);
  ASSERT_TRUE(until([&] { return is_at("bootstrap"); }));
  const auto master = resource("demo-master-1");
  const auto worker = resource("demo-worker-1");
  cloud_.break_machine(master, "their host is down");
  cloud_.break_machine(worker, "their host is down");
  ASSERT_TRUE(until([&] { return is_at("bootstrap") && resource("demo-worker-1") != worker; }));
  for (int i = 0; i < 30; ++i) turn();
  EXPECT_EQ(resource("demo-master-1"), master);
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

}  // namespace
}  // namespace slipway::clusters
