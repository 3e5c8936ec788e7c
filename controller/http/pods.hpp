// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

/// A pod and the machine that it runs on, as the mirror knows it: also while the API server is
/// down.
struct LocatedPod {
  clusters::Cluster cluster;
  clusters::Node node;
  std::string uid;
  wire::PodRow row;
  std::string container;  ///< the one asked for, or the pod's first that is no init container
};

/// By the arguments cluster, namespace and pod. `container`, if any, must be one of the pod's.
base::Result<LocatedPod> locate_pod(const Services& services, const Call& call,
                                    const std::string& container);

}  // namespace slipway::http
