// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/bootstrap/step.hpp"

namespace slipway::bootstrap {

inline constexpr auto kAdminConfig = "/etc/kubernetes/admin.conf";
inline constexpr auto kKubeletConfig = "/etc/kubernetes/kubelet.conf";

/// One request to the API server.
struct ApiRequest {
  std::string kubeconfig = kKubeletConfig;  ///< as whom
  std::string method = "GET";
  std::string path;
  std::string content_type;
  std::string body;
};

/// A master asks the server on itself, a worker the control plane's endpoint. kUnavailable or
/// kNotFound while credential or server are not there yet. Any status is a success.
base::Task<base::Result<Answer>> ask_api(const StepContext& context, ApiRequest request);

/// What a Status object of the API server says, or the start of any other body.
std::string api_message(const Answer& answer);

}  // namespace slipway::bootstrap
