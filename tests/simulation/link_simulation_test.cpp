// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/simulation/seeds.hpp"
#include "tests/simulation/world.hpp"

namespace slipway::simulation {
namespace {

/// One run of the world: some sessions, each ending in its way, on one clock.
void simulate(std::uint64_t seed) {
  SCOPED_TRACE("run again with SLIPWAY_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  boost::asio::io_context io;
  fakes::ManualClock clock;
  const auto sessions = 1 + random() % 4;
  for (unsigned i = 0; i < sessions; ++i) {
    const bool last = i + 1 == sessions;
    const auto ending = last ? Ending::kDrained : static_cast<Ending>(random() % 5);
    Session session(io, clock, random);
    session.play(static_cast<unsigned>(50 + random() % 600), ending);
    if (testing::Test::HasFailure()) {
      std::printf("failed: SLIPWAY_SEED=%llu\n", static_cast<unsigned long long>(seed));
      return;
    }
  }
}

TEST(LinkSimulation, HoldsItsPromisesWhateverHappens) {
  for (const auto seed : seeds(30)) {
    if (!HasFailure()) simulate(seed);
  }
}

}  // namespace
}  // namespace slipway::simulation
