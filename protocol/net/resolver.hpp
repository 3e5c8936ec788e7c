// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <string>
#include <vector>

#include "protocol/base/task.hpp"

namespace slipway::net {

/// The addresses of a name, best first, by /etc/hosts and DNS; an address in digits is itself.
/// Uses c-ares: a static glibc's getaddrinfo would load that machine's NSS libraries.
/// kNotFound: no such name; kUnavailable: no DNS server answered.
base::Task<base::Result<std::vector<boost::asio::ip::address>>> resolve(
    boost::asio::any_io_executor executor, std::string host);

}  // namespace slipway::net
