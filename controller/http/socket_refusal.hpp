// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/http/problem.hpp"
#include "protocol/net/http_server.hpp"

namespace slipway::http {

/// The subprotocol that a page offers beside the one that it wants: a browser keeps the answer to
/// a refused upgrade to itself, so that such a page's socket is accepted with this one instead,
/// and closed at once with the reason.
inline constexpr char kRefusalProtocol[] = "slipway.refusal.v1";
inline constexpr std::uint16_t kRefusalCodes = 4000;  ///< plus the status of the answer

/// Whether a request for a WebSocket is one of the controller's own page that offers so. Nothing
/// but a plain answer goes to programs, which show a token, and to pages elsewhere.
bool takes_refusal(const net::HttpRequest& request);

net::HttpServer::Farewell farewell_of(const Problem& problem);

}  // namespace slipway::http
