// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "protocol/net/connection.hpp"
#include "protocol/net/http_client.hpp"

namespace slipway::net {

/// Resolves, connects (each address in turn) and, with a context, does the TLS handshake.
base::Task<base::Result<std::unique_ptr<Connection>>> connect(boost::asio::any_io_executor executor,
                                                              Endpoint endpoint, TlsContextPtr tls,
                                                              std::chrono::milliseconds timeout);

}  // namespace slipway::net
