// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "protocol/base/clock.hpp"
#include "protocol/base/task.hpp"

namespace slipway::terminal {

inline constexpr std::size_t kLittle = 4
                                       << 10;  ///< a read of fewer bytes costs more than it brings
inline constexpr int kLittleBurst = 1024;      ///< of them in a row without a pause
inline constexpr auto kPause = std::chrono::milliseconds(8);  ///< from each to the next, after that
inline constexpr auto kLate =
    std::chrono::milliseconds(1);  ///< so much longer, and CPUs are scarce
inline constexpr std::size_t kLeastPortion = 512;
inline constexpr std::size_t kPortionGrowth = 32;

/// How fast a process's output is read. One that writes a few bytes at a time without an end
/// (`yes`: ten thousand times a second) would wake every program up to the user's page for each of
/// them, and keys typed elsewhere would wait behind. So small reads have a burst, which refills by
/// one each kPause; without it they are kPause apart. What is read at once then follows what the
/// node can bear: kLeastPortion while pauses end late, kPortionGrowth more with each that ends in
/// time. The rest is left to the process's pipe, which holds the process back. Large reads never
/// wait.
class ReadPace {
 public:
  /// Waits, after a read of `count` bytes, until the next may begin; mostly not at all.
  base::Task<> rest(std::size_t count);
  /// How much the next read may bring, of the `room` there is.
  std::size_t portion(std::size_t room) const;

  /// The parts of rest: how long to wait, and that the wait is over.
  base::Duration after(std::size_t count, base::MonotonicTime now);
  void rested(base::MonotonicTime now);

 private:
  base::MonotonicTime refilled_{};
  base::MonotonicTime due_{};
  int burst_ = kLittleBurst;
  std::size_t portion_ = kLeastPortion;
};

}  // namespace slipway::terminal
