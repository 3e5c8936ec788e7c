// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/websocket.hpp"

#include <netinet/tcp.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "protocol/base/check.hpp"
#include "protocol/net/connect.hpp"
#include "protocol/net/http_client.hpp"
#include "protocol/net/http_parser.hpp"
#include "protocol/net/stream.hpp"

namespace slipway::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using base::ErrorCode;
using base::Result;
using base::Task;
using TransportPtr = std::unique_ptr<Transport>;

// What Beast asks of a stream's type. The close frames are exchanged by then; a TLS farewell adds
// nothing.
void teardown(beast::role_type, Stream& stream, boost::system::error_code& error) {
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_both, error);
}

template <class Handler>
void async_teardown(beast::role_type role, Stream& stream, Handler&& handler) {
  boost::system::error_code error;
  teardown(role, stream, error);
  asio::post(stream.get_executor(),
             beast::bind_front_handler(std::forward<Handler>(handler), error));
}

void beast_close_socket(Stream& stream) {
  stream.close();
}

namespace {

constexpr auto kUse = asio::as_tuple(asio::use_awaitable);
// What the kernel may hold unsent: bulk data beyond it would stand before the next keystroke.
constexpr int kUnsentBytes = 32 << 10;
constexpr std::size_t kWriteBufferBytes = 32 << 10;
constexpr std::chrono::seconds kHandshakeTime{30};
constexpr std::chrono::seconds kCloseTime{2};
// Held while the next message is awaited; most of an idle link's are not longer.
constexpr std::size_t kFirstReadBytes = 128;
constexpr std::size_t kIgnoredBytes = 64 << 10;  // of a message to a socket that is dismissed

/// A WebSocket on its connection. Shared by the transport and a closing handshake that outlives it.
struct Socket : std::enable_shared_from_this<Socket> {
  Socket(std::unique_ptr<Connection> owned, std::size_t max_bytes)
      : max_message_bytes(max_bytes),
        connection(std::move(owned)),
        stream(connection->stream()),
        closing_timer(stream.get_executor()) {
    connection->expires_never();
    connection->unread().shrink_to_fit();  // the request's head was there
    const int fd = connection->stream().socket().native_handle();
    ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof(kUnsentBytes));
    stream.read_message_max(max_bytes);
    stream.auto_fragment(false);
    stream.write_buffer_bytes(kWriteBufferBytes);
  }

  void close() {
    if (closing) return;
    closing = true;
    if (!stream.is_open()) return connection->close();
    const auto self = shared_from_this();
    closing_timer.expires_after(kCloseTime);
    closing_timer.async_wait([self](boost::system::error_code) { self->connection->close(); });
    stream.async_close(websocket::close_code::normal, [self](boost::system::error_code) {
      self->connection->close();
      self->closing_timer.cancel();
    });
  }

  void drop() {
    closing = true;
    closing_timer.cancel();
    connection->close();
  }

  base::Error error_of(const boost::system::error_code& error) const {
    if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
      return {ErrorCode::kExhausted, "a message is over the limit"};
    }
    if (error == beast::error::timeout) {
      return {ErrorCode::kTimeout, "the other end is silent"};
    }
    if (error.category() == tls_category() && error != tls_truncated()) {
      return {ErrorCode::kDenied, "TLS: " + error.message()};
    }
    return {ErrorCode::kUnavailable, error == websocket::error::closed
                                         ? "the other end closed"
                                         : "the connection broke: " + error.message()};
  }

  const std::size_t max_message_bytes;
  std::unique_ptr<Connection> connection;
  websocket::stream<Stream&, false> stream;  // false: no compression
  asio::steady_timer closing_timer;
  bool closing = false;
};

class WebSocketTransport : public Transport {
 public:
  explicit WebSocketTransport(std::shared_ptr<Socket> socket) : socket_(std::move(socket)) {}
  ~WebSocketTransport() override {
    if (!socket_->closing) socket_->connection->close();
  }

  Task<Result<Message>> read() override {
    const auto socket = socket_;
    if (socket->closing) co_return base::fail(ErrorCode::kUnavailable, "closed");
    Message message;
    auto buffer = asio::dynamic_buffer(message.bytes);
    std::size_t limit = kFirstReadBytes;
    do {
      auto [error, size] = co_await socket->stream.async_read_some(buffer, limit, kUse);
      if (error) co_return std::unexpected(socket->error_of(error));
      limit = socket->max_message_bytes;
    } while (!socket->stream.is_message_done());
    message.binary = socket->stream.got_binary();
    co_return message;
  }

  Task<Result<>> write(Message message) override {
    const auto socket = socket_;
    if (socket->closing) co_return base::fail(ErrorCode::kUnavailable, "closed");
    socket->stream.binary(message.binary);
    auto [error, size] = co_await socket->stream.async_write(asio::buffer(message.bytes), kUse);
    if (error) co_return std::unexpected(socket->error_of(error));
    co_return Result<>{};
  }

  void close() override { socket_->close(); }
  void drop() override { socket_->drop(); }
  std::string peer_identity() const override { return socket_->connection->peer().identity; }
  std::string peer_address() const override { return socket_->connection->peer().address; }

 private:
  std::shared_ptr<Socket> socket_;  // shared with a closing handshake
};

/// Agents and browsers: idle connections are pinged by the server, the links ping by themselves.
websocket::stream_base::timeout timeouts_of(beast::role_type role,
                                            std::chrono::milliseconds handshake) {
  auto timeouts = websocket::stream_base::timeout::suggested(role);
  timeouts.handshake_timeout = handshake;
  if (role == beast::role_type::client) {
    timeouts.idle_timeout = websocket::stream_base::none();
    timeouts.keep_alive_pings = false;
  }
  return timeouts;
}

std::string host_header(const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

base::Error refusal_of(int status) {
  const std::string what =
      "the upgrade is refused: " + std::to_string(status) + " " + reason_of(status);
  const bool denied = status == 401 || status == 403;
  if (status == 404) return {ErrorCode::kNotFound, what};
  return {denied ? ErrorCode::kDenied : ErrorCode::kUnavailable, what};
}

Task<Result<std::shared_ptr<Socket>>> accept_socket(std::unique_ptr<Connection> connection,
                                                    HttpRequest request, std::string protocol,
                                                    std::size_t max_message_bytes,
                                                    std::chrono::seconds handshake) {
  http::request<http::string_body> upgrade;
  upgrade.version(11);
  upgrade.method_string(request.method);
  upgrade.target(request.target);
  for (const auto& [name, value] : request.headers.all()) upgrade.insert(name, value);
  auto socket = std::make_shared<Socket>(std::move(connection), max_message_bytes);
  socket->stream.set_option(timeouts_of(beast::role_type::server, handshake));
  socket->stream.set_option(
      websocket::stream_base::decorator([protocol](websocket::response_type& response) {
        if (!protocol.empty()) response.set(http::field::sec_websocket_protocol, protocol);
      }));
  auto [error] = co_await socket->stream.async_accept(upgrade, kUse);
  if (error) co_return std::unexpected(socket->error_of(error));
  co_return socket;
}

}  // namespace

Task<Result<TransportPtr>> accept_websocket(std::unique_ptr<Connection> connection,
                                            HttpRequest request, std::string protocol,
                                            std::size_t max_message_bytes) {
  auto socket = co_await accept_socket(std::move(connection), std::move(request),
                                       std::move(protocol), max_message_bytes, kHandshakeTime);
  if (!socket) co_return base::fail(socket);
  co_return std::make_unique<WebSocketTransport>(std::move(*socket));
}

Task<> dismiss_websocket(std::unique_ptr<Connection> connection, HttpRequest request,
                         HttpServer::Farewell farewell) {
  base::check(farewell.reason.size() <= kMaxFarewellBytes, "a close frame holds the reason");
  auto socket = co_await accept_socket(std::move(connection), std::move(request),
                                       std::move(farewell.protocol), kIgnoredBytes, kCloseTime);
  if (!socket) co_return;
  // Reads on until the other end closes too: what it sent meanwhile is dropped, not answered.
  const websocket::close_reason why(static_cast<websocket::close_code>(farewell.code),
                                    farewell.reason);
  co_await (*socket)->stream.async_close(why, kUse);
  (*socket)->drop();
}

Task<Result<TransportPtr>> dial_websocket(asio::any_io_executor executor, HttpClientOptions options,
                                          std::string target, Headers headers,
                                          std::size_t max_message_bytes) {
  TlsContextPtr tls;
  if (options.tls) {
    auto context = make_client_context(*options.tls);
    if (!context) co_return base::fail(context);
    tls = std::move(*context);
  }
  auto connection = co_await connect(executor, options.endpoint, tls, options.connect_timeout);
  if (!connection) co_return base::fail(connection);
  auto socket = std::make_shared<Socket>(std::move(*connection), max_message_bytes);
  socket->stream.set_option(timeouts_of(beast::role_type::client, options.response_timeout));
  socket->stream.set_option(
      websocket::stream_base::decorator([headers](websocket::request_type& request) {
        for (const auto& [name, value] : headers.all()) request.set(name, value);
      }));
  websocket::response_type response;
  auto [error] = co_await socket->stream.async_handshake(response, host_header(options.endpoint),
                                                         target, kUse);
  if (error == websocket::error::upgrade_declined) {
    co_return std::unexpected(refusal_of(static_cast<int>(response.result_int())));
  }
  if (error) co_return std::unexpected(socket->error_of(error));
  co_return std::make_unique<WebSocketTransport>(std::move(socket));
}

}  // namespace slipway::net
