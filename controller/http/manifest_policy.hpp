// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "controller/http/problem.hpp"
#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"
#include "protocol/manifest/manifest.hpp"

namespace slipway::http {

inline constexpr int kMostLooks = 50;  ///< at what stands of the objects of one manifest

/// Who would write what where.
struct PolicyAsked {
  Caller caller;
  base::ClusterId cluster;
  std::string default_namespace;
  bool replaces = false;  ///< what is not said goes, instead of staying as it is
};

/// What of a manifest may not stand in the projects' namespaces that it goes to, as far as the
/// mirror knows them; nullopt: nothing. The cluster asks the same rules of every object again, in
/// whatever way it comes (agent/admission): this says it at once, and for the manifest as a whole.
///
/// Before that: the first field that the cluster's Kubernetes does not have, which its API server
/// might drop and say nothing (rule "kubernetes-version").
///
/// What an object is already it may stay: what stands of one that would be refused is read, in the
/// caller's name, of kMostLooks of them; what cannot be read counts as new.
base::Task<std::optional<Problem>> check_policy(
    Services& services, PolicyAsked what, const std::vector<manifest::ManifestObject>& objects);

}  // namespace slipway::http
