// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/connect.hpp"
#include "protocol/net/stream.hpp"
#include "tests/unit/protocol/net/fixture.hpp"

namespace slipway::net {
namespace {

/// Asks, closes its half once the answer comes, and says how much of it came.
Task<std::size_t> ask_and_close_half(asio::any_io_executor executor, TlsClient* trusts,
                                     HttpServerOptions options, std::size_t size) {
  const auto handler = [size](HttpRequest) -> Task<HttpResponse> {
    co_return HttpResponse{.body = std::string(size, 'x')};
  };
  HttpServer server(executor, std::move(options), handler, nullptr);
  EXPECT_TRUE(server.start());
  const auto tls = trusts ? *make_client_context(*trusts) : nullptr;
  auto client = *co_await connect(executor, to(server).endpoint, tls, 5s);
  EXPECT_TRUE(co_await client->write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_TRUE(co_await client->read_more());
  client->stream().socket().shutdown(asio::ip::tcp::socket::shutdown_send);
  for (int turn = 0; turn < 100; ++turn) co_await asio::post(asio::use_awaitable);  // it is seen
  for (;;) {
    const auto more = co_await client->read_more();
    if (!more || *more == 0) break;
  }
  co_await server.stop(0ms);
  const auto& answer = client->unread();
  co_return answer.size() - (answer.find("\r\n\r\n") + 4);
}

TEST(HttpServer, WhoClosesOneHalfEarlyGetsTheWholeAnswer) {
  static constexpr std::size_t kMoreThanTheKernelTakes = 32 << 20;
  run([](asio::any_io_executor executor) -> Task<> {
    EXPECT_EQ(co_await ask_and_close_half(executor, nullptr, {}, kMoreThanTheKernelTakes),
              kMoreThanTheKernelTakes);
    Authority authority;
    TlsClient trusts{.ca_pem = authority.ca.certificate_pem};
    HttpServerOptions secured;
    secured.tls = authority.server(false);
    EXPECT_EQ(co_await ask_and_close_half(executor, &trusts, secured, kMoreThanTheKernelTakes),
              kMoreThanTheKernelTakes)
        << "an end without a farewell is an error over TLS";
  });
}

}  // namespace
}  // namespace slipway::net
