// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>

#include "controller/http/router.hpp"
#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"
#include "protocol/net/http_server.hpp"

namespace slipway::http {

inline constexpr char kSessionCookie[] = "slipway_session";

/// What the public port does with each request, the same for all resources: request id,
/// authentication, role, Origin, body limit, audit, metrics, problem documents.
class PublicApi {
 public:
  PublicApi(Services& services, Routes routes);

  base::Task<net::HttpResponse> answer(net::HttpRequest request);
  base::Task<net::HttpServer::Decision> upgrade(net::HttpRequest request);
  /// The same problem document for what reaches no route: net::HttpServerOptions::refusal.
  static net::HttpResponse refusal(int status, const std::string& why);
  const Routes& routes() const { return router_.routes(); }

 private:
  struct Prepared;
  std::variant<Prepared, net::HttpResponse> prepare(net::HttpRequest request, bool upgrade);
  void audit(const Caller& caller, const std::string& action, const std::string& object,
             const std::string& outcome, const std::string& detail);
  base::Task<net::HttpResponse> run(const Route& route, Call call);

  Services& services_;
  Router router_;
};

/// The value of a cookie, empty where there is none.
std::string cookie(const net::Headers& headers, std::string_view name);
/// May a page of this origin make this request? True without an Origin: no browser, or no page.
bool same_origin(const net::Headers& headers);

}  // namespace slipway::http
