// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/backoff.hpp"

#include <algorithm>

namespace slipway::base {

Backoff::Backoff(Limits limits, std::uint64_t seed) : limits_(limits), random_(seed) {}

std::chrono::milliseconds Backoff::next() {
  auto ceiling = limits_.first;
  for (unsigned i = 0; i < failures_ && ceiling < limits_.cap; ++i) ceiling *= 2;
  ceiling = std::min(ceiling, limits_.cap);
  if (ceiling < limits_.cap) ++failures_;
  const auto floor = std::min(limits_.first / 2, ceiling);
  std::uniform_int_distribution<std::int64_t> wait(floor.count(), ceiling.count());
  return std::chrono::milliseconds{wait(random_)};
}

void Backoff::lasted(Duration up) {
  if (up >= limits_.cap) failures_ = 0;
}

}  // namespace slipway::base
