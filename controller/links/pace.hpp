// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>

#include "frame.pb.h"
#include "order.pb.h"
#include "protocol/wire/limits.hpp"

namespace slipway::links {

/// How often an agent is to be heard; it is told at its hello, and keeps to it while that link
/// lives.
struct Pace {
  std::chrono::seconds ping = wire::kPingInterval;
  std::chrono::seconds health = wire::kHealthInterval;
};

/// More machines than this tell their health less often, and a dead worker of theirs is found later
/// (silence_limit): an idle link costs what its messages do. Only intervals of which some sum is
/// just below wire::kSyncInterval are of use: with these the syncs and probes leave, with others by
/// themselves.
inline constexpr std::size_t kMany = 6'000, kVeryMany = 12'000;
inline constexpr std::chrono::seconds kHealthOfMany{15},
    kHealthOfVeryMany = wire::kMaxHealthInterval;

/// That of one of so many machines. A master's pings stay: the cluster waits for its next gateway.
constexpr Pace pace_of(wire::Role role, std::size_t machines) {
  const auto health = machines > kVeryMany ? kHealthOfVeryMany
                      : machines > kMany   ? kHealthOfMany
                                           : wire::kHealthInterval;
  return {.ping = role == wire::MASTER ? wire::kPingInterval : wire::worker_ping(health),
          .health = health};
}

}  // namespace slipway::links
