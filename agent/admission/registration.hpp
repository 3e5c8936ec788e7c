// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "agent/kube/kube_api.hpp"

namespace slipway::admission {

inline constexpr unsigned short kAdmissionPort = 10262;  ///< on the loopback address of each master
inline constexpr auto kServerName = "slipway-admission.kube-system.svc";
inline constexpr auto kReviewPath = "/review";
inline constexpr auto kConfigurationName = "slipway-project-rules";
/// On a master's Node: its agent answers what `kVersion` of the configuration asks.
inline constexpr auto kServedMark = "slipway.io/serves-project-rules";
inline constexpr int kVersion = 2;

/// The ValidatingWebhookConfiguration: which API server asks whom about what. Whole, with all that
/// an API server would fill in, so that what is there can be compared.
boost::json::object configuration(const std::string& ca_pem);

/// Says at its Node that this master serves.
base::Task<base::Result<>> mark_served(kube::KubeApi& api, std::string node);

/// Makes the configuration, or puts it right. kUnavailable while a master does not serve what it
/// asks: that one's API server would take nothing in projects' namespaces.
base::Task<base::Result<>> register_admission(kube::KubeApi& api, std::string ca_pem);

}  // namespace slipway::admission
