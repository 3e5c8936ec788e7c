// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/simulation/clusters/world.hpp"

namespace slipway::simulation {
namespace {

using Moments = Fate::Moments;

clusters::ClusterSpec three_masters() {
  clusters::ClusterSpec spec;
  spec.name = "demo";
  spec.masters = 3;
  spec.workers = 1;
  return spec;
}

const clusters::Node& node_named(const std::vector<clusters::Node>& nodes,
                                 const std::string& name) {
  return *std::ranges::find(nodes, name, &clusters::Node::name);
}

bool is_done(World& world) {
  const auto operation = world.controller().operations("demo").front().operation;
  return operation.kind == "node.replace" && operation.state == clusters::OperationState::kDone;
}

/// Makes a cluster, takes a master's machine away, replaces it; returns how many moments there were
/// for the controller to die at.
std::uint64_t replace_and_die(std::uint64_t at) {
  World world{Fate{Moments::kCalls}};
  world.create(three_masters());
  EXPECT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  const auto before = *world.controller().nodes("demo");
  const auto old = node_named(before, "demo-master-2");
  world.cloud().lose(old.resource);
  world.pass(std::chrono::seconds{10});
  world.fate().die_at(at);
  bool asked = false;
  EXPECT_TRUE(world.run_until([&] {
    if (!asked)
      asked = world.ask(
          [](auto& to) { return to.replace_node("demo", "demo-master-2", "sim").has_value(); });
    return asked && is_done(world) && world.is_healthy("demo");
  })) << world.controller().operations("demo").front().operation.error;
  const auto moments = world.fate().passed();
  world.fate().die_at(Fate::kNever);
  world.pass(std::chrono::seconds{61});
  EXPECT_EQ(world.difference(), "");
  EXPECT_EQ(world.cloud().machine_count(), 4u);
  EXPECT_EQ(world.cloud().load_balancer_count(), 1u);
  const auto nodes = *world.controller().nodes("demo");
  const auto& made = node_named(nodes, "demo-master-2");
  EXPECT_NE(made.resource, old.resource);
  EXPECT_TRUE(made.kubernetes.ready);
  EXPECT_EQ(world.nodes().refused(), 0u) << "a machine was given a token that is void";
  EXPECT_EQ(world.nodes().member_changes(),
            (std::vector<std::string>{"leave demo-master-2", "leave ",
                                      "join https://" + made.address + ":2380"}));
  const auto members = world.balanced();
  EXPECT_EQ(members.size(), 3u);
  EXPECT_NE(std::ranges::find(members, made.address), members.end());
  EXPECT_EQ(std::ranges::find(members, old.address), members.end());
  EXPECT_FALSE(testing::Test::HasFailure())
      << "the controller died at moment " << at << ": " << world.fate().died_at();
  return moments;
}

TEST(Replacement, GivesALostMasterANewMachineAndItsPlaceInEtcd) {
  EXPECT_GT(replace_and_die(Fate::kNever), 0u);
}

/// One of kShards that run side by side, each with every kShards-th moment.
class ReplacementShard : public testing::TestWithParam<std::uint64_t> {};
constexpr std::uint64_t kShards = 3;

TEST_P(ReplacementShard, SurvivesADeathAtEveryCall) {
  const auto moments = replace_and_die(Fate::kNever);
  for (std::uint64_t at = 1 + GetParam(); at <= moments; at += kShards) {
    replace_and_die(at);
    if (testing::Test::HasFailure()) return;
  }
}
INSTANTIATE_TEST_SUITE_P(Each, ReplacementShard, testing::Range<std::uint64_t>(0, kShards));

/// Takes a worker's successor away too, as soon as it has enrolled; returns how many moments there
/// were for the controller to die at.
std::uint64_t lose_the_successor_and_die(std::uint64_t at) {
  World world{Fate{Moments::kCalls}};
  world.create(small_cluster());
  EXPECT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  const auto successor = [&] {
    return node_named(*world.controller().nodes("demo"), "demo-worker-1").resource;
  };
  const auto old = successor();
  world.fate().die_at(at);
  bool asked = false, lost = false;
  EXPECT_TRUE(world.run_until([&] {
    if (!asked)
      asked = world.ask(
          [](auto& to) { return to.replace_node("demo", "demo-worker-1", "sim").has_value(); });
    if (!lost && successor() != old && world.nodes().enrolled(successor())) {
      lost = true;
      world.cloud().lose(successor());
    }
    return lost && is_done(world) && world.is_healthy("demo");
  })) << world.controller().operations("demo").front().operation.error;
  const auto moments = world.fate().passed();
  world.fate().die_at(Fate::kNever);
  world.pass(std::chrono::seconds{61});
  EXPECT_EQ(world.difference(), "");
  EXPECT_EQ(world.cloud().machine_count(), 3u);
  EXPECT_EQ(world.nodes().refused(), 0u) << "a machine was given a token that is void";
  EXPECT_FALSE(testing::Test::HasFailure())
      << "the controller died at moment " << at << ": " << world.fate().died_at();
  return moments;
}

/// A world with two replacements is made for each moment: every third of them.
TEST_P(ReplacementShard, SurvivesADeathAtManyCallsWhenTheSuccessorIsLost) {
  constexpr std::uint64_t kOf = 3;
  const auto moments = lose_the_successor_and_die(Fate::kNever);
  for (std::uint64_t at = 1 + GetParam(); at <= moments; at += kOf * kShards) {
    lose_the_successor_and_die(at);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Replacement, IsRefusedWhereEtcdWouldLoseItsMajority) {
  World world{Fate{}};
  world.create(three_masters());
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  const auto nodes = *world.controller().nodes("demo");
  world.cloud().lose(node_named(nodes, "demo-master-1").resource);
  world.pass(std::chrono::seconds{10});
  const auto refused = world.controller().replace_node("demo", "demo-master-2", "sim");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kConflict);
  EXPECT_NE(refused.error().message.find("bring back first: demo-master-1"), std::string::npos)
      << refused.error().message;
  EXPECT_EQ(world.controller().operations("demo").size(), 1u);
  EXPECT_TRUE(world.controller().replace_node("demo", "demo-master-1", "sim"));
}

TEST(Replacement, AnOnlyMasterIsNotGivenUp) {
  World world{Fate{}};
  world.create(small_cluster());
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  const auto refused = world.controller().replace_node("demo", "demo-master-1", "sim");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("only master"), std::string::npos);
  // A worker may go, and asking twice is one operation.
  const auto first = world.controller().replace_node("demo", "demo-worker-1", "sim");
  const auto second = world.controller().replace_node("demo", "demo-worker-1", "sim");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->operation.id, second->operation.id);
  EXPECT_EQ(world.controller().replace_node("demo", "demo-worker-2", "sim").error().code,
            base::ErrorCode::kConflict);
  EXPECT_TRUE(world.run_until([&] { return is_done(world) && world.is_healthy("demo"); }));
  EXPECT_TRUE(world.nodes().member_changes().empty());
}

}  // namespace
}  // namespace slipway::simulation
