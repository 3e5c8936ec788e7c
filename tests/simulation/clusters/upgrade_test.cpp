// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "controller/clusters/upgrade_agents.hpp"
#include "tests/simulation/clusters/world.hpp"

namespace slipway::simulation {
namespace {

using Moments = Fate::Moments;
using Names = std::vector<std::string>;

constexpr char kVersion[] = "0.2.0";

clusters::ClusterSpec cluster_of(unsigned masters, unsigned workers) {
  clusters::ClusterSpec spec;
  spec.name = "demo";
  spec.masters = masters;
  spec.workers = workers;
  return spec;
}

clusters::OperationRecord last_operation(World& world) {
  return world.controller().operations("demo").front().operation;
}

bool is_over(World& world, clusters::OperationState state) {
  const auto operation = last_operation(world);
  return operation.kind == clusters::kUpgradeAgents && operation.state == state;
}
bool is_done(World& world) {
  return is_over(world, clusters::OperationState::kDone);
}
bool has_failed(World& world) {
  return is_over(world, clusters::OperationState::kFailed);
}

/// A healthy cluster and a release for it.
struct Town {
  Town(unsigned masters, unsigned workers, Fate fate = Fate{}) : world(std::move(fate)) {
    sha256 = world.release_directory().put("new", kVersion, "a program");
    world.create(cluster_of(masters, workers));
    EXPECT_TRUE(world.run_until([&] { return world.is_healthy("demo"); }));
  }
  bool ask(const std::string& release = kVersion) {
    return world.ask(
        [&](auto& to) { return to.upgrade_agents("demo", release, "sim").has_value(); });
  }
  /// Asks until it was taken, as a person would after an error.
  bool upgrade(const std::string& release = kVersion) {
    bool asked = false;
    return world.run_until([&] {
      asked = asked || ask(release);
      return asked && is_done(world);
    });
  }
  clusters::Node node(const std::string& name) { return *world.controller().node("demo", name); }
  std::size_t count_of(const std::string& program) {
    std::size_t count = 0;
    for (const auto& each : *world.controller().nodes("demo")) {
      count += world.nodes().program(each.name) == program;
    }
    return count;
  }

  World world;
  std::string sha256;
};

TEST(Upgrade, ACanaryFirstThenWorkersInWavesThenMastersWithTheGatewayLast) {
  Town town{3, 7};
  std::string gateway;
  for (const auto& node : *town.world.controller().nodes("demo")) {
    if (node.gateway) gateway = node.name;
  }
  ASSERT_TRUE(town.upgrade());
  const auto& order = town.world.nodes().upgrades();
  ASSERT_EQ(order.size(), 10U);
  EXPECT_EQ(Names(order.begin(), order.begin() + 7),
            (Names{"demo-worker-1", "demo-worker-2", "demo-worker-3", "demo-worker-4",
                   "demo-worker-5", "demo-worker-6", "demo-worker-7"}));
  EXPECT_EQ(order.back(), gateway);
  EXPECT_EQ(town.world.nodes().most_upgrades_at_once(), clusters::kUpgradeWave);
  EXPECT_EQ(town.count_of(town.sha256), 10U);
  const auto node = town.node("demo-worker-1");
  EXPECT_EQ(node.release.wanted_version, kVersion);
  ASSERT_TRUE(node.release.told);
  EXPECT_EQ(node.release.told->running_sha256(), town.sha256);
  const auto steps = last_operation(town.world).steps;
  EXPECT_NE(steps[2].log_tail.find("demo-worker-7 is done: it runs release 0.2.0"),
            std::string::npos)
      << steps[2].log_tail;

  // Asked again there is nothing left to do; then all go back to their image.
  ASSERT_TRUE(town.upgrade());
  EXPECT_EQ(town.world.nodes().upgrades().size(), 10U);
  ASSERT_TRUE(town.upgrade(clusters::kImageRelease));
  EXPECT_EQ(town.count_of(""), 10U);
  EXPECT_EQ(town.world.nodes().upgrades().size(), 20U);
}

TEST(Upgrade, ANodeThatFailsStopsTheWaveAndARetryGoesOnThere) {
  Town town{1, 8};
  town.world.nodes().fail_release("demo-worker-3", 1);
  ASSERT_TRUE(town.ask());
  ASSERT_TRUE(town.world.run_until([&] { return has_failed(town.world); }));
  EXPECT_NE(last_operation(town.world).error.find("demo-worker-3: it did not hold its link"),
            std::string::npos)
      << last_operation(town.world).error;
  town.world.pass(std::chrono::seconds{30});
  EXPECT_EQ(town.world.nodes().upgrades().size(), 6U) << "the canary and one wave";
  EXPECT_EQ(town.node("demo-worker-7").release.asked, false);
  EXPECT_EQ(town.world.nodes().program("demo-worker-3"), "");

  const auto operation = last_operation(town.world).id;
  ASSERT_TRUE(town.ask()) << "the same asked again retries it";
  EXPECT_EQ(last_operation(town.world).id, operation);
  ASSERT_TRUE(town.world.run_until([&] { return is_done(town.world); }));
  EXPECT_EQ(town.world.nodes().upgrades()[6], "demo-worker-3");
  EXPECT_EQ(town.count_of(town.sha256), 9U);
}

TEST(Upgrade, AFailedCanaryLeavesTheOthersAndGivesWayToTheImage) {
  Town town{1, 2};
  town.world.nodes().fail_release("demo-worker-1", 2);
  ASSERT_TRUE(town.ask());
  ASSERT_TRUE(town.world.run_until([&] { return has_failed(town.world); }));
  EXPECT_EQ(town.world.nodes().upgrades(), (Names{"demo-worker-1"}));
  ASSERT_TRUE(town.ask());
  ASSERT_TRUE(town.world.run_until([&] { return has_failed(town.world); }));
  EXPECT_EQ(town.world.nodes().upgrades(), (Names{"demo-worker-1", "demo-worker-1"}));
  ASSERT_TRUE(town.upgrade(clusters::kImageRelease));
  EXPECT_EQ(town.count_of(""), 3U);
  EXPECT_EQ(town.node("demo-worker-1").release.told->state(), wire::ReleaseState::SETTLED);
}

TEST(Upgrade, ANodeThatIsAwayIsPassedAndGetsItWhenItIsBack) {
  Town town{1, 3};
  const auto away = town.node("demo-worker-2").resource;
  town.world.cloud().power_off(away);
  ASSERT_TRUE(town.upgrade());
  EXPECT_EQ(town.world.nodes().upgrades(),
            (Names{"demo-worker-1", "demo-worker-3", "demo-master-1"}));
  EXPECT_TRUE(town.node("demo-worker-2").release.asked);
  const auto steps = last_operation(town.world).steps;
  EXPECT_NE(steps[2].log_tail.find("demo-worker-2 is out of reach"), std::string::npos);
  town.world.cloud().power_on(away);
  EXPECT_TRUE(town.world.run_until(
      [&] { return town.world.nodes().program("demo-worker-2") == town.sha256; }));
}

TEST(Upgrade, AReplacedNodeGetsItOnceItIsBootstrapped) {
  Town town{3, 1};
  ASSERT_TRUE(town.upgrade());
  ASSERT_TRUE(town.world.controller().replace_node("demo", "demo-worker-1", "sim"));
  EXPECT_TRUE(town.world.run_until([&] {
    return last_operation(town.world).state == clusters::OperationState::kDone &&
           town.world.nodes().program("demo-worker-1") == town.sha256;
  }));
}

TEST(Upgrade, IsRefusedWhereTheClusterOrTheReleaseIsNotGood) {
  Town town{1, 1};
  const auto ask = [&](const std::string& release) {
    return town.world.controller().upgrade_agents("demo", release, "sim");
  };
  EXPECT_EQ(ask("0.3.0").error().code, base::ErrorCode::kNotFound);
  town.world.release_directory().put("broken", "0.4.0", "x");
  town.world.release_directory().write("broken", releases::kSignatureFile, "");
  EXPECT_EQ(ask("0.4.0").error().code, base::ErrorCode::kConflict);
  const auto first = ask(kVersion);
  const auto second = ask(town.sha256);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->operation.id, second->operation.id);
  EXPECT_EQ(ask(clusters::kImageRelease).error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(town.world.controller().replace_node("demo", "demo-worker-1", "sim").error().code,
            base::ErrorCode::kConflict);
}

/// Upgrades a cluster in which the controller dies at the `at`-th moment; returns how many there
/// were.
std::uint64_t upgrade_and_die(std::uint64_t at, Moments kind) {
  Town town{1, 3, Fate{kind}};
  town.world.fate().die_at(at);
  EXPECT_TRUE(town.upgrade()) << last_operation(town.world).error;
  const auto moments = town.world.fate().passed();
  town.world.fate().die_at(Fate::kNever);
  EXPECT_EQ(town.count_of(town.sha256), 4U);
  const auto& order = town.world.nodes().upgrades();
  EXPECT_EQ(std::set<std::string>(order.begin(), order.end()).size(), order.size())
      << "a node was given it twice";
  EXPECT_EQ(order.front(), "demo-worker-1");
  EXPECT_EQ(order.size(), 4U);
  EXPECT_TRUE(town.world.run_until([&] { return town.world.is_healthy("demo"); }));
  EXPECT_FALSE(testing::Test::HasFailure())
      << "the controller died at moment " << at << ": " << town.world.fate().died_at();
  return moments;
}

/// One of kShards that run side by side, each with every kShards-th moment.
class UpgradeShard : public testing::TestWithParam<std::uint64_t> {};
constexpr std::uint64_t kShards = 3;
constexpr std::uint64_t kClockStride = 29;  ///< there are many of them, and they say much the same

TEST_P(UpgradeShard, SurvivesADeathAtEveryMoment) {
  for (const auto& [kind, stride] :
       {std::pair{Moments::kCalls, kShards}, std::pair{Moments::kClocks, kShards * kClockStride}}) {
    const auto moments = upgrade_and_die(Fate::kNever, kind);
    EXPECT_GT(moments, 0U);
    for (std::uint64_t at = 1 + GetParam(); at <= moments; at += stride) {
      upgrade_and_die(at, kind);
      if (testing::Test::HasFailure()) return;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Each, UpgradeShard, testing::Range<std::uint64_t>(0, kShards));

}  // namespace
}  // namespace slipway::simulation
