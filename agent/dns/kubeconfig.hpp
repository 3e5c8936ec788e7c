// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"
#include "protocol/net/http_client.hpp"
#include "protocol/net/tls.hpp"

namespace slipway::dns {

/// Where an API server is and as whom to speak to it.
struct ApiAccess {
  net::Endpoint server;
  net::TlsClient tls;
};

/// What kubeadm and kubelet write into /etc/kubernetes/*.conf: the current context's server and
/// client certificate, in the file itself or in files that `read_file` fetches. kInvalid where
/// that is missing (a file half written counts: look again).
base::Result<ApiAccess> parse_kubeconfig(
    std::string_view yaml, std::function<base::Result<std::string>(const std::string&)> read_file);

}  // namespace slipway::dns
