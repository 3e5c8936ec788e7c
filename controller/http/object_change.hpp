// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <functional>
#include <string>

#include "controller/http/problem.hpp"
#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"
#include "controller/workloads/workload_actions.hpp"

namespace slipway::http {

/// An object at a cluster's API server, and who changes it.
struct ChangeTarget {
  Caller caller;
  base::ClusterId cluster;
  std::string path;        ///< without a slash before it: "apis/apps/v1/namespaces/x/…/web"
  std::string name_space;  ///< where a change makes another object beside it
  std::string summary;     ///< one line of what it is about, where intents are listed
};

/// One change as an intent in the caller's name.
wire::Intent change_intent(const ChangeTarget& target, const workloads::Change& change,
                           bool dry_run);

/// What is to be done to the object as it is now.
using Plan = std::function<workloads::Ruled<workloads::Change>(const boost::json::object& object)>;

/// Reads the object, asks `plan`, sends the change as an intent in the caller's name, for the
/// version that the plan saw. One that changed meanwhile is read and planned for again. No rights
/// are asked here but those of the cluster's RBAC. The outcome is done and well, or pending: then
/// the cluster went out of reach.
base::Task<std::expected<intents::Outcome, Problem>> change_object(Services& services,
                                                                   ChangeTarget target, Plan plan,
                                                                   bool dry_run);

}  // namespace slipway::http
