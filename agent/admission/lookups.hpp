// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/kube/kube_api.hpp"
#include "protocol/policy/resource_rules.hpp"

namespace slipway::admission {

/// Asks the API server for what a review must know of other objects; what is not there stays
/// unknown. kUnavailable, kTimeout: it could not be asked in time.
base::Task<base::Result<policy::ResourceFacts>> look_up(kube::KubeApi& api, std::string name_space,
                                                        policy::Needed needed);

}  // namespace slipway::admission
