// SPDX-License-Identifier: Apache-2.0
#include <openssl/ssl.h>

#include "tests/unit/protocol/net/fixture.hpp"

namespace slipway::net {
namespace {

/// What the client's request came to: "200 <identity>" or the error's code name.
Task<std::string> outcome(asio::any_io_executor executor, TlsServer server_tls,
                          TlsClient client_tls, std::string host = "127.0.0.1") {
  HttpServerOptions options;
  options.tls = std::move(server_tls);
  HttpServer server(
      executor, options,
      [](HttpRequest request) -> Task<HttpResponse> {
        co_return HttpResponse{.body = request.peer.identity};
      },
      nullptr);
  EXPECT_TRUE(server.start());
  HttpClientOptions client_options = to(server);
  client_options.endpoint.host = std::move(host);
  client_options.tls = std::move(client_tls);
  std::string result;
  {
    HttpClient client(executor, client_options);
    auto response = co_await client.fetch({});
    result = response ? std::to_string(response->status) + " " + response->text()
                      : std::string(base::name_of(response.error().code));
  }
  co_await server.stop(0ms);
  co_return result;
}

TEST(Tls, ATrustedCaAndAPinBothWork) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    EXPECT_EQ(
        co_await outcome(executor, authority.server(), {.ca_pem = authority.ca.certificate_pem}),
        "200 ");
    EXPECT_EQ(co_await outcome(executor, authority.server(), {.ca_sha256 = {authority.pin()}}),
              "200 ");
    EXPECT_EQ(co_await outcome(executor, authority.server(),
                               {.ca_pem = authority.ca.certificate_pem}, "localhost"),
              "200 ");
  });
}

TEST(Tls, DatesAreJudgedAtTheTimeGivenAndNotWithAPin) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;  // valid for hours around now
    for (const auto shift : {-48h, 48h}) {
      TlsClient trusting{.ca_pem = authority.ca.certificate_pem,
                         .judged_at = Authority::now() + shift};
      EXPECT_EQ(co_await outcome(executor, authority.server(), trusting), "denied");
    }
    TlsClient now{.ca_pem = authority.ca.certificate_pem, .judged_at = Authority::now()};
    EXPECT_EQ(co_await outcome(executor, authority.server(), now), "200 ");
    Authority past;
    past.ca = pki::make_ca("old ca", Authority::now() - 48h, Authority::now() - 24h);
    EXPECT_EQ(co_await outcome(executor, past.server(), {.ca_sha256 = {past.pin()}}), "200 ");
    EXPECT_EQ(co_await outcome(executor, past.server(), {.ca_pem = past.ca.certificate_pem}),
              "denied");
  });
}

TEST(Tls, OfTwoPinsEitherServes) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority older;
    Authority newer;
    for (Authority* shown : {&older, &newer}) {
      EXPECT_EQ(
          co_await outcome(executor, shown->server(), {.ca_sha256 = {older.pin(), newer.pin()}}),
          "200 ");
    }
    Authority foreign;
    EXPECT_EQ(
        co_await outcome(executor, foreign.server(), {.ca_sha256 = {older.pin(), newer.pin()}}),
        "denied");
  });
}

TEST(Tls, AForeignServerIsRefused) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    Authority foreign;
    EXPECT_EQ(
        co_await outcome(executor, foreign.server(), {.ca_pem = authority.ca.certificate_pem}),
        "denied");
    EXPECT_EQ(co_await outcome(executor, foreign.server(), {.ca_sha256 = {authority.pin()}}),
              "denied");
    // The pinned CA's certificate is public: shown behind a foreign leaf it must not help.
    TlsServer liar = foreign.server();
    const auto leaf =
        liar.certificate_chain_pem.substr(0, liar.certificate_chain_pem.find("-----BEGIN", 10));
    liar.certificate_chain_pem = leaf + authority.ca.certificate_pem;
    EXPECT_EQ(co_await outcome(executor, liar, {.ca_sha256 = {authority.pin()}}), "denied");
    // A node's certificate (for clients alone) must not serve as the controller's.
    const auto node = authority.issue("node", pki::Usage::kClient);
    EXPECT_EQ(co_await outcome(
                  executor,
                  {.certificate_chain_pem = node.certificate_pem + authority.ca.certificate_pem,
                   .key_pem = node.key_pem},
                  {.ca_sha256 = {authority.pin()}}),
              "denied");
    EXPECT_EQ(co_await outcome(executor, authority.server(),
                               {.ca_sha256 = {authority.pin()}, .server_name = "other.example"}),
              "denied");
    EXPECT_EQ(co_await outcome(executor, authority.server(), {.ca_sha256 = {std::string(64, '0')}}),
              "denied");
  });
}

TEST(Tls, ClientCertificatesGiveAnIdentityOrAreRefused) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    const auto with = [&](const pki::KeyPair& own) {
      return TlsClient{.ca_pem = authority.ca.certificate_pem,
                       .certificate_pem = own.certificate_pem,
                       .key_pem = own.key_pem};
    };
    EXPECT_EQ(co_await outcome(executor, authority.server(),
                               with(authority.issue("node-7", pki::Usage::kClient))),
              "200 node-7");
    Authority foreign;
    EXPECT_NE(co_await outcome(executor, authority.server(),
                               with(foreign.issue("node-7", pki::Usage::kClient))),
              "200 node-7");
    const auto late = authority.issue("node-7", pki::Usage::kClient, Authority::now() - 1min);
    EXPECT_EQ(co_await outcome(executor, authority.server(), with(late)), "denied");
    // Where none is asked for, none is believed.
    EXPECT_EQ(co_await outcome(executor, authority.server(false),
                               with(foreign.issue("node-7", pki::Usage::kClient))),
              "200 ");
  });
}

TEST(Tls, RenewedCertificatesServeTheNextHandshake) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority before;
    Authority after;
    HttpServerOptions options;
    options.tls = before.server();
    HttpServer server(
        executor, options, [](HttpRequest) -> Task<HttpResponse> { co_return HttpResponse{}; },
        nullptr);
    EXPECT_TRUE(server.start());
    EXPECT_TRUE(server.renew(after.server()));
    HttpClientOptions to_after = to(server);
    to_after.tls = TlsClient{.ca_pem = after.ca.certificate_pem};
    {
      HttpClient client(executor, to_after);
      EXPECT_TRUE(co_await client.fetch({}));
    }
    EXPECT_FALSE(server.renew({.certificate_chain_pem = "nonsense"}));
    co_await server.stop(0ms);
  });
}

TEST(Tls, BadMaterialIsNamed) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    TlsServer mismatched = authority.server();
    mismatched.key_pem = pki::make_key();
    HttpServerOptions options;
    options.tls = mismatched;
    HttpServer server(executor, options, nullptr, nullptr);
    auto started = server.start();
    EXPECT_FALSE(started);
    EXPECT_EQ(started.error().field, "key");
    HttpClientOptions client_options;
    client_options.endpoint = {.host = "127.0.0.1", .port = 1};
    client_options.tls = TlsClient{.ca_pem = "nonsense"};
    HttpClient client(executor, client_options);
    EXPECT_EQ((co_await client.fetch({})).error().field, "ca");
  });
}

/// Starts a server that asks no client for a certificate, hands it to `body`, stops it.
template <class Body>
void with_tls_server(Body body, HttpServerOptions options = {}) {
  run([&](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    options.tls = authority.server(false);
    HttpServer server(
        executor, options, [](HttpRequest) -> Task<HttpResponse> { co_return HttpResponse{}; },
        nullptr);
    EXPECT_TRUE(server.start());
    co_await body(server, authority);
    co_await server.stop(0ms);
  });
}

TEST(Tls, PlainTextOnATlsPortEndsQuietly) {
  with_tls_server([](HttpServer& server, Authority&) -> Task<> {
    const std::string answer = co_await raw(server.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(answer.find("HTTP/1.1 200"), std::string::npos);
  });
}

/// Connections that say nothing, held open.
Task<std::vector<asio::ip::tcp::socket>> silent(const HttpServer& server, std::size_t count) {
  const auto executor = co_await asio::this_coro::executor;
  std::vector<asio::ip::tcp::socket> sockets;
  while (sockets.size() < count) {
    auto& socket = sockets.emplace_back(executor);
    co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), server.port()}, kUse);
  }
  co_return sockets;
}

TEST(Tls, HandshakesBeyondTheMostWaitButNotForThoseThatDoNotComeOn) {
  with_tls_server([](HttpServer& server, Authority& authority) -> Task<> {
    const auto timed = [&]() -> Task<std::chrono::steady_clock::duration> {
      HttpClientOptions to_it = to(server);
      to_it.tls = TlsClient{.ca_pem = authority.ca.certificate_pem};
      HttpClient client(co_await asio::this_coro::executor, to_it);
      const auto before = std::chrono::steady_clock::now();
      EXPECT_TRUE(co_await client.fetch({}));
      co_return std::chrono::steady_clock::now() - before;
    };
    {
      const auto before = std::chrono::steady_clock::now();
      const auto waiting = co_await silent(server, 80);
      co_await timed();
      EXPECT_GE(std::chrono::steady_clock::now() - before, 1s) << "all begin at once";
      for (int n = 0; n < 10; ++n) {  // the silent ones are still there
        if (co_await timed() < 500ms) break;
        EXPECT_LT(n, 9) << "each is kept waiting";
      }
    }
  });
}

TEST(Tls, WhoWaitsForItsTurnCountsAsAConnection) {
  with_tls_server(
      [](HttpServer& server, Authority&) -> Task<> {
        auto in_time = co_await silent(server, 70);  // 64 handshakes, six that wait
        auto late = co_await silent(server, 1);
        char answer = 0;
        auto [error, size] =
            co_await asio::async_read(late.front(), asio::buffer(&answer, 1), kUse);
        EXPECT_TRUE(error == asio::error::eof || error == asio::error::connection_reset)
            << error.message();
        in_time.front().non_blocking(true);
        in_time.front().read_some(asio::buffer(&answer, 1), error);
        EXPECT_EQ(error, asio::error::would_block) << "it waited until those before it timed out";
      },
      {.max_connections = 70});
}

/// The first bytes of a good handshake.
std::string client_hello() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(context.get()), SSL_free);
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), out);
  SSL_connect(session.get());
  const char* bytes = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(out, &bytes));
  return {bytes, size};
}

TEST(Tls, WhoHungUpBeforeItsTurnGetsNoHandshake) {
  with_tls_server([](HttpServer& server, Authority&) -> Task<> {
    const auto executor = co_await asio::this_coro::executor;
    for (const bool hangs_up : {false, true}) {
      asio::ip::tcp::socket socket(executor);
      socket.connect({asio::ip::make_address("127.0.0.1"), server.port()});
      asio::write(socket, asio::buffer(client_hello()));
      if (hangs_up) socket.shutdown(asio::ip::tcp::socket::shutdown_send);  // not accepted so far
      char answer = 0;
      auto [error, size] = co_await asio::async_read(socket, asio::buffer(&answer, 1), kUse);
      EXPECT_EQ(size, hangs_up ? 0U : 1U) << error.message();
    }
  });
}

}  // namespace
}  // namespace slipway::net
