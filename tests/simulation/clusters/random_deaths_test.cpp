// SPDX-License-Identifier: Apache-2.0
// Creations of three masters and two workers in which everything dies at random moments.
#include <gtest/gtest.h>

#include <random>

#include "tests/simulation/clusters/world.hpp"
#include "tests/simulation/seeds.hpp"

namespace slipway::simulation {
namespace {

constexpr std::uint64_t kRuns = 100;
constexpr std::uint64_t kShards = 5;                // that run side by side
constexpr std::uint64_t kMomentsOfACreation = 700;  // about, of either kind
constexpr unsigned kTurnsBetweenHarms = 8;          // on average; a turn is 250 ms
constexpr unsigned kMostHarms = 12;                 // then the cluster is left in peace

clusters::ClusterSpec three_masters() {
  clusters::ClusterSpec spec;
  spec.name = "demo";
  spec.masters = 3;
  spec.workers = 2;
  return spec;
}

Fate drawn_fate(std::mt19937_64& chance) {
  const auto kind = chance() % 2 == 0 ? Fate::Moments::kCalls : Fate::Moments::kClocks;
  std::set<std::uint64_t> at;
  for (auto left = 2 + chance() % 5; left > 0; --left)
    at.insert(1 + chance() % kMomentsOfACreation);
  return {kind, std::move(at)};
}

/// What happens to machines and agents while a cluster is made.
class Harm {
 public:
  Harm(World& world, std::mt19937_64& chance) : world_(world), chance_(chance) {}

  void turn() {
    if (off_ && chance_() % kTurnsBetweenHarms == 0) {
      world_.cloud().power_on(*off_);
      off_.reset();
    }
    const auto running = world_.nodes().running();
    if (harms_ == kMostHarms || running.empty() || chance_() % kTurnsBetweenHarms != 0) return;
    ++harms_;
    const auto& victim = running[chance_() % running.size()];
    switch (chance_() % 3) {
      case 0:
        world_.nodes().restart_agent(victim);
        break;
      case 1:
        if (off_) break;
        world_.cloud().power_off(victim);  // its cloud powers it on again, later
        off_ = victim;
        break;
      default:  // a machine that is a node already is not replaced by the creation
        if (!world_.nodes().enrolled(victim)) world_.cloud().break_machine(victim, "its host died");
    }
  }
  bool over() const { return !off_; }

 private:
  World& world_;
  std::mt19937_64& chance_;
  unsigned harms_ = 0;
  std::optional<base::ResourceId> off_;
};

void create_among_deaths(std::uint64_t seed) {
  std::mt19937_64 chance(seed);
  World world{drawn_fate(chance)};
  Harm harm{world, chance};
  world.create(three_masters());
  const bool ready = world.run_until([&] {
    harm.turn();
    return harm.over() && world.is_healthy("demo");
  });
  EXPECT_TRUE(ready) << world.controller().operations(std::nullopt).front().operation.error;
  const auto spec = three_masters();
  const auto nodes = spec.masters + spec.workers;
  ASSERT_EQ(world.controller().list().size(), 1u);
  EXPECT_EQ(world.controller().list().front().nodes_ready, nodes);
  EXPECT_EQ(world.cloud().machine_count(), nodes);
  EXPECT_EQ(world.nodes().alive(), nodes);
  EXPECT_EQ(world.nodes().refused(), 0u) << "a machine was given a token that is void";
  EXPECT_EQ(world.cloud().network_count(), 1u);
  EXPECT_EQ(world.cloud().load_balancer_count(), 1u);
  EXPECT_EQ(world.difference(), "");
  EXPECT_EQ(world.controller().operations(std::nullopt).size(), 1u);
  EXPECT_FALSE(testing::Test::HasFailure())
      << "SLIPWAY_SEED=" << seed << "; the controller died " << world.fate().died_at();
}

class RandomDeaths : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomDeaths, EndInOneReadyCluster) {
  const auto all = seeds(kRuns);
  for (std::size_t i = GetParam(); i < all.size() && !HasFailure(); i += kShards) {
    std::printf("SLIPWAY_SEED=%llu\n", static_cast<unsigned long long>(all[i]));
    create_among_deaths(all[i]);
  }
}
INSTANTIATE_TEST_SUITE_P(Each, RandomDeaths, testing::Range<std::uint64_t>(0, kShards));

}  // namespace
}  // namespace slipway::simulation
