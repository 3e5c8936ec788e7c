// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "protocol/net/connection.hpp"
#include "protocol/net/http_client.hpp"

namespace slipway::net {

/// Resolves, then connects (each address in turn) and, with a context, does the TLS handshake; each
/// of the two within `timeout`. An error's field says what is broken: "host" (the name does not
/// resolve), "network" (no way there), "port" (refused), "ca" (another authority than expected).
base::Task<base::Result<std::unique_ptr<Connection>>> connect(boost::asio::any_io_executor executor,
                                                              Endpoint endpoint, TlsContextPtr tls,
                                                              std::chrono::milliseconds timeout);

}  // namespace slipway::net
