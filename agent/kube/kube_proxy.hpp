// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/kube/kube_api.hpp"
#include "protocol/link/link.hpp"
#include "stream.pb.h"

namespace slipway::kube {

inline constexpr std::size_t kProxyBodyBytes = 8 << 20;  ///< of a request; 413 above

/// The request for the API server, without the headers of the connection that it came on.
base::Result<net::HttpRequest> request_of(const wire::HttpOpen& open, std::string body);
/// The head of the answer, likewise.
wire::StreamNote head_of(const net::HttpResponse& response);

/// Relays one request and its answer, which may stream for ever (watch, follow); ends at once when
/// nobody listens any more. A request with `upgrade` becomes a connection's bytes once the API
/// server has agreed.
base::Task<> proxy(KubeApi& api, wire::HttpOpen open, link::StreamPtr stream);

}  // namespace slipway::kube
