// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

#include "protocol/base/clock.hpp"

namespace slipway::base {

/// Waits between attempts: exponential with full jitter, reset only by a success that lasted.
class Backoff {
 public:
  struct Limits {
    std::chrono::milliseconds first{500};
    std::chrono::milliseconds cap{30'000};
  };
  Backoff(Limits limits, std::uint64_t seed);

  /// The wait before the next attempt: uniform in [first/2, min(cap, first·2ⁿ)].
  std::chrono::milliseconds next();
  /// Tells how long the last success lasted; shorter than the cap keeps the count.
  void lasted(Duration up);

 private:
  Limits limits_;
  unsigned failures_ = 0;
  std::mt19937_64 random_;
};

}  // namespace slipway::base
