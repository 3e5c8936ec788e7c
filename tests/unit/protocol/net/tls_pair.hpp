// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>

#include "protocol/net/connection.hpp"
#include "protocol/net/stream.hpp"
#include "tests/unit/protocol/net/fixture.hpp"

namespace slipway::net {

/// Two connections that are each other's ends.
struct Ends {
  std::unique_ptr<Connection> server;
  std::unique_ptr<Connection> client;
};

/// Over loopback, with small buffers in the kernel, so that little is enough to fill them.
inline Task<Ends> tcp_ends(asio::any_io_executor executor) {
  asio::ip::tcp::acceptor acceptor(executor);
  acceptor.open(asio::ip::tcp::v4());
  acceptor.set_option(asio::socket_base::receive_buffer_size(16 << 10));
  acceptor.bind({asio::ip::make_address("127.0.0.1"), 0});
  acceptor.listen();
  asio::ip::tcp::socket ours(executor);
  ours.open(asio::ip::tcp::v4());
  ours.set_option(asio::socket_base::receive_buffer_size(16 << 10));
  ours.set_option(asio::socket_base::send_buffer_size(16 << 10));
  co_await ours.async_connect(acceptor.local_endpoint(), kUse);
  auto [error, theirs] = co_await acceptor.async_accept(kUse);
  EXPECT_FALSE(error) << error.message();
  theirs.set_option(asio::socket_base::send_buffer_size(16 << 10));
  co_return Ends{std::make_unique<Connection>(std::move(theirs)),
                 std::make_unique<Connection>(std::move(ours))};
}

/// After the handshake.
inline Task<Ends> tls_ends(asio::any_io_executor executor) {
  Authority authority;
  Ends ends = co_await tcp_ends(executor);
  auto served = *make_server_context(authority.server());
  auto trusted = *make_client_context({.ca_pem = authority.ca.certificate_pem});
  co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
    bool accepted = false;
    scope.spawn("accept", [](Connection& end, TlsContextPtr tls, bool& good) -> Task<> {
      good = (co_await end.accept_tls(tls)).has_value();
    }(*ends.server, served, accepted));
    EXPECT_TRUE(co_await ends.client->connect_tls(trusted, "127.0.0.1"));
    while (scope.running() > 0) co_await asio::post(asio::use_awaitable);
    EXPECT_TRUE(accepted);
  });
  co_return ends;
}

inline std::string random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i + 8 <= size; i += 8) {
    const auto eight = random();
    std::memcpy(bytes.data() + i, &eight, 8);
  }
  return bytes;
}

/// Until `size` bytes are there or the connection ends.
inline Task<std::string> read_bytes(Connection& end, std::size_t size) {
  while (end.unread().size() < size) {
    auto more = co_await end.read_more();
    if (!more || *more == 0) break;
  }
  co_return std::exchange(end.unread(), {});
}

}  // namespace slipway::net
