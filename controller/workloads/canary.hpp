// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/workloads/refusal.hpp"
#include "controller/workloads/workload_actions.hpp"

namespace slipway::workloads {

// A grey release: beside a Deployment stands another one, its canary, with few pods of a new
// template behind the same Services. What is a canary of what, and how far it is, stands in the
// objects' labels, so that it outlives us and kubectl sees it.
//
// The canary's pods have all labels of the other's, and one more, which is in its selector. So the
// Services select them, while no controller takes another's pods: pods and ReplicaSets have an
// owner from the start, and only what has none is adopted.
inline constexpr char kCanaryOf[] = "slipway.io/canary-of";        ///< of object, pods and selector
inline constexpr char kCanaryPhase[] = "slipway.io/canary-phase";  ///< of the object
/// Annotation of the object: a digest of the template that the Deployment had when it was started.
inline constexpr char kCanaryFrom[] = "slipway.io/canary-from";
inline constexpr char kPromoting[] = "promoting";

/// "web-canary": there is one at a time.
std::string canary_name(const std::string& deployment);

struct CanaryAsked {
  std::uint32_t replicas = 1;
  boost::json::object pod_template = {};             ///< whole; empty: the Deployment's own
  std::map<std::string, std::string> images = {};    ///< of containers by name, in place of its own
  std::string resource_version = {};                 ///< of the Deployment, that the caller saw
  std::vector<std::string> single_node_claims = {};  ///< of those it uses: ReadWriteOnce alone
};

/// The Deployment to be made. It goes with the one that it is of.
Ruled<boost::json::object> canary_of(const boost::json::object& deployment,
                                     const CanaryAsked& asked);

/// The canary's template without what makes it one: what the Deployment gets.
boost::json::object promoted_template(const boost::json::object& canary);
/// The Deployment's change to its canary's template, for this version of it. Nothing where it has
/// it already: then it is the canary's turn to be marked. What somebody changed in the Deployment's
/// template since the canary was started would be lost: that needs force.
Ruled<std::optional<Change>> promote(const boost::json::object& deployment,
                                     const boost::json::object& canary, bool by_force = false);
/// That it goes once the Deployment is rolled out: this version of it, whose template that has.
Change mark_promoting(const boost::json::object& canary);

}  // namespace slipway::workloads
