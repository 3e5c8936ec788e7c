// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/net/fixture.hpp"

namespace slipway::net {
namespace {

Task<HttpResponse> not_found(HttpRequest) {
  co_return HttpResponse{.status = 404};
}

/// Accepts /echo as a session that sends back what comes, refuses all else with 403.
HttpServer::UpgradeHandler echo_at(std::shared_ptr<Signal> ended = nullptr) {
  return [ended](HttpRequest request) -> Task<HttpServer::Decision> {
    if (request.target != "/echo") co_return HttpResponse{.status = 403};
    HttpServer::Session session;
    session.protocol = std::string(request.headers.get("Sec-WebSocket-Protocol"));
    session.run = [ended](std::unique_ptr<Transport> transport) -> Task<> {
      co_await transport->write({transport->peer_identity(), false});
      for (;;) {
        auto message = co_await transport->read();
        if (!message || !co_await transport->write(std::move(*message))) break;
      }
      if (ended) ended->set();
    };
    co_return session;
  };
}

struct Pair {
  std::unique_ptr<HttpServer> server;
  HttpClientOptions options;
};

Pair start(asio::any_io_executor executor, Authority& authority,
           std::shared_ptr<Signal> ended = nullptr) {
  HttpServerOptions options;
  options.tls = authority.server();
  options.max_message_bytes = 1 << 20;
  Pair pair;
  pair.server = std::make_unique<HttpServer>(executor, options, not_found, echo_at(ended));
  EXPECT_TRUE(pair.server->start());
  const auto own = authority.issue("node-1", pki::Usage::kClient);
  pair.options = to(*pair.server);
  pair.options.tls = TlsClient{.ca_pem = authority.ca.certificate_pem,
                               .certificate_pem = own.certificate_pem,
                               .key_pem = own.key_pem};
  return pair;
}

TEST(WebSocket, MessagesGoBothWaysWithTheirKindAndSize) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    Pair pair = start(executor, authority);
    auto dialled = co_await dial_websocket(executor, pair.options, "/echo",
                                           {{"Sec-WebSocket-Protocol", "slipway.v1"}}, 1 << 20);
    EXPECT_TRUE(dialled) << dialled.error().message;
    auto& socket = **dialled;
    EXPECT_EQ((co_await socket.read())->bytes, "node-1");
    for (const std::size_t size : {0UL, 1UL, 125UL, 65'536UL, 1UL << 20}) {
      const std::string bytes(size, 'x');
      EXPECT_TRUE(co_await socket.write({bytes, size % 2 == 0}));
      auto back = co_await socket.read();
      EXPECT_TRUE(back) << back.error().message;
      if (!back) break;
      EXPECT_EQ(back->bytes, bytes);
      EXPECT_EQ(back->binary, size % 2 == 0);
    }
    dialled->reset();
    co_await pair.server->stop(1s);
  });
}

TEST(WebSocket, ARefusalCarriesItsStatus) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    Pair pair = start(executor, authority);
    auto dialled = co_await dial_websocket(executor, pair.options, "/other", {}, 1000);
    EXPECT_FALSE(dialled);
    EXPECT_EQ(dialled.error().code, ErrorCode::kDenied);
    HttpClient plain(executor, pair.options);
    EXPECT_EQ((co_await plain.fetch({.target = "/echo"}))->status, 404);
    co_await pair.server->stop(1s);
  });
}

TEST(WebSocket, MessagesOverTheLimitEndTheConnection) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    auto ended = std::make_shared<Signal>(executor);
    Pair pair = start(executor, authority, ended);
    auto dialled = co_await dial_websocket(executor, pair.options, "/echo", {}, 1000);
    EXPECT_TRUE(dialled);
    EXPECT_TRUE(co_await (*dialled)->read());
    EXPECT_TRUE(co_await (*dialled)->write({std::string(2000, 'x')}));
    auto back = co_await (*dialled)->read();
    EXPECT_FALSE(back);
    EXPECT_EQ(back.error().code, ErrorCode::kExhausted);
    dialled->reset();
    co_await ended->wait();
    co_await pair.server->stop(1s);
  });
}

TEST(WebSocket, DropWaitsForNoFarewellOfAPeerThatIsSilent) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    auto silent = std::make_shared<Signal>(executor);
    HttpServerOptions options;
    options.tls = authority.server();
    HttpServer server(executor, options, not_found,
                      [silent](HttpRequest) -> Task<HttpServer::Decision> {
                        HttpServer::Session session;
                        session.run = [silent](std::unique_ptr<Transport> transport) -> Task<> {
                          co_await silent->wait();  // reads nothing, so answers no close
                          transport->close();
                        };
                        co_return session;
                      });
    EXPECT_TRUE(server.start());
    auto client = to(server);
    client.tls = TlsClient{.ca_pem = authority.ca.certificate_pem};
    auto dialled = co_await dial_websocket(executor, client, "/deaf", {}, 1000);
    EXPECT_TRUE(dialled) << dialled.error().message;
    bool over = false;
    co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
      scope.spawn("read", [](Transport& socket, bool& ended) -> Task<> {
        (void)co_await socket.read();
        ended = true;
      }(**dialled, over));
      co_await asio::post(asio::use_awaitable);
      (*dialled)->drop();
      for (int turn = 0; turn < 100 && !over; ++turn) co_await asio::post(asio::use_awaitable);
      EXPECT_TRUE(over);
    });
    silent->set();
    co_await server.stop(1s);
  });
}

TEST(WebSocket, CloseEndsBothEndsAndPendingReads) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    auto ended = std::make_shared<Signal>(executor);
    Pair pair = start(executor, authority, ended);
    auto dialled = co_await dial_websocket(executor, pair.options, "/echo", {}, 1000);
    EXPECT_TRUE(dialled);
    EXPECT_TRUE(co_await (*dialled)->read());
    base::TaskScope scope(executor);
    Result<Message> pending = Message{};
    scope.spawn("read", [](Transport* from, Result<Message>* into) -> Task<> {
      *into = co_await from->read();
    }(dialled->get(), &pending));
    co_await asio::post(executor, asio::use_awaitable);
    (*dialled)->close();
    (*dialled)->close();
    co_await ended->wait();
    while (scope.running() > 0) co_await asio::post(executor, asio::use_awaitable);
    EXPECT_FALSE(pending);
    EXPECT_FALSE(co_await (*dialled)->read());
    EXPECT_FALSE(co_await (*dialled)->write({"x"}));
    co_await scope.join();
    co_await pair.server->stop(1s);
  });
}

TEST(WebSocket, StopCutsSessions) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    Pair pair = start(executor, authority);
    auto dialled = co_await dial_websocket(executor, pair.options, "/echo", {}, 1000);
    EXPECT_TRUE(dialled);
    EXPECT_TRUE(co_await (*dialled)->read());
    co_await pair.server->stop(0ms);
    EXPECT_FALSE(co_await (*dialled)->read());
  });
}

}  // namespace
}  // namespace slipway::net
