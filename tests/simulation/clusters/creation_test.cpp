// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/simulation/clusters/world.hpp"

namespace slipway::simulation {
namespace {

using Moments = Fate::Moments;

/// What must be so after every creation, however often the controller died.
void expect_one_ready_cluster(World& world) {
  const auto spec = small_cluster();
  ASSERT_EQ(world.controller().list().size(), 1u);
  const auto cluster = world.controller().list().front();
  EXPECT_EQ(cluster.nodes_ready, spec.masters + spec.workers);
  EXPECT_EQ(world.cloud().machine_count(), spec.masters + spec.workers);
  EXPECT_EQ(world.cloud().network_count(), 1u);
  EXPECT_EQ(world.nodes().alive(), spec.masters + spec.workers);
  EXPECT_EQ(world.nodes().refused(), 0u) << "a machine was given a token that is void";
  EXPECT_EQ(world.difference(), "");
  EXPECT_EQ(world.controller().operations(std::nullopt).size(), 1u);
  const auto operation = world.controller().operations(std::nullopt).front().operation;
  EXPECT_EQ(operation.state, clusters::OperationState::kDone) << operation.error;
}

void create_and_die(Moments moments, std::uint64_t at) {
  World world{Fate{moments, at}};
  world.create(small_cluster());
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }))
      << world.controller().operations(std::nullopt).front().operation.error;
  expect_one_ready_cluster(world);
  if (testing::Test::HasFailure()) {
    FAIL() << "the controller died at moment " << at << ": " << world.fate().died_at();
  }
}

std::uint64_t moments_of_a_creation(Moments moments) {
  World world{Fate{moments}};
  world.create(small_cluster());
  EXPECT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  expect_one_ready_cluster(world);
  return world.fate().passed();
}

TEST(Creation, MakesOneReadyCluster) {
  EXPECT_GT(moments_of_a_creation(Moments::kCalls), 0u);
}

/// One of kShards that run side by side, each with every kShards-th moment.
class CreationShard : public testing::TestWithParam<std::uint64_t> {};
constexpr std::uint64_t kShards = 6;

void die_at_each(Moments kind, std::uint64_t shard) {
  const auto moments = moments_of_a_creation(kind);
  std::printf("seed %llu, shard %llu of %llu moments\n", static_cast<unsigned long long>(kSeed),
              static_cast<unsigned long long>(shard), static_cast<unsigned long long>(moments));
  for (std::uint64_t at = 1 + shard; at <= moments; at += kShards) {
    create_and_die(kind, at);
    if (testing::Test::HasFailure()) return;
  }
}

TEST_P(CreationShard, SurvivesADeathAtEveryCall) {
  die_at_each(Moments::kCalls, GetParam());
}
TEST_P(CreationShard, SurvivesADeathAtEveryClock) {
  die_at_each(Moments::kClocks, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Each, CreationShard, testing::Range<std::uint64_t>(0, kShards));

/// Loses the only master, and with it all that there was, while its node bootstraps.
std::uint64_t lose_the_master_and_die(std::uint64_t at) {
  World world{Fate{Moments::kCalls, at}};
  world.nodes().fail_step("containerd", 12);  // holds the bootstrap up for a while
  world.create(small_cluster());
  const auto is_at = [&](const char* name) {
    const auto steps = world.controller().operations("demo").front().operation.steps;
    return std::ranges::find(steps, name, &clusters::StepRecord::name)->state ==
           clusters::StepState::kRunning;
  };
  bool lost = false;
  EXPECT_TRUE(world.run_until([&] {
    if (!lost && is_at("bootstrap")) {
      lost = true;
      world.cloud().lose(world.controller().machines().front().resource);
    }
    return lost && world.is_healthy("demo");
  })) << world.controller().operations(std::nullopt).front().operation.error;
  expect_one_ready_cluster(world);
  EXPECT_FALSE(testing::Test::HasFailure())
      << "the controller died at moment " << at << ": " << world.fate().died_at();
  return world.fate().passed();
}

TEST_P(CreationShard, SurvivesADeathAtEveryCallWhenTheMasterIsLost) {
  const auto moments = lose_the_master_and_die(Fate::kNever);
  for (std::uint64_t at = 1 + GetParam(); at <= moments; at += kShards) {
    lose_the_master_and_die(at);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Creation, ReplacesAMachineThatTheCloudFailed) {
  World world{Fate{}};
  world.create(small_cluster());
  ASSERT_TRUE(world.run_until([&] { return world.cloud().machine_count() == 3; }));
  const auto broken = world.controller().machines().back().resource;
  world.cloud().break_machine(broken, "no host was found");
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  EXPECT_NE(world.controller().machines().back().resource, broken);
  expect_one_ready_cluster(world);
}

TEST(Creation, OutlivesACloudThatFailsForAWhile) {
  World world{Fate{}};
  const base::Error away{base::ErrorCode::kUnavailable, "the cloud is away", {}};
  world.cloud().fail("ensure_network", away, 3);
  world.cloud().fail("ensure_machine", away, 2);
  world.cloud().fail("ensure_machine", away, 2, fakes::FakeCloud::When::kAfter);
  world.create(small_cluster());
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  expect_one_ready_cluster(world);
}

TEST(Creation, ShowsAFailedStepOfANodeAndGoesOnWhenItIsMended) {
  World world{Fate{}};
  world.nodes().fail_step("containerd", 40);
  world.create(small_cluster());
  const auto shows = [&] {
    const auto view = world.controller().operations("demo").front();
    for (const auto& step : view.operation.steps) {
      if (step.name == "bootstrap" &&
          step.error.find("step containerd failed: made to fail") != std::string::npos) {
        return true;
      }
    }
    return false;
  };
  EXPECT_TRUE(world.run_until(shows));
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  expect_one_ready_cluster(world);
}

TEST(Creation, FailsWithTheReasonAndCanBeRetried) {
  World world{Fate{}};
  const base::Error refused{base::ErrorCode::kInvalid, "no such subnet pool", "network"};
  world.cloud().fail("ensure_network", refused);
  world.create(small_cluster());
  const auto has_failed = [&] {
    return world.controller().get("demo")->state == clusters::ClusterState::kFailed;
  };
  ASSERT_TRUE(world.run_until(has_failed));
  EXPECT_NE(world.controller().get("demo")->reason.find("no such subnet pool"), std::string::npos);
  ASSERT_TRUE(world.controller().retry(*world.controller().get("demo")->operation));
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  expect_one_ready_cluster(world);
}

TEST(Creation, IsAnsweredTheSameWhenAskedTwice) {
  World world{Fate{}};
  world.create(small_cluster());
  world.create(small_cluster());
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  world.create(small_cluster());
  expect_one_ready_cluster(world);
}

TEST(Creation, ALostMachineMakesTheClusterUnhealthyAndSaysWhich) {
  World world{Fate{}};
  world.create(small_cluster());
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  world.cloud().lose(world.controller().machines().back().resource);
  world.pass(std::chrono::seconds{10});
  const auto cluster = *world.controller().get("demo");
  EXPECT_EQ(cluster.state, clusters::ClusterState::kUnhealthy);
  EXPECT_NE(cluster.reason.find("demo-worker-2: its machine is gone"), std::string::npos)
      << cluster.reason;
}

}  // namespace
}  // namespace slipway::simulation
