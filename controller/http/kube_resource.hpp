// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// A kind of objects at an API server.
struct KubeResource {
  std::string api_version;  ///< "apps/v1"
  std::string plural;       ///< "deployments"
  std::string kind;         ///< "Deployment"
  bool namespaced = true;
};

/// The name of an object, as paths have it.
bool is_object_name(const std::string& name);
/// "v1", "apps/v1beta1": of what may be in a path.
bool is_version(const std::string& text);

/// By its plural, with its group where it is none of Kubernetes' own kinds: "deployments",
/// "widgets.example.org". Of more than one version the one that the cluster prefers; it is asked,
/// in the caller's name, where the kind is not the same in all versions of Kubernetes. kNotFound
/// says what it may be called; kUnavailable: out of reach.
base::Task<base::Result<KubeResource>> find_resource(Services& services, Caller caller,
                                                     std::string cluster, std::string named);

/// By what an object says of itself, in the version that it is written in. nullopt: it is of none
/// of Kubernetes' own kinds.
std::optional<KubeResource> own_resource(const std::string& api_version, const std::string& kind);

/// Where its objects are, or one of them, without a slash before it:
/// "apis/apps/v1/namespaces/shop/deployments/web". `name_space` is empty for what has none.
std::string object_path(const KubeResource& resource, const std::string& name_space,
                        const std::string& name);
bool is_secret(const KubeResource& resource);

}  // namespace slipway::http
