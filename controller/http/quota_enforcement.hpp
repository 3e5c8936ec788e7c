// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/http/services.hpp"
#include "controller/quotas/quota_ledger.hpp"
#include "controller/quotas/quota_objects.hpp"

namespace slipway::http {

inline constexpr char kResourceQuotas[] = "resourcequotas";  ///< as the mirror calls them
inline constexpr char kLimitRanges[] = "limitranges";

/// What Kubernetes makes by itself in each namespace of this cluster.
quotas::Amounts made_by_kubernetes(const Services& services, const base::ClusterId& cluster);
/// What the namespace shall have by its row.
quotas::QuotaObjects wanted_objects(const Services& services, const quotas::Allotment& allotment,
                                    const quotas::Amounts& own);
/// What it has, as the mirror shows it.
quotas::QuotaThere quota_there(const Services& services, const base::ClusterId& cluster,
                               const std::string& name_space);

/// Asks the cluster to have the objects as wanted, and no others of their names. The outcome names
/// each that was touched; it is the first one that waits or was refused.
base::Task<base::Result<intents::Outcome>> enforce(Services& services, base::ClusterId cluster,
                                                   std::string name_space,
                                                   quotas::QuotaObjects wanted, bool dry_run);

/// Gives back what a namespace had that is surely gone, before somebody makes it anew.
void release_if_gone(Services& services, const quotas::Where& where);

}  // namespace slipway::http
