// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace slipway::base {

using Duration = std::chrono::nanoseconds;
using MonotonicTime = std::chrono::steady_clock::time_point;
using UtcTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Where time comes from; injected, so that tests move it by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UtcTime utc() const = 0;
  virtual MonotonicTime monotonic() const = 0;
};

/// The machine's own clocks.
class SystemClock : public Clock {
 public:
  UtcTime utc() const override;
  MonotonicTime monotonic() const override;
};

/// RFC 3339 in UTC with milliseconds: 2026-01-02T03:04:05.678Z.
std::string to_rfc3339(UtcTime time);
Result<UtcTime> from_rfc3339(std::string_view text);
inline std::int64_t to_unix_ms(UtcTime time) {
  return time.time_since_epoch().count();
}
inline UtcTime from_unix_ms(std::int64_t ms) {
  return UtcTime{std::chrono::milliseconds{ms}};
}

}  // namespace slipway::base
