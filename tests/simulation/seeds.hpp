// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace slipway::simulation {

/// What the runs of a simulation are drawn by: SLIPWAY_SEED alone where it is set, else
/// SLIPWAY_SEEDS
/// (`count` without it) from SLIPWAY_FIRST_SEED on. The same in every run, so that a red run is red
/// again.
inline std::vector<std::uint64_t> seeds(std::uint64_t count) {
  const auto number = [](const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
  };
  if (std::getenv("SLIPWAY_SEED")) return {number("SLIPWAY_SEED", 0)};
  std::vector<std::uint64_t> all(number("SLIPWAY_SEEDS", count));
  for (auto next = number("SLIPWAY_FIRST_SEED", 1); auto& seed : all) seed = next++;
  return all;
}

}  // namespace slipway::simulation
