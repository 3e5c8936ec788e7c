// SPDX-License-Identifier: Apache-2.0
#include "controller/links/attempts.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace slipway::links {

bool Attempts::allow(const std::string& address, base::MonotonicTime now) {
  auto found = buckets_.find(address);
  if (found == buckets_.end()) {
    if (buckets_.size() >= kMaxAttemptAddresses) make_room(now);
    found = buckets_.emplace(address, Bucket{kAttemptBurst, now}).first;
  }
  Bucket& bucket = found->second;
  const std::chrono::duration<double> passed = now - bucket.at;
  bucket.left = std::min(kAttemptBurst, bucket.left + passed.count() * kAttemptsPerSecond);
  bucket.at = now;
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

/// Drops what has recovered, and at least the eighth that asked longest ago: who has many addresses
/// shall not make us look through all of them for each.
void Attempts::make_room(base::MonotonicTime now) {
  std::vector<base::MonotonicTime> times;
  for (const auto& [address, bucket] : buckets_) times.push_back(bucket.at);
  const auto eighth = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 8);
  std::ranges::nth_element(times, eighth);
  const auto recovery = std::chrono::duration_cast<base::Duration>(
      std::chrono::duration<double>(kAttemptBurst / kAttemptsPerSecond));
  const auto limit = std::max(*eighth, now - recovery);
  std::erase_if(buckets_, [&](const auto& entry) { return entry.second.at <= limit; });
}

}  // namespace slipway::links
