// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/connect.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "protocol/base/with_timeout.hpp"
#include "protocol/net/resolver.hpp"

namespace slipway::net {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using base::Task;
using ConnectionPtr = std::unique_ptr<Connection>;

namespace {

constexpr std::chrono::seconds kAddressLimit{5};  // of one that is not a name's last

std::unexpected<base::Error> in_field(base::Error error, const char* field) {
  error.field = field;
  return std::unexpected(std::move(error));
}

/// Which part of the way is broken, as connect() tells it in an error's field.
const char* field_of(const boost::system::error_code& error) {
  const bool no_way = error == asio::error::network_unreachable ||
                      error == asio::error::host_unreachable || error == asio::error::network_down;
  return no_way ? "network" : "port";
}

Task<Result<asio::ip::tcp::socket>> connect_one(asio::any_io_executor executor,
                                                asio::ip::tcp::endpoint to) {
  asio::ip::tcp::socket socket(executor);
  auto [error] = co_await socket.async_connect(to, asio::as_tuple(asio::use_awaitable));
  if (error) co_return base::fail(ErrorCode::kUnavailable, error.message(), field_of(error));
  co_return socket;
}

Task<Result<ConnectionPtr>> connect_all(asio::any_io_executor executor, Endpoint endpoint,
                                        std::vector<asio::ip::address> addresses, TlsContextPtr tls,
                                        base::Duration limit) {
  auto socket = co_await connect_tcp(executor, endpoint, std::move(addresses), limit);
  if (!socket) co_return base::fail(socket);
  auto connection = std::make_unique<Connection>(std::move(*socket));
  if (tls) {
    auto secured = co_await connection->connect_tls(std::move(tls), endpoint.host);
    if (!secured) co_return base::fail(secured);
  }
  co_return connection;
}

}  // namespace

Task<Result<asio::ip::tcp::socket>> connect_tcp(asio::any_io_executor executor, Endpoint endpoint,
                                                std::vector<asio::ip::address> addresses,
                                                base::Duration limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  Result<asio::ip::tcp::socket> socket = base::fail(ErrorCode::kUnavailable, "it has no address");
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const asio::ip::tcp::endpoint to(addresses[i], endpoint.port);
    if (i + 1 == addresses.size()) {
      socket = co_await connect_one(executor, to);
    } else {
      const base::Duration left = deadline - std::chrono::steady_clock::now();
      socket = co_await base::with_timeout(std::min<base::Duration>(left / 2, kAddressLimit),
                                           to.address().to_string(), connect_one(executor, to));
    }
    if (socket) co_return socket;
  }
  socket.error().message = "cannot connect to " + endpoint.host + ":" +
                           std::to_string(endpoint.port) + ": " + socket.error().message;
  co_return socket;
}

Task<Result<ConnectionPtr>> connect(asio::any_io_executor executor, Endpoint endpoint,
                                    TlsContextPtr tls, std::chrono::milliseconds timeout) {
  auto addresses = co_await base::with_timeout(timeout, "the DNS servers about " + endpoint.host,
                                               resolve(executor, endpoint.host));
  if (!addresses) co_return in_field(addresses.error(), "host");
  const std::string what = "connecting to " + endpoint.host + ":" + std::to_string(endpoint.port);
  co_return co_await base::with_timeout(
      timeout, what,
      connect_all(executor, std::move(endpoint), *std::move(addresses), std::move(tls), timeout));
}

}  // namespace slipway::net
