// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace slipway::containers {

/// A container as Kubernetes names it.
struct ContainerName {
  std::string pod_namespace;
  std::string pod;
  std::string container;  ///< empty: the pod's first
};

/// Every part is a DNS name as Kubernetes allows it: no slash, no `..`, no quote can hide in one,
/// so that it may go into a path or a filter. kInvalid names the field.
base::Result<> check(const ContainerName& name);

}  // namespace slipway::containers
