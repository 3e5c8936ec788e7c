// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"
#include "controller/objects/used_by.hpp"

namespace slipway::http {

/// Which object's users are looked for, by whom and where.
struct UsersAsked {
  Caller caller;
  clusters::ClusterName cluster;
  std::string name_space;  ///< empty: of a storage class
  objects::Wanted wanted;
};

struct FoundUsers {
  std::vector<objects::User> all;       ///< folded
  mirror::Freshness freshness;          ///< the oldest of those that were looked at
  std::vector<std::string> incomplete;  ///< what was not looked at, and why
};

/// Who uses it: workloads, pods, Ingresses and claims by the mirror; what its rows do not hold
/// (pods of no workload, service accounts, the Secrets of Ingresses) by the API server, in the
/// caller's name, and bounded.
base::Task<FoundUsers> find_users(Services& services, UsersAsked asked);

}  // namespace slipway::http
