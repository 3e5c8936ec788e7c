// SPDX-License-Identifier: Apache-2.0
#include "controller/http/public_api.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>

#include "controller/http/audit_lines.hpp"
#include "controller/http/places.hpp"
#include "controller/http/socket_refusal.hpp"
#include "protocol/base/log.hpp"

namespace slipway::http {

struct PublicApi::Prepared {
  const Route* route;
  Call call;
};

struct PublicApi::Refused {
  Problem why;
  net::HttpResponse response;
};

namespace {

bool is_write(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

std::string bearer(const net::Headers& headers) {
  std::string_view value = headers.get("Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  if (value.size() <= kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    if ((value[i] | 0x20) != (kScheme[i] | 0x20)) return {};
  }
  return std::string(value.substr(kScheme.size()));
}

/// Whom the request shows to be; a bearer token goes before a cookie.
void identify(access::Accounts& accounts, const net::Headers& headers, Caller& caller) {
  std::optional<access::Known> known;
  Proof proof = Proof::kNone;
  if (headers.has("Authorization")) {
    known = accounts.by_token(bearer(headers));
    proof = Proof::kToken;
  } else if (auto value = cookie(headers, kSessionCookie); !value.empty()) {
    known = accounts.by_cookie(value);
    proof = Proof::kSession;
  }
  if (!known) return;
  caller.user = known->user;
  caller.rights = known->rights;
  caller.session = known->session;
  caller.token = known->token;
  caller.expires = known->expires;
  caller.proof = proof;
}

/// Whether the caller is anybody, and may come in by this proof.
std::optional<Problem> check_login(const Route& route, const Caller& caller) {
  if (route.needs == Needs::kNothing) return std::nullopt;
  if (caller.proof == Proof::kNone) {
    return unauthenticated("log in, or send an API token that is good");
  }
  if (route.bearer_only && caller.proof != Proof::kToken) {
    return unauthenticated("this path takes a bearer token only");
  }
  if (caller.user.must_change && !route.password_may_wait) {
    return Problem{.status = 403,
                   .code = "password_change_required",
                   .detail = "change your password first: PUT /api/v1/me/password"};
  }
  return std::nullopt;
}

/// A page elsewhere must not write with this user's cookie, nor open sockets with it.
std::optional<Problem> check_origin(const net::HttpRequest& request, bool upgrade) {
  if (!upgrade && !is_write(request.method)) return std::nullopt;
  if (same_origin(request.headers)) return std::nullopt;
  return problem_of(
      {base::ErrorCode::kDenied, "the request comes from a page elsewhere", "Origin"});
}

void dress(net::HttpResponse& response, const std::string& request_id) {
  auto& headers = response.headers;
  headers.set("X-Request-Id", request_id);
  headers.set("X-Content-Type-Options", "nosniff");
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  if (!headers.has("Content-Security-Policy")) {
    headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  }
}

net::HttpResponse refuse(const Problem& problem, const Caller& caller) {
  auto response = to_response(problem, caller.request_id);
  dress(response, caller.request_id);
  return response;
}

net::HttpResponse upgrade_required(const Caller& caller) {
  auto response = refuse(
      {.status = 426, .code = "upgrade_required", .detail = "this path is a WebSocket"}, caller);
  response.headers.set("Upgrade", "websocket");
  return response;
}

/// Some programs send `{}` with every request.
bool says_something(std::string_view body) {
  return body.find_first_not_of(" \t\r\n{}") != std::string_view::npos;
}

/// A session that the metrics know of while it runs.
template <class End>
std::function<base::Task<>(End)> counted(Metrics& metrics, const std::string& pattern,
                                         std::function<base::Task<>(End)> session) {
  return [session = std::move(session), pattern, &metrics](End end) -> base::Task<> {
    metrics.socket_opened(pattern);
    try {
      co_await session(std::move(end));
    } catch (...) {
      metrics.socket_closed(pattern);
      throw;
    }
    metrics.socket_closed(pattern);
  };
}

/// What an audited request was about: the new thing where there is one, else the path.
std::string object_of(const std::string& path, const net::HttpResponse* response) {
  constexpr std::string_view kRoot = "/api/v1/";
  std::string object = path;
  if (response != nullptr && response->headers.has("Location")) {
    object = response->headers.get("Location");
  }
  return object.starts_with(kRoot) ? object.substr(kRoot.size()) : object;
}

}  // namespace

std::string cookie(const net::Headers& headers, std::string_view name) {
  std::string_view rest = headers.get("Cookie");
  while (!rest.empty()) {
    const auto end = rest.find(';');
    auto pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return std::string(pair.substr(name.size() + 1));
    }
  }
  return {};
}

bool same_origin(const net::Headers& headers) {
  const auto site = headers.get("Sec-Fetch-Site");
  if (site == "cross-site" || site == "same-site") return false;
  if (!headers.has("Origin")) return true;
  return headers.get("Origin") == "https://" + std::string(headers.get("Host"));
}

net::HttpResponse PublicApi::refusal(int status, const std::string& why) {
  Problem problem{.status = status, .code = "invalid", .detail = why};
  if (status == 408) problem.code = "timeout";
  if (status == 413 || status == 431) problem.code = "too_large";
  if (status >= 500) problem.code = "internal";
  Caller nobody;
  nobody.request_id = base::new_id();
  return refuse(problem, nobody);
}

PublicApi::PublicApi(Services& services, Routes routes)
    : services_(services), router_(std::move(routes)) {}

std::variant<PublicApi::Prepared, PublicApi::Refused> PublicApi::prepare(net::HttpRequest request,
                                                                         bool upgrade) {
  Caller caller;
  caller.address = request.peer.address;
  caller.request_id = base::new_id();
  const auto refused = [&caller](const Problem& why) {
    return Refused{.why = why, .response = refuse(why, caller)};
  };
  auto target = parse_target(request.target);
  if (!target) return refused(problem_of(target.error()));
  auto match = router_.find(request.method, target->path);
  // What goes on to a cluster as it came (a path's rest) is for the cluster to read.
  if (!match || !match->route->pattern.ends_with("...}")) {
    if (const auto why = unreadable(*target); !why.empty()) {
      return refused(problem_of({base::ErrorCode::kInvalid, why, {}}));
    }
  }
  if (!match) {
    const auto allowed = router_.allowed(target->path);
    Problem problem{.status = 404, .code = "not_found", .detail = "no such path"};
    if (!allowed.empty()) {
      problem = {.status = 405, .code = "method_not_allowed", .detail = "this path has " + allowed};
    }
    auto answer = refused(problem);
    if (!allowed.empty()) answer.response.headers.set("Allow", allowed);
    return answer;
  }
  const auto& route = *match->route;
  identify(services_.accounts, request.headers, caller);
  if (auto problem = check(route, caller, *match, request, upgrade)) {
    audit_refusal(route, match->arguments, caller, target->path, *problem);
    return refused(*problem);
  }
  if (request.body.size() > route.max_body_bytes) {
    return refused(
        {.status = 413,
         .code = "too_large",
         .detail = "the body has more than " + std::to_string(route.max_body_bytes) + " bytes"});
  }
  return Prepared{.route = &route,
                  .call = {.request = std::move(request),
                           .path = std::move(match->arguments),
                           .query = std::move(target->query),
                           .caller = std::move(caller)}};
}

std::optional<Problem> PublicApi::check(const Route& route, const Caller& caller,
                                        const Match& match, const net::HttpRequest& request,
                                        bool upgrade) {
  if (auto problem = check_login(route, caller)) return problem;
  if (upgrade || caller.proof != Proof::kToken) {
    if (auto problem = check_origin(request, upgrade)) return problem;
  }
  const auto place = place_of(services_, match.arguments);
  // The proxy knows better than its method whether a request changes anything.
  const bool changes = is_write(request.method) && !route.bearer_only;
  const auto allowed =
      access::decide(caller.rights, route.needs, changes, place ? &*place : nullptr);
  if (!allowed) return problem_of(allowed.error());
  const bool bounded = request.body.size() <= route.max_body_bytes;
  if (route.no_body && bounded && says_something(request.body)) {
    return problem_of({base::ErrorCode::kInvalid,
                       "this request takes no body: its path and query say all of it", "body"});
  }
  return std::nullopt;
}

void PublicApi::audit_refusal(const Route& route, const Arguments& arguments, const Caller& caller,
                              const std::string& path, const Problem& problem) {
  if (route.action.empty()) {
    if (caller.proof == Proof::kNone) return;  // nobody's reads say nothing
    const auto now = services_.clock.monotonic();
    if (refused_.size() >= kMaxRefusals) refused_.clear();
    auto [last, fresh] = refused_.try_emplace(caller.user.id.value + route.pattern, now);
    if (!fresh && now - last->second < kRefusalGrain) return;
    last->second = now;
  }
  audit(caller, {.action = route.action.empty() ? "access.refused" : route.action,
                 .object = object_of(path, nullptr),
                 .outcome = problem.code,
                 .detail = problem.detail,
                 .cluster = argument_of(arguments, "cluster"),
                 .name_space = argument_of(arguments, "namespace")});
}

void PublicApi::audit(const Caller& caller, access::AuditEntry entry) {
  if (!entry.cluster.empty()) entry.cluster = cluster_name(services_, entry.cluster);
  services_.audit.record(by(caller, std::move(entry)));
}

base::Task<net::HttpResponse> PublicApi::run(const Route& route, Call call) {
  const auto caller = call.caller;
  const auto arguments = call.path;
  const auto path = call.request.target.substr(0, call.request.target.find('?'));
  net::HttpResponse response;
  std::string outcome = "ok";
  std::string detail;
  try {
    auto answer = co_await route.answer(std::move(call));
    if (answer) {
      response = std::move(*answer);
      if (response.status >= 400) outcome = "status " + std::to_string(response.status);
    } else {
      const auto problem = problem_of(answer.error());
      outcome = problem.code;
      detail = problem.detail;
      if (problem.status == 403 && route.action.empty()) {
        audit_refusal(route, arguments, caller, path, problem);
      }
      if (problem.status >= 500) {
        spdlog::warn("{} {}: {}", caller.request_id, route.pattern, detail);
      }
      response = to_response(problem, caller.request_id);
    }
  } catch (const std::exception& error) {
    const auto* cut = dynamic_cast<const boost::system::system_error*>(&error);
    if (cut != nullptr && cut->code() == boost::asio::error::operation_aborted)
      throw;  // client went
    spdlog::error("{} {} {}: {}", caller.request_id, route.method, route.pattern, error.what());
    outcome = "internal";
    response = to_response({.detail = "look at the controller's log for " + caller.request_id},
                           caller.request_id);
  }
  if (!route.action.empty()) {
    audit(caller, {.action = route.action,
                   .object = object_of(path, &response),
                   .outcome = outcome,
                   .detail = detail,
                   .cluster = argument_of(arguments, "cluster"),
                   .name_space = argument_of(arguments, "namespace")});
  }
  dress(response, caller.request_id);
  co_return response;
}

base::Task<net::HttpResponse> PublicApi::answer(net::HttpRequest request) {
  const auto begin = services_.clock.monotonic();
  const auto method = request.method;
  auto prepared = prepare(std::move(request), false);
  net::HttpResponse response;
  std::string pattern = "-";
  if (auto* refused = std::get_if<Refused>(&prepared)) {
    response = std::move(refused->response);
  } else {
    auto& ready = std::get<Prepared>(prepared);
    pattern = ready.route->pattern;
    if (!ready.route->answer) {
      response = upgrade_required(ready.call.caller);
    } else {
      response = co_await run(*ready.route, std::move(ready.call));
    }
  }
  services_.metrics.answered(pattern, pattern == "-" ? "-" : method, response.status,
                             services_.clock.monotonic() - begin);
  co_return response;
}

base::Task<net::HttpServer::Decision> PublicApi::upgrade(net::HttpRequest request) {
  const bool websocket = request.method == "GET" && net::upgrade_of(request.headers) == "websocket";
  const bool page = takes_refusal(request);
  auto prepared = prepare(std::move(request), true);
  if (auto* refused = std::get_if<Refused>(&prepared)) {
    if (page) co_return farewell_of(refused->why);
    co_return std::move(refused->response);
  }
  auto& ready = std::get<Prepared>(prepared);
  const auto& route = *ready.route;
  if (!route.upgrade) co_return co_await run(route, std::move(ready.call));
  if (!route.answer && !websocket) co_return upgrade_required(ready.call.caller);
  const auto caller = ready.call.caller;
  auto decision = co_await route.upgrade(std::move(ready.call));
  if (!decision) {
    const auto why = problem_of(decision.error());
    if (page) co_return farewell_of(why);
    co_return refuse(why, caller);
  }
  if (auto* response = std::get_if<net::HttpResponse>(&*decision)) {
    dress(*response, caller.request_id);
  } else if (auto* session = std::get_if<net::HttpServer::Session>(&*decision)) {
    session->run = counted(services_.metrics, route.pattern, std::move(session->run));
  } else {
    auto& takeover = std::get<net::HttpServer::Takeover>(*decision);
    dress(takeover.head, caller.request_id);
    takeover.run = counted(services_.metrics, route.pattern, std::move(takeover.run));
  }
  co_return std::move(*decision);
}

}  // namespace slipway::http
