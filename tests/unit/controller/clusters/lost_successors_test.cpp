// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/controller/clusters/lost_machines.hpp"

namespace slipway::clusters {
namespace {

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

TEST_F(LostMachines, ASuccessorThatFailedAfterItServedIsReplacedWhenSomebodyAsks) {
  ASSERT_TRUE(make(1, 1));
  unready_ = {"demo-worker-1"};
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-worker-1", "someone"));
  ASSERT_TRUE(until([&] { return is_at("ready"); }));
  const auto failed = resource("demo-worker-1");
  cloud_.break_machine(failed, "its host is down");
  ASSERT_TRUE(until([&] { return is(OperationState::kFailed); }));
  EXPECT_EQ(resource("demo-worker-1"), failed);
  const auto gave_up = operation().id;
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-worker-1", "someone"));
  EXPECT_EQ(clusters_.operation(gave_up)->operation.state, OperationState::kCancelled);
  unready_.clear();
  ASSERT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
  EXPECT_NE(resource("demo-worker-1"), failed);
}

TEST_F(LostMachines, AMasterThatStillComesKeepsItsPlaceInEtcd) {
  ASSERT_TRUE(make(5, 0));
  stuck_ = {"demo-master-2"};
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-master-2", "someone"));
  ASSERT_TRUE(until([&] { return is(OperationState::kFailed); }));
  agents_.changes.clear();
  ASSERT_TRUE(clusters_.replace_node("demo", "demo-master-3", "someone"));
  ASSERT_TRUE(until([&] { return is(OperationState::kDone); })) << operation().error;
  EXPECT_EQ(agents_.changes, (std::vector<std::string>{
                                 "demo-master-3", "demo-master-3https://" +
                                                      node("demo-master-3").address + ":2380"}))
      << "who has no name yet is demo-master-2";
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
