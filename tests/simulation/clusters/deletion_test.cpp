// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/simulation/clusters/world.hpp"

namespace slipway::simulation {
namespace {

using Moments = Fate::Moments;

void expect_nothing_left(World& world) {
  EXPECT_EQ(world.cloud().machine_count(), 0u);
  EXPECT_EQ(world.cloud().network_count(), 0u);
  EXPECT_EQ(world.cloud().load_balancer_count(), 0u);
  EXPECT_EQ(world.difference(), "");
  auto secrets = world.database().prepare(
      "SELECT count(*) FROM secrets WHERE name LIKE 'cluster/%' OR name LIKE 'machine/%'");
  ASSERT_TRUE(secrets.step());
  EXPECT_EQ(secrets.number(0), 0);
  EXPECT_TRUE(world.controller().machines().empty());
}

/// Asks for the deletion so long after the creation began.
std::uint64_t delete_and_die(Moments moments, std::uint64_t at, std::chrono::seconds after) {
  World world{Fate{moments, at}};
  world.create(small_cluster());
  if (after == std::chrono::seconds::max()) {
    EXPECT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  } else {
    world.pass(after);
  }
  world.remove("demo");
  EXPECT_TRUE(world.run_until([&] { return world.is_gone("demo"); }));
  world.pass(std::chrono::seconds{61});  // the reconciler has its turn
  expect_nothing_left(world);
  EXPECT_FALSE(testing::Test::HasFailure())
      << "the controller died at moment " << at << ": " << world.fate().died_at();
  return world.fate().passed();
}

TEST(Deletion, LeavesNothing) {
  delete_and_die(Moments::kCalls, Fate::kNever, std::chrono::seconds::max());
}

TEST(Deletion, LeavesNothingOfAHalfMadeCluster) {
  for (int after = 0; after < 8 && !HasFailure(); ++after) {
    delete_and_die(Moments::kCalls, Fate::kNever, std::chrono::seconds{after});
  }
}

/// One of kShards that run side by side, each with every kShards-th moment.
class DeletionShard : public testing::TestWithParam<std::uint64_t> {};
constexpr std::uint64_t kShards = 6;

TEST_P(DeletionShard, SurvivesADeathAtEveryCall) {
  constexpr std::chrono::seconds kAfter{2};
  const auto moments = delete_and_die(Moments::kCalls, Fate::kNever, kAfter);
  std::printf("seed %llu, shard %llu of %llu moments\n", static_cast<unsigned long long>(kSeed),
              static_cast<unsigned long long>(GetParam()),
              static_cast<unsigned long long>(moments));
  for (std::uint64_t at = 1 + GetParam(); at <= moments && !HasFailure(); at += kShards) {
    delete_and_die(Moments::kCalls, at, kAfter);
  }
}
INSTANTIATE_TEST_SUITE_P(Each, DeletionShard, testing::Range<std::uint64_t>(0, kShards));

TEST(Deletion, OutlivesACloudThatFailsForAWhileAndAMachineThatVanished) {
  World world{Fate{}};
  world.create(small_cluster());
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  world.cloud().lose(world.controller().machines().front().resource);
  const base::Error away{base::ErrorCode::kUnavailable, "the cloud is away", {}};
  world.cloud().fail("delete_machine", away, 6);
  world.cloud().fail("delete_network", away, 3);
  world.remove("demo");
  ASSERT_TRUE(world.run_until([&] { return world.is_gone("demo"); }));
  expect_nothing_left(world);
}

TEST(Deletion, ANewClusterMayTakeTheName) {
  World world{Fate{}};
  world.create(small_cluster());
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  world.remove("demo");
  ASSERT_TRUE(world.run_until([&] { return world.is_gone("demo"); }));
  world.create(small_cluster());
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  EXPECT_EQ(world.cloud().machine_count(), 3u);
  EXPECT_EQ(world.difference(), "");
}

TEST(Deletion, ATwinThatAppearsLaterIsFoundByItsTagAndDeleted) {
  World world{Fate{}};
  world.create(small_cluster());
  ASSERT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  const auto resource = world.controller().machines().back().resource;
  const cloud::MachineSpec spec = *world.cloud().spec(resource);
  world.remove("demo");
  ASSERT_TRUE(world.run_until([&] { return world.is_gone("demo"); }));
  world.appear(spec);
  cloud::MachineSpec foreign = spec;
  foreign.id = base::ResourceId{"nobodys"};
  foreign.volumes.clear();
  world.appear(foreign);
  world.pass(std::chrono::seconds{61});
  EXPECT_EQ(world.cloud().machine_count(), 1u);
  EXPECT_NE(world.cloud().spec(foreign.id), nullptr) << "what has no row is left alone";
}

}  // namespace
}  // namespace slipway::simulation
