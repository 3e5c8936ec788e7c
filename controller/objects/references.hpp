// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <set>
#include <string>

namespace slipway::objects {

// What an object names, as the API server has it; all of them in its own namespace.

/// "pod": in a volume or a variable; "imagePullSecrets": to pull its images; "": not at all.
std::string how_pod_uses_config_map(const boost::json::object& pod, const std::string& name);
std::string how_pod_uses_secret(const boost::json::object& pod, const std::string& name);
/// "imagePullSecrets", "secrets", "".
std::string how_account_uses(const boost::json::object& service_account, const std::string& name);
/// "tls", "".
std::string how_ingress_uses(const boost::json::object& ingress, const std::string& name);

/// The Services that an Ingress routes to, each once, in the form of networking.k8s.io/v1 or
/// before.
std::set<std::string> services_of(const boost::json::object& ingress);

}  // namespace slipway::objects
