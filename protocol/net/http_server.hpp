// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "protocol/net/http.hpp"
#include "protocol/net/tls.hpp"

namespace slipway::net {

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

/// HTTP/1.1 and WebSocket server; hides Beast and OpenSSL. Once started it must be stopped before
/// it goes. A GET's or HEAD's handler, and any streaming body, is cancelled when its client goes
/// away.
class HttpServer {
 public:
  /// Answers a request. What it throws is logged and answered with 500.
  using Handler = std::function<base::Task<HttpResponse>(HttpRequest)>;
  /// Decides on a WebSocket upgrade: a refusal (status >= 400) or a session that owns the
  /// transport. `protocol` of the accepted session goes into Sec-WebSocket-Protocol.
  struct Session {
    std::function<base::Task<>(std::unique_ptr<Transport>)> run;
    std::string protocol;
  };
  using UpgradeHandler =
      std::function<base::Task<std::variant<HttpResponse, Session>>(HttpRequest)>;

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
