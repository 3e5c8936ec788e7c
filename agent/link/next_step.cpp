// SPDX-License-Identifier: Apache-2.0
#include "agent/link/next_step.hpp"

#include <algorithm>

namespace slipway::agent_link {

Step next_step(const Standing& standing, base::UtcTime now) {
  const bool good = standing.certified && !standing.certificate_refused && now < standing.not_after;
  if (good) return Step::kDial;
  // A token serves until the first link; a key that enrolled serves after it. Where one was
  // denied the other is tried: an answer may have been lost, or files with it.
  if (!standing.certified && standing.has_token && !standing.enrol_denied) return Step::kEnrol;
  if (standing.renew_denied && standing.has_token) return Step::kEnrol;
  return Step::kRenew;
}

namespace {

constexpr std::chrono::minutes kRetryMost{5};
constexpr std::chrono::seconds kRetryLeast{1};
constexpr int kRetriesOfALife = 20;

}  // namespace

base::UtcTime renewal_time(base::UtcTime not_before, base::UtcTime not_after) {
  return not_before + (not_after - not_before) / 2;
}

base::Duration renewal_retry(base::UtcTime not_before, base::UtcTime not_after) {
  const base::Duration part = (not_after - not_before) / kRetriesOfALife;
  return std::clamp<base::Duration>(part, kRetryLeast, kRetryMost);
}

}  // namespace slipway::agent_link
