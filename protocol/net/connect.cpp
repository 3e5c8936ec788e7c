// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/connect.hpp"

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

Task<Result<asio::ip::tcp::socket>> connect_tcp(asio::any_io_executor executor, Endpoint endpoint) {
  auto addresses = co_await resolve(executor, endpoint.host);
  if (!addresses) co_return base::fail(addresses);
  std::string why = "no address";
  for (const asio::ip::address& address : *addresses) {
    asio::ip::tcp::socket socket(executor);
    auto [error] = co_await socket.async_connect({address, endpoint.port},
                                                 asio::as_tuple(asio::use_awaitable));
    if (!error) co_return socket;
    why = error.message();
  }
  co_return base::fail(ErrorCode::kUnavailable, "cannot connect to " + endpoint.host + ":" +
                                                    std::to_string(endpoint.port) + ": " + why);
}

Task<Result<ConnectionPtr>> connect_all(asio::any_io_executor executor, Endpoint endpoint,
                                        TlsContextPtr tls) {
  auto socket = co_await connect_tcp(executor, endpoint);
  if (!socket) co_return base::fail(socket);
  auto connection = std::make_unique<Connection>(std::move(*socket));
  if (tls) {
    auto secured = co_await connection->connect_tls(std::move(tls), endpoint.host);
    if (!secured) co_return base::fail(secured);
  }
  co_return connection;
}

}  // namespace

Task<Result<ConnectionPtr>> connect(asio::any_io_executor executor, Endpoint endpoint,
                                    TlsContextPtr tls, std::chrono::milliseconds timeout) {
  const std::string what = "connecting to " + endpoint.host + ":" + std::to_string(endpoint.port);
  co_return co_await base::with_timeout(timeout, what,
                                        connect_all(executor, std::move(endpoint), std::move(tls)));
}

}  // namespace slipway::net
