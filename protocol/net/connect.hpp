// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <vector>

#include "protocol/net/connection.hpp"
#include "protocol/net/http_client.hpp"

namespace slipway::net {

/// Resolves, then connects (each address in turn) and, with a context, does the TLS handshake; each
/// of the two within `timeout`. An error's field says what is broken: "host" (the name does not
/// resolve), "network" (no way there), "port" (refused), "ca" (another authority than expected).
base::Task<base::Result<std::unique_ptr<Connection>>> connect(boost::asio::any_io_executor executor,
                                                              Endpoint endpoint, TlsContextPtr tls,
                                                              std::chrono::milliseconds timeout);

/// Connects to the first of a name's addresses that answers, each in turn. All but the last have at
/// most half of what is left of `limit`, and 5 s, so that one that swallows packets hides no other;
/// the last has no limit here. The last one's error is told.
base::Task<base::Result<boost::asio::ip::tcp::socket>> connect_tcp(
    boost::asio::any_io_executor executor, Endpoint endpoint,
    std::vector<boost::asio::ip::address> addresses, base::Duration limit);

}  // namespace slipway::net
