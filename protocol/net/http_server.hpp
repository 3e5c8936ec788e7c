// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "protocol/net/byte_stream.hpp"
#include "protocol/net/http.hpp"
#include "protocol/net/tls.hpp"

namespace slipway::net {

inline constexpr std::size_t kMaxFarewellBytes = 123;  ///< of a close frame's reason

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  unsigned short port = 0;  ///< 0: any free one, see HttpServer::port()
  int listening_fd =
      -1;  ///< >= 0: a listening TCP socket made elsewhere (another network namespace); taken over
  std::optional<TlsServer> tls;             ///< none: clear text, for loopback only
  std::size_t max_body_bytes = 4 << 20;     ///< 413 above
  std::size_t max_header_bytes = 32 << 10;  ///< 431 above
  std::size_t max_connections = 4096;       ///< then accepted and closed
  std::chrono::seconds read_timeout{30};    ///< head and body of one request
  std::chrono::seconds idle_timeout{120};   ///< between requests of a kept connection
  std::size_t max_message_bytes = 1 << 20;  ///< of a WebSocket message
  /// The answer where no handler gives one: bytes that are no request (400, 408, 413, 431), a
  /// handler that threw (500). Empty: a problem document with status, title and detail alone.
  std::function<HttpResponse(int status, const std::string& why)> refusal;
};

/// HTTP/1.1 server, with WebSockets and connections that are taken over as bytes; hides Beast and
/// OpenSSL. 64 TLS handshakes go on at once, others wait in the order in which they came, 1 s at
/// most for those that do not come on. Once started it must be stopped before it goes. A GET's or
/// HEAD's handler, and any streaming body, is cancelled when its client goes away.
class HttpServer {
 public:
  /// Answers a request. What it throws is logged and answered with 500.
  using Handler = std::function<base::Task<HttpResponse>(HttpRequest)>;
  /// A WebSocket that owns its transport. `protocol` goes into Sec-WebSocket-Protocol.
  struct Session {
    std::function<base::Task<>(std::unique_ptr<Transport>)> run;
    std::string protocol;
  };
  /// Owns the connection's bytes after `head`: a 101 whose Upgrade says what goes on.
  struct Takeover {
    HttpResponse head;
    std::function<base::Task<>(std::unique_ptr<ByteStream>)> run;
  };
  /// Accepts a WebSocket and closes it at once: pages may not read an ordinary answer.
  struct Farewell {
    std::uint16_t code = 0;  ///< 4000 … 4999: an application's own
    std::string reason;      ///< UTF-8, at most kMaxFarewellBytes
    std::string protocol;    ///< as a Session's
  };
  /// Decides on a request that asks for another protocol (upgrade_of, any method, no body): an
  /// ordinary answer, after which the connection ends, or what the connection is from now on.
  using Decision = std::variant<HttpResponse, Session, Takeover, Farewell>;
  using UpgradeHandler = std::function<base::Task<Decision>(HttpRequest)>;

  HttpServer(boost::asio::any_io_executor executor, HttpServerOptions options, Handler handler,
             UpgradeHandler upgrade);
  ~HttpServer();

  /// Binds and starts to accept; kUnavailable "port 8443 on 127.0.0.1 is in use" and the like.
  base::Result<> start();
  unsigned short port() const;
  /// New handshakes use this certificate.
  base::Result<> renew(TlsServer tls);
  /// Stops accepting, lets running requests end for `grace`, then cuts them. Sessions are cut.
  base::Task<> stop(std::chrono::milliseconds grace);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::net
