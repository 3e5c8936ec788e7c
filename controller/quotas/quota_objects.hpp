// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "controller/quotas/resources.hpp"

namespace slipway::quotas {

inline constexpr char kQuotaName[] = "slipway";  ///< of our ResourceQuota and LimitRange

using Quantities = std::map<std::string, std::string>;  ///< as Kubernetes writes them

/// The ResourceQuota and the LimitRange that a namespace shall have; where both are empty, none.
/// A quota of limits refuses containers that have none: the LimitRange gives them `defaults`. It
/// refuses those of less than `least`, too: to Kubernetes a limit of 0 is none.
struct QuotaObjects {
  Quantities hard;
  Quantities defaults;  ///< of limits and of requests
  Quantities least;
  bool operator==(const QuotaObjects&) const = default;
};
/// `own` is what Kubernetes makes by itself: it is added to the user's figure.
QuotaObjects objects_for(const Amounts& figures, const Amounts& own);

/// The objects as the cluster has them; nothing in them: it has none.
struct QuotaThere {
  bool has_quota = false;
  bool has_range = false;
  Quantities hard;
  Quantities default_limits;
  Quantities default_requests;
  Quantities least;
};
/// By value, not by spelling; what others added for resources that are not ours is theirs.
bool is_quota_as_wanted(const QuotaObjects& wanted, const QuotaThere& there);
bool is_range_as_wanted(const QuotaObjects& wanted, const QuotaThere& there);

/// Bodies, JSON: whole objects where they are made, merge patches where they are there.
std::string quota_body(const QuotaObjects& wanted, bool patch);
std::string range_body(const QuotaObjects& wanted, bool patch);

/// What of each resource is used, without what Kubernetes made.
Amounts used_of(const Quantities& used, const Amounts& own);

}  // namespace slipway::quotas
