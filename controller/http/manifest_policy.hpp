// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "controller/http/problem.hpp"
#include "controller/http/services.hpp"
#include "protocol/manifest/manifest.hpp"

namespace slipway::http {

/// What of a manifest may not stand in the projects' namespaces that it goes to, as far as the
/// mirror knows them; nullopt: nothing. The cluster asks the same rules of every object again, in
/// whatever way it comes (agent/admission): this says it at once, and for the manifest as a whole.
///
/// Before that: the first field that the cluster's Kubernetes does not have, which its API server
/// might drop and say nothing (rule "kubernetes-version").
///
/// `old` is what stands there of the one object: what it was already it may stay.
std::optional<Problem> check_policy(const Services& services, const base::ClusterId& cluster,
                                    const std::vector<manifest::ManifestObject>& objects,
                                    const std::string& default_namespace,
                                    const boost::json::value* old = nullptr);

}  // namespace slipway::http
