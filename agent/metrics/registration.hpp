// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/kube/kube_api.hpp"

namespace slipway::metrics {

inline constexpr unsigned short kMetricsPort = 10261;  ///< on the loopback address of each master
inline constexpr auto kServerName = "slipway-metrics.kube-system.svc";

/// Tells the cluster who serves metrics.k8s.io: an APIService and its service, an ExternalName
/// "localhost", so that each API server asks the agent beside it; and a role by which those who may
/// view a namespace may view its figures. Doing it again changes nothing.
base::Task<base::Result<>> register_metrics(kube::KubeApi& api, std::string ca_pem);

}  // namespace slipway::metrics
