// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "controller/workloads/refusal.hpp"

namespace slipway::objects {

inline constexpr char kPullSecretType[] = "kubernetes.io/dockerconfigjson";

/// Who pulls images from a registry.
struct RegistryAccount {
  std::string registry;  ///< "registry.example.org:5000", without scheme; a path may follow
  std::string user;
  std::string password;
};

/// The Secret, in Kubernetes' form. Refused for a registry that kubelet would not find by it.
workloads::Ruled<boost::json::object> pull_secret(const std::string& name,
                                                  const std::string& name_space,
                                                  const RegistryAccount& account);

}  // namespace slipway::objects
