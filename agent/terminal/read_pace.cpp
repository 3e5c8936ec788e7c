// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/read_pace.hpp"

#include <algorithm>

#include "protocol/base/with_timeout.hpp"

namespace slipway::terminal {

base::Task<> ReadPace::rest(std::size_t count) {
  using Clock = base::MonotonicTime::clock;  // the timer's own: what counts is how late it is
  const auto pause = after(count, Clock::now());
  if (pause == pause.zero()) co_return;
  co_await base::sleep_for(pause);
  rested(Clock::now());
}

std::size_t ReadPace::portion(std::size_t room) const {
  return burst_ > 0 ? room : std::min(room, portion_);
}

base::Duration ReadPace::after(std::size_t count, base::MonotonicTime now) {
  const auto pauses = (now - refilled_) / kPause;
  burst_ = static_cast<int>(std::min<std::int64_t>(kLittleBurst, burst_ + pauses));
  refilled_ += pauses * kPause;
  if (count >= kLittle) return base::Duration::zero();
  if (burst_ > 0) --burst_;
  if (burst_ > 0) return base::Duration::zero();
  due_ = now + kPause;
  return kPause;
}

void ReadPace::rested(base::MonotonicTime now) {
  portion_ = now - due_ > kLate ? kLeastPortion : std::min(kLittle, portion_ + kPortionGrowth);
  refilled_ = now;  // a late end is no gain
}

}  // namespace slipway::terminal
