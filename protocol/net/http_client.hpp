// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "protocol/net/byte_stream.hpp"
#include "protocol/net/http.hpp"
#include "protocol/net/tls.hpp"

namespace slipway::net {

/// Where to: a name or an address, and a port.
struct Endpoint {
  std::string host;
  unsigned short port = 0;
};

struct HttpClientOptions {
  Endpoint endpoint;
  std::optional<TlsClient> tls;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds response_timeout{
      60'000};  ///< until the head of the answer; bodies may stream for ever
  std::size_t max_head_bytes = 64 << 10;
  std::size_t max_idle_connections = 4;
};

/// The answer to a request for another protocol: with 101 the connection goes on as bytes; with any
/// other status there is none, and the answer is an ordinary one.
struct Upgraded {
  HttpResponse response;
  std::unique_ptr<ByteStream> connection;
};

/// HTTP/1.1 client for one endpoint, with kept connections; hides Beast and OpenSSL. Safe to use by
/// many coroutines at once: each request has a connection of its own meanwhile.
class HttpClient {
 public:
  HttpClient(boost::asio::any_io_executor executor, HttpClientOptions options);
  ~HttpClient();

  /// Sends and returns once the head is there; the body streams (use read_all for small ones).
  /// Any status is a success. A kept connection that the server had closed is replaced by a new
  /// one, where the method may be repeated.
  base::Task<base::Result<HttpResponse>> send(HttpRequest request);
  /// A request without a body that asks for `protocol` ("SPDY/3.1"), on a connection of its own;
  /// kUnavailable when the answer is a 101 for another protocol.
  base::Task<base::Result<Upgraded>> upgrade(HttpRequest request, std::string protocol);
  /// A request whose whole answer is read, at most `limit_bytes`, into `body` as text.
  base::Task<base::Result<HttpResponse>> fetch(HttpRequest request,
                                               std::size_t limit_bytes = 16 << 20);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with streaming bodies
};

/// Dials a WebSocket: TCP, TLS, upgrade at `target`. TCP keep-alive off (the link pings), no delay
/// on.
base::Task<base::Result<std::unique_ptr<Transport>>> dial_websocket(
    boost::asio::any_io_executor executor, HttpClientOptions options, std::string target,
    Headers headers, std::size_t max_message_bytes);

}  // namespace slipway::net
