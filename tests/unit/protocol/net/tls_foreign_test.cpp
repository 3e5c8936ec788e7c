// SPDX-License-Identifier: Apache-2.0
// Other people's ends: OpenSSL as it comes, and such as speak no TLS or only half of it.
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <thread>

#include "tests/unit/protocol/net/tls_pair.hpp"

namespace slipway::net {
namespace {

struct Served {
  explicit Served(asio::any_io_executor executor) {
    HttpServerOptions options;
    options.tls = authority.server();
    server = std::make_unique<HttpServer>(
        executor, options,
        [](HttpRequest) -> Task<HttpResponse> { co_return HttpResponse{.body = "well"}; }, nullptr);
    EXPECT_TRUE(server->start());
  }
  Task<std::string> ask(asio::any_io_executor executor) {
    HttpClientOptions options = to(*server);
    options.tls = TlsClient{.ca_pem = authority.ca.certificate_pem};
    HttpClient client(executor, options);
    auto response = co_await client.fetch({});
    co_return response ? response->text() : response.error().message;
  }
  Authority authority;
  std::unique_ptr<HttpServer> server;
};

/// What a client says first, as bytes.
std::string client_hello() {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* session = SSL_new(context);
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(session, BIO_new(BIO_s_mem()), out);
  SSL_set_connect_state(session);
  SSL_do_handshake(session);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string hello(data, static_cast<std::size_t>(size));
  SSL_free(session);
  SSL_CTX_free(context);
  return hello;
}

Task<> say_and_go(asio::any_io_executor executor, unsigned short port, std::string bytes,
                  bool reset) {
  asio::ip::tcp::socket socket(executor);
  co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), port}, kUse);
  co_await asio::async_write(socket, asio::buffer(bytes), kUse);
  if (reset) socket.set_option(asio::socket_base::linger(true, 0));
}

TEST(TlsForeign, GarbageHalfHandshakesAndThoseWhoGoInTheMiddleHarmNobody) {
  run([](asio::any_io_executor executor) -> Task<> {
    Served served(executor);
    const std::string hello = client_hello();
    std::mt19937_64 random(7);
    for (unsigned i = 0; i < 60; ++i) {
      std::string bytes = hello.substr(0, random() % (hello.size() + 1));
      if (i % 3 == 0) bytes = random_bytes(random() % 3'000, i);
      if (i % 3 == 1 && !bytes.empty()) bytes[random() % bytes.size()] ^= 0x41;
      co_await say_and_go(executor, served.server->port(), bytes, i % 2 == 0);
    }
    co_await say_and_go(executor, served.server->port(), hello + hello + random_bytes(99, 1),
                        false);
    EXPECT_EQ(co_await served.ask(executor), "well");
    co_await served.server->stop(0ms);
  });
}

TEST(TlsForeign, ASilentHandshakeEndsAtItsDeadline) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    Ends ends = co_await tcp_ends(executor);
    EXPECT_TRUE(co_await ends.client->write(client_hello().substr(0, 50)));
    ends.server->expires_after(50ms);
    auto done = co_await ends.server->accept_tls(*make_server_context(authority.server()));
    EXPECT_FALSE(done);
    if (!done) EXPECT_EQ(done.error().code, ErrorCode::kTimeout);
  });
}

TEST(TlsForeign, AServerThatIsNoneIsNotSaidToBeRefused) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    Ends ends = co_await tcp_ends(executor);
    ends.server->close();
    auto trusted = *make_client_context({.ca_pem = authority.ca.certificate_pem});
    auto done = co_await ends.client->connect_tls(trusted, "127.0.0.1");
    EXPECT_FALSE(done);
    if (!done) EXPECT_EQ(done.error().code, ErrorCode::kUnavailable);
  });
}

/// Speaks to `socket` in a thread of its own: a message, new keys for both, another message.
void change_keys(int socket, bool& good, std::string& heard) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* session = SSL_new(context);
  SSL_set_fd(session, socket);
  good = SSL_connect(session) == 1 && SSL_write(session, "before", 6) == 6;
  for (int i = 0; good && i < 3; ++i) {
    good = SSL_key_update(session, SSL_KEY_UPDATE_REQUESTED) == 1 &&
           SSL_write(session, " after", 6) == 6;
  }
  std::array<char, 100> bytes{};
  for (int size = 1; good && heard.size() < 6 && size > 0;) {
    size = SSL_read(session, bytes.data(), bytes.size());
    if (size > 0) heard.append(bytes.data(), static_cast<std::size_t>(size));
  }
  SSL_shutdown(session);
  SSL_free(session);
  SSL_CTX_free(context);
}

TEST(TlsForeign, KeysMayChangeUnderWay) {
  run([](asio::any_io_executor executor) -> Task<> {
    Authority authority;
    Ends ends = co_await tcp_ends(executor);
    const int socket = ends.client->stream().socket().native_handle();
    ends.client->stream().socket().native_non_blocking(false);
    bool good = false;
    std::string heard;
    std::thread foreign([&] { change_keys(socket, good, heard); });
    EXPECT_TRUE(co_await ends.server->accept_tls(*make_server_context(authority.server())));
    EXPECT_EQ(co_await read_bytes(*ends.server, 24), "before after after after");
    EXPECT_TRUE(co_await ends.server->write("heard!"));
    auto end = co_await ends.server->read_more();
    EXPECT_TRUE(end && *end == 0);
    foreign.join();
    EXPECT_TRUE(good);
    EXPECT_EQ(heard, "heard!");
  });
}

}  // namespace
}  // namespace slipway::net
