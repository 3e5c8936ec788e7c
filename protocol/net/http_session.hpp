// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <set>

#include "protocol/net/connection.hpp"
#include "protocol/net/http_server.hpp"

namespace slipway::net {

/// What the connections of a server share; outlives them all.
struct ServerContext {
  HttpServerOptions options;
  HttpServer::Handler handler;
  HttpServer::UpgradeHandler upgrade;
  TlsContextPtr tls;
  bool stopping = false;
  std::size_t connections = 0;
  std::list<std::chrono::steady_clock::time_point> handshakes;  ///< that go on; when they began
  std::function<void()> shaken;                                 ///< called when one is over
  std::size_t busy = 0;          ///< requests that are being read or answered
  std::set<Connection*> idle;    ///< kept connections between two requests
  std::function<void()> calmed;  ///< called when `busy` falls to 0
};

/// Serves the requests of one accepted connection in turn. What goes on after an upgrade is handed
/// back, not run inside: a session may last for months and holds nothing of its request.
base::Task<std::optional<base::Task<>>> serve_connection(ServerContext* context,
                                                         boost::asio::ip::tcp::socket socket);

}  // namespace slipway::net
