// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <stdexcept>
#include <string>

#include "tests/bench/swarm/roll.hpp"
#include "tests/bench/swarm/tls_socket.hpp"

namespace slipway::swarm {

/// The value, or an end of the program with the message.
template <class T>
T must(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// "127.0.0.1:8443". kInvalid also where it is not of the loopback: nothing else may be loaded.
base::Result<boost::asio::ip::tcp::endpoint> endpoint_of(const std::string& text);

/// The agents' key and the CA that they trust.
base::Result<TlsIdentity> identity_of(const Files& files);

}  // namespace slipway::swarm
