// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/applications/application_state.hpp"
#include "controller/workloads/workload_actions.hpp"

namespace slipway::applications {

inline constexpr char kApplicationVersion[] = "app.k8s.io/v1beta1";
inline constexpr char kLeft[] = "left";  ///< rule: the workload is no longer the application's
inline constexpr char kSame[] = "same";  ///< rule: nothing is to be done, it is so already

/// What can be asked for of an application: the same of each of its workloads.
inline constexpr workloads::Action kApplicationActions[] = {
    workloads::Action::kStart, workloads::Action::kStop, workloads::Action::kRedeploy,
    workloads::Action::kDelete};

/// Why it cannot be done to an application of this state; nullopt: it can.
std::optional<workloads::Refusal> refusal_of(workloads::Action action, const std::string& name,
                                             ApplicationState state);
/// Whether a workload that refuses it by this rule is as the action on its application would leave
/// it: one that is stopped already is no obstacle to stopping all.
bool is_no_obstacle(workloads::Action action, const std::string& rule);

/// An application that shall be.
struct NewApplication {
  std::string name;
  std::string description;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
};
boost::json::object object_of(const NewApplication& wanted);

/// Another description for an application, empty: none; for the version that the caller saw, empty:
/// any.
workloads::Ruled<workloads::Change> describe(const boost::json::object& application,
                                             const std::string& description,
                                             const std::string& seen);
workloads::Ruled<workloads::Change> remove(const boost::json::object& application,
                                           const std::string& seen);

/// Of which application a workload shall be.
struct Association {
  std::string application;
  bool wanted = true;  ///< false: it shall no longer be of it
  bool move = false;   ///< also out of another one
  std::string seen = {};
};
/// Rule "same": it is so already.
workloads::Ruled<workloads::Change> associate(const workloads::WorkloadKind& kind,
                                              const boost::json::object& object,
                                              const Association& asked);

}  // namespace slipway::applications
