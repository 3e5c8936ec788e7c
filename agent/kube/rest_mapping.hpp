// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/kube/kube_api.hpp"

namespace slipway::kube {

/// Where objects of a kind live.
struct Resource {
  std::string plural;
  bool namespaced = false;
};

/// From kinds to paths, by the API server's own discovery; what it once said is kept until
/// forget().
class RestMapping {
 public:
  explicit RestMapping(KubeApi& api) : api_(api) {}

  /// kNotFound: the API server knows no such kind (yet).
  base::Task<base::Result<Resource>> find(std::string api_version, std::string kind);
  /// The version of a group that serves a resource: "batch", "cronjobs" → "batch/v1beta1". The
  /// versions in `first` ("v2 v2beta2") are tried before the one that the server prefers.
  /// kNotFound: none does.
  base::Task<base::Result<std::string>> serving(std::string group, std::string plural,
                                                std::string first);
  void forget(const std::string& api_version) { known_.erase(api_version); }

 private:
  using Kinds = std::map<std::string, Resource>;
  base::Task<base::Result<>> load(std::string api_version);

  KubeApi& api_;
  std::map<std::string, Kinds> known_;  // by apiVersion
};

/// "/api/v1" or "/apis/apps/v1".
std::string root_of(const std::string& api_version);
/// The path of one object; `pod_namespace` is ignored for what has none.
std::string object_path(const std::string& api_version, const Resource& resource,
                        const std::string& pod_namespace, const std::string& name);

}  // namespace slipway::kube
