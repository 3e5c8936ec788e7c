// SPDX-License-Identifier: Apache-2.0
// Connections that are taken over as bytes, at both ends.
#include "tests/unit/protocol/net/fixture.hpp"

namespace slipway::net {
namespace {

Task<HttpResponse> ordinary(HttpRequest request) {
  co_return HttpResponse{.status = 200, .body = "ordinary " + request.body};
}

/// Sends back what comes, in capitals at the end of it: "ab" is answered with "ab", its end with
/// "!".
Task<> echo(std::unique_ptr<ByteStream> bytes) {
  for (;;) {
    auto piece = co_await bytes->read();
    if (!piece) co_return;
    if (piece->empty()) break;
    if (!co_await bytes->write(std::move(*piece))) co_return;
  }
  if (co_await bytes->write("!")) (void)co_await bytes->finish();
}

constexpr std::string_view kFarewell = "错: not for you";
// As it goes over the wire: a close frame, unmasked, with its length and its code.
const std::string kFarewellFrame = std::string("\x88") + static_cast<char>(2 + kFarewell.size()) +
                                   "\x11\x33" + std::string(kFarewell);

HttpServer::UpgradeHandler takes(std::function<Task<>(std::unique_ptr<ByteStream>)> session) {
  return [session](HttpRequest request) -> Task<HttpServer::Decision> {
    if (request.target == "/refused") {
      co_return HttpResponse{.status = 403, .body = "not " + request.method};
    }
    if (request.target == "/dismissed") {
      co_return HttpServer::Farewell{
          .code = 4403, .reason = std::string(kFarewell), .protocol = "words"};
    }
    HttpServer::Takeover takeover;
    takeover.head.headers = {{"Connection", "Upgrade"},
                             {"Upgrade", upgrade_of(request.headers)},
                             {"X-Stream-Protocol-Version", "v4.channel.k8s.io"}};
    takeover.run = session;
    co_return takeover;
  };
}

struct Pair {
  Pair(asio::any_io_executor executor, std::function<Task<>(std::unique_ptr<ByteStream>)> session) {
    HttpServerOptions options;
    options.tls = authority.server();
    server = std::make_unique<HttpServer>(executor, options, ordinary, takes(std::move(session)));
    EXPECT_TRUE(server->start());
    auto client_options = to(*server);
    client_options.tls = TlsClient{.ca_pem = authority.ca.certificate_pem};
    client = std::make_unique<HttpClient>(executor, client_options);
  }
  Authority authority;
  std::unique_ptr<HttpServer> server;
  std::unique_ptr<HttpClient> client;
};

Task<std::string> rest_of(ByteStream& bytes) {
  std::string all;
  for (;;) {
    auto piece = co_await bytes.read();
    if (!piece || piece->empty()) co_return piece ? all : all + " (broken)";
    all += *piece;
  }
}

TEST(Upgrade, BytesGoBothWaysAfterThe101) {
  run([](asio::any_io_executor executor) -> Task<> {
    Pair pair(executor, echo);
    auto answer = co_await pair.client->upgrade({.method = "POST", .target = "/exec"}, "SPDY/3.1");
    EXPECT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->response.status, 101);
    EXPECT_EQ(answer->response.headers.get("X-Stream-Protocol-Version"), "v4.channel.k8s.io");
    EXPECT_TRUE(answer->connection);
    const std::string every("\0\r\n\xff GET / HTTP/1.1\r\n\r\n", 23);
    EXPECT_TRUE(co_await answer->connection->write(every));
    std::string seen;
    while (seen.size() < every.size()) seen += *co_await answer->connection->read();
    EXPECT_EQ(seen, every);
    answer->connection.reset();
    co_await pair.server->stop(1s);
  });
}

TEST(Upgrade, AnEndThatSendsNoMoreStillReads) {
  run([](asio::any_io_executor executor) -> Task<> {
    Pair pair(executor, echo);
    auto answer = co_await pair.client->upgrade({.target = "/exec"}, "SPDY/3.1");
    EXPECT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(co_await answer->connection->write(std::string(100'000, 'a')));
    EXPECT_TRUE(co_await answer->connection->finish());
    EXPECT_EQ(co_await rest_of(*answer->connection), std::string(100'000, 'a') + "!");
    co_await pair.server->stop(1s);
  });
}

TEST(Upgrade, ARefusalIsAnOrdinaryAnswer) {
  run([](asio::any_io_executor executor) -> Task<> {
    Pair pair(executor, echo);
    auto answer =
        co_await pair.client->upgrade({.method = "POST", .target = "/refused"}, "SPDY/3.1");
    EXPECT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->response.status, 403);
    EXPECT_FALSE(answer->connection);
    EXPECT_EQ(*co_await read_all(std::move(answer->response), 1000), "not POST");
    co_await pair.server->stop(1s);
  });
}

TEST(Upgrade, ADismissedWebSocketIsClosedWithItsReason) {
  run([](asio::any_io_executor executor) -> Task<> {
    Pair pair(executor, echo);
    auto answer = co_await pair.client->upgrade(
        {.target = "/dismissed",
         .headers = {{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                     {"Sec-WebSocket-Version", "13"}}},
        "websocket");
    EXPECT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->response.headers.get("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_EQ(answer->response.headers.get("Sec-WebSocket-Protocol"), "words");
    std::string seen;
    while (seen.size() < kFarewellFrame.size()) {
      auto piece = co_await answer->connection->read();
      EXPECT_TRUE(piece && !piece->empty()) << seen;
      if (!piece || piece->empty()) break;
      seen += *piece;
    }
    EXPECT_EQ(seen, kFarewellFrame);
    // What it had to say meanwhile, masked as clients do, and its own close.
    const std::string mask(4, '\0');
    (void)co_await answer->connection->write("\x81\x82" + mask + "hi\x88\x80" + mask);
    auto after = co_await answer->connection->read();
    EXPECT_TRUE(!after || after->empty()) << *after;
    co_await pair.server->stop(1s);
  });
}

TEST(Upgrade, ADismissedClientThatStaysSilentIsCutOff) {
  run([](asio::any_io_executor executor) -> Task<> {
    HttpServer server(executor, {}, ordinary, takes(echo));
    EXPECT_TRUE(server.start());
    const auto answer = co_await raw(
        server.port(),
        "GET /dismissed HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n" + kFarewellFrame)) << answer;
    co_await server.stop(1s);
  });
}

TEST(Upgrade, AClientThatGoesAwayEndsTheSession) {
  run([](asio::any_io_executor executor) -> Task<> {
    auto over = std::make_shared<Signal>(executor);
    Pair pair(executor, [over](std::unique_ptr<ByteStream> bytes) -> Task<> {
      auto none = co_await bytes->read();
      EXPECT_FALSE(none);  // no farewell: not the same as an end in order
      over->set();
    });
    auto answer = co_await pair.client->upgrade({.target = "/exec"}, "websocket");
    EXPECT_TRUE(answer) << answer.error().message;
    answer->connection.reset();
    co_await over->wait();
    co_await pair.server->stop(1s);
  });
}

TEST(Upgrade, AWriterWaitsForAReaderThatStalls) {
  run([](asio::any_io_executor executor) -> Task<> {
    auto sent = std::make_shared<std::size_t>(0);
    auto over = std::make_shared<Signal>(executor);
    Pair pair(executor, [sent, over](std::unique_ptr<ByteStream> bytes) -> Task<> {
      while (co_await bytes->write(std::string(1 << 20, 'x'))) *sent += 1 << 20;
      over->set();
    });
    auto answer = co_await pair.client->upgrade({.target = "/exec"}, "SPDY/3.1");
    EXPECT_TRUE(answer) << answer.error().message;
    std::size_t before = 1;
    while (*sent != before) {
      before = *sent;
      for (int i = 0; i < 2000; ++i) co_await asio::post(asio::use_awaitable);
    }
    EXPECT_LT(*sent, 64U << 20);  // the kernel's buffers, no more
    answer->connection.reset();
    co_await over->wait();
    co_await pair.server->stop(1s);
  });
}

/// What a clear-text server with a Takeover answers to raw bytes, until it closes.
Task<std::string> said_to(std::string bytes) {
  const auto executor = co_await asio::this_coro::executor;
  HttpServer server(executor, {}, ordinary, takes(echo));
  EXPECT_TRUE(server.start());
  auto answer = co_await raw(server.port(), std::move(bytes));
  co_await server.stop(1s);
  co_return answer;
}

TEST(Upgrade, WhatIsNoWishForAKnownProtocolIsAnOrdinaryRequest) {
  run([](asio::any_io_executor) -> Task<> {
    const std::string post = "POST /exec HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\n";
    for (const auto& request :
         {post + "Upgrade: h2c\r\n\r\n", post + "\r\n",
          post + "Upgrade: SPDY/3.1\r\nContent-Length: 2\r\n\r\nhi",
          std::string("POST /exec HTTP/1.1\r\nHost: a\r\nConnection: close\r\nUpgrade: "
                      "SPDY/3.1\r\n\r\n"),
          std::string("POST /exec HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n")}) {
      const auto answer = co_await said_to(request);
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << request << answer;
      EXPECT_NE(answer.find("ordinary"), std::string::npos) << request << answer;
    }
  });
}

TEST(Upgrade, OneOfSeveralProtocolsIsTakenAndNamed) {
  run([](asio::any_io_executor executor) -> Task<> {
    HttpServer server(executor, {}, ordinary,
                      takes([](std::unique_ptr<ByteStream> bytes) -> Task<> {
                        bytes->close();
                        co_return;
                      }));
    EXPECT_TRUE(server.start());
    const auto answer = co_await raw(server.port(),
                                     "POST /exec HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n"
                                     "Connection: upgrade\r\nUpgrade: h2c, spdy/3.1\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n")) << answer;
    EXPECT_NE(answer.find("\r\nUpgrade: SPDY/3.1\r\n"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("Content-Length"), std::string::npos) << answer;
    co_await server.stop(1s);
  });
}

}  // namespace
}  // namespace slipway::net
