// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "controller/http/problem.hpp"
#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"
#include "controller/workloads/revisions.hpp"
#include "controller/workloads/workload_actions.hpp"

namespace slipway::http {

/// An object that something is done to, and who asks.
struct WorkloadTarget {
  Caller caller;
  std::string cluster;
  const workloads::WorkloadKind* kind = nullptr;
  std::string name_space;
  std::string name;
};

/// What is asked, as it was sent.
struct WorkloadOrder {
  workloads::Action action = workloads::Action::kScale;
  std::uint32_t replicas = 0;
  std::uint64_t revision = 0;
  std::string resource_version = {};
  bool dry_run = false;
  std::string application = {};  ///< of which it must still be; empty: any
};

/// What became of it.
struct WorkloadDone {
  int status = 200;          ///< 202: the cluster went out of reach, the change waits
  boost::json::object view;  ///< as answers show it
};

/// Reads the object, asks the rules, sends the change as an intent in the caller's name, for the
/// version that the rules saw. Where the caller named no version, one that changed meanwhile is
/// looked at again. No rights are asked here but those of the cluster's RBAC.
base::Task<std::expected<WorkloadDone, Problem>> act(Services& services, WorkloadTarget target,
                                                     WorkloadOrder order);

/// Where the object is at the API server, without a slash before it.
base::Task<base::Result<std::string>> path_of(Services& services, WorkloadTarget target);

/// One of many that was refused, as answers show it; `action` in words.
boost::json::object refused_view(const WorkloadTarget& target, std::string_view action,
                                 const Problem& why);
/// Its line in the audit log; `why` is null where it was done.
void audit_act(Services& services, const WorkloadTarget& target, std::string_view action,
               const Problem* why);

/// Claims of a workload's template that one node alone may write.
std::vector<std::string> single_node_claims(const Services& services,
                                            const base::ClusterId& cluster,
                                            const std::string& name_space,
                                            const boost::json::object& object);

/// What changes on the way from one template to another, as answers show it.
boost::json::array changes_view(const boost::json::value& from, const boost::json::value& to);

/// The object as it is now, and the revisions that are kept of it.
struct WorkloadHistory {
  boost::json::object object;
  std::vector<workloads::Revision> revisions;
};
base::Task<base::Result<WorkloadHistory>> read_history(Services& services, WorkloadTarget target);

}  // namespace slipway::http
