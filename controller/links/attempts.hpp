// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>

#include "protocol/base/clock.hpp"

namespace slipway::links {

inline constexpr double kAttemptBurst = 20;
inline constexpr double kAttemptsPerSecond = 1;
inline constexpr std::size_t kMaxAttemptAddresses = 32 << 10;  ///< all agents may come at once

/// Holds each address to a rate, so that nobody fills the audit log or the signer by asking.
class Attempts {
 public:
  bool allow(const std::string& address, base::MonotonicTime now);
  std::size_t addresses() const { return buckets_.size(); }

 private:
  struct Bucket {
    double left = kAttemptBurst;
    base::MonotonicTime at;
  };
  void make_room(base::MonotonicTime now);

  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace slipway::links
