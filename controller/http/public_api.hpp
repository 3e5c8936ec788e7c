// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <variant>

#include "controller/http/problem.hpp"
#include "controller/http/router.hpp"
#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"
#include "protocol/net/http_server.hpp"

namespace slipway::http {

inline constexpr char kSessionCookie[] = "slipway_session";
/// A refused read is audited once in that time for a user and a route: nobody fills the log by it.
inline constexpr std::chrono::minutes kRefusalGrain{1};
inline constexpr std::size_t kMaxRefusals = 4096;  ///< remembered

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
  struct Refused;
  std::variant<Prepared, Refused> prepare(net::HttpRequest request, bool upgrade);
  std::optional<Problem> check(const Route& route, const Caller& caller, const Match& match,
                               const net::HttpRequest& request, bool upgrade);
  void audit_refusal(const Route& route, const Arguments& arguments, const Caller& caller,
                     const std::string& path, const Problem& problem);
  void audit(const Caller& caller, access::AuditEntry entry);
  base::Task<net::HttpResponse> run(const Route& route, Call call);

  Services& services_;
  Router router_;
  std::map<std::string, base::MonotonicTime> refused_;  ///< reads, by user and route: audited last
};

/// The value of a cookie, empty where there is none.
std::string cookie(const net::Headers& headers, std::string_view name);
/// May a page of this origin make this request? True without an Origin: no browser, or no page.
bool same_origin(const net::Headers& headers);

}  // namespace slipway::http
