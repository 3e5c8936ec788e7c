// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <variant>

#include "controller/access/audit.hpp"
#include "controller/links/enrolment.hpp"
#include "controller/links/links.hpp"
#include "protocol/net/http_server.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::links {

inline constexpr std::size_t kMaxEnrolBytes = 64 << 10;
inline constexpr std::size_t kMaxAgents = 32 << 10;  ///< connected at once; then closed at once
inline constexpr std::chrono::hours kServerCertificateLife{24 * 7};
inline constexpr std::chrono::hours kServerCertificateRenewal{24};
inline constexpr char kLinkProtocol[] = "slipway.v1";
inline constexpr char kProtobufType[] = "application/x-protobuf";

struct AgentListenerOptions {
  std::string address = "127.0.0.1";  ///< that agents dial; goes into the server certificate
  unsigned short port = 0;
  int listening_fd = -1;  ///< as in net::HttpServerOptions
};

/// The door for agents: `POST /enrol` and `POST /renew` without a client certificate, the WebSocket
/// `/link` with one. Refusals are problem documents whose `field` says what was wrong.
class AgentListener {
 public:
  AgentListener(boost::asio::any_io_executor executor, AgentListenerOptions options, Links& links,
                Enrolment& enrolment, access::Audit& audit, Authority& authority,
                const base::Clock& clock);
  ~AgentListener();

  /// Issues the server certificate (renewed daily and when the CA changes), binds and accepts.
  base::Result<> start();
  unsigned short port() const;
  /// Links are ended by Links::stop(), which comes before.
  base::Task<> stop(std::chrono::milliseconds grace);

  // What the server calls; public so that tests meet it without sockets.
  base::Task<net::HttpResponse> answer(net::HttpRequest request);
  base::Task<net::HttpServer::Decision> upgrade(net::HttpRequest request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::links
