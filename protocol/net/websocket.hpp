// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "protocol/net/connection.hpp"
#include "protocol/net/http.hpp"
#include "protocol/net/http_server.hpp"
#include "protocol/net/transport.hpp"

namespace slipway::net {

/// Answers an upgrade request whose head has been read from `connection`.
base::Task<base::Result<std::unique_ptr<Transport>>> accept_websocket(
    std::unique_ptr<Connection> connection, HttpRequest request, std::string protocol,
    std::size_t max_message_bytes);

/// The same, only to close it; ends when the other end has closed too, or within seconds.
base::Task<> dismiss_websocket(std::unique_ptr<Connection> connection, HttpRequest request,
                               HttpServer::Farewell farewell);

}  // namespace slipway::net
