// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "protocol/net/transport.hpp"
#include "tests/bench/swarm/tls_socket.hpp"

namespace slipway::swarm {

/// Upgrades a connected socket at `target`; the client's end of RFC 6455, as far as links need it:
/// it never waits in silence, so it answers no WebSocket pings.
base::Task<base::Result<std::unique_ptr<net::Transport>>> upgrade(std::unique_ptr<TlsSocket> socket,
                                                                  std::string target,
                                                                  std::string protocol);

}  // namespace slipway::swarm
