// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/http/object_writes.hpp"

namespace slipway::http {

/// What the rules of its own kind say of a change (controller/objects): who uses what shall go, how
/// a claim may grow. What an object may be is said by its manifest's policy.
base::Task<std::expected<void, Problem>> check_object(Services& services,
                                                      clusters::ClusterName cluster,
                                                      const ObjectWrite& write);

/// What is no fault and yet will not work as it stands; empty: nothing.
std::string warning_of(const Services& services, const base::ClusterId& cluster,
                       const ObjectWrite& write);

}  // namespace slipway::http
