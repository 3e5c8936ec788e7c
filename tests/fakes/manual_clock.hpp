// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/base/clock.hpp"

namespace slipway::fakes {

/// A clock that a test moves by hand; both times go together.
class ManualClock : public base::Clock {
 public:
  explicit ManualClock(base::UtcTime start = base::from_unix_ms(1'800'000'000'000)) : utc_(start) {}
  base::UtcTime utc() const override { return utc_; }
  base::MonotonicTime monotonic() const override { return monotonic_; }
  void advance(std::chrono::milliseconds by) {
    utc_ += by;
    monotonic_ += by;
  }

 private:
  base::UtcTime utc_;
  base::MonotonicTime monotonic_{std::chrono::hours{1}};
};

}  // namespace slipway::fakes
