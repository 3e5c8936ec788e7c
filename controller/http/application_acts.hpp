// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <string>

#include "controller/applications/application_rules.hpp"
#include "controller/http/kube_resource.hpp"
#include "controller/http/object_change.hpp"
#include "controller/http/workload_acts.hpp"

namespace slipway::http {

/// The kind of Applications at an API server.
inline const KubeResource kApplications{.api_version = applications::kApplicationVersion,
                                        .plural = "applications",
                                        .kind = "Application"};

/// An application that something is done to, and who asks.
struct ApplicationTarget {
  Caller caller;
  clusters::ClusterName cluster;
  std::string name_space;
  std::string name;
};

/// What is asked of the whole application.
struct ApplicationOrder {
  workloads::Action action = workloads::Action::kStop;
  bool with_workloads = false;  ///< of kDelete: they go too
  std::string resource_version = {};
  bool dry_run = false;
};

/// Where it is at the API server, without a slash before it.
std::string application_path(const std::string& name_space, const std::string& name);
/// It as what change_object() changes; `verb` says how, in words.
ChangeTarget change_of(const ApplicationTarget& target, const std::string& verb);

/// Asks the rules and then does it to each of its workloads, as the mirror knows them, one after
/// the other; deleted is the application itself last, and only if all that goes with it went. The
/// answer names each object's outcome; "ok" is of all. No rights are asked but those of the RBAC.
base::Task<std::expected<boost::json::object, Problem>> act_on_application(Services& services,
                                                                           ApplicationTarget target,
                                                                           ApplicationOrder order);

/// Puts a workload into an application, or takes it out; the outcome as that of an action.
base::Task<boost::json::object> associate(Services& services, WorkloadTarget target,
                                          applications::Association asked, bool dry_run);

}  // namespace slipway::http
