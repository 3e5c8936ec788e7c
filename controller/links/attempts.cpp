// SPDX-License-Identifier: Apache-2.0
#include "controller/links/attempts.hpp"

#include <algorithm>
#include <chrono>

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

/// Drops what has recovered; if none has, the one that asked longest ago.
void Attempts::make_room(base::MonotonicTime now) {
  const auto recovery = std::chrono::duration<double>(kAttemptBurst / kAttemptsPerSecond);
  std::erase_if(buckets_, [&](const auto& entry) { return now - entry.second.at > recovery; });
  if (buckets_.size() < kMaxAttemptAddresses) return;
  buckets_.erase(
      std::ranges::min_element(buckets_, {}, [](const auto& entry) { return entry.second.at; }));
}

}  // namespace slipway::links
