// SPDX-License-Identifier: Apache-2.0
#include "controller/http/input.hpp"
#include "controller/http/lists.hpp"
#include "controller/http/problem.hpp"
#include "controller/http/public_api.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/tenancy_views.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxUserBytes = 64;
constexpr std::size_t kMaxLoginBytes = 4 << 10;

std::string set_cookie(const std::string& value, std::chrono::seconds life) {
  return std::string(kSessionCookie) + "=" + value + "; Path=/; HttpOnly; Secure; " +
         "SameSite=Strict; Max-Age=" + std::to_string(life.count());
}

void audit_login(Services& services, const Call& call, const std::string& user,
                 const std::string& outcome, const std::string& detail) {
  const auto known = outcome == "ok" ? services.accounts.users().named(user) : std::nullopt;
  services.audit.record({.actor = user,
                         .role = known ? std::string(access::name_of(known->role)) : "",
                         .from = call.caller.address,
                         .action = "login",
                         .object = "users/" + user,
                         .outcome = outcome,
                         .detail = detail,
                         .request_id = call.caller.request_id});
}

base::Task<Answer> login(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  auto user = in.text("user", kMaxUserBytes);
  auto password = in.text("password", access::kMaxPasswordBytes);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  std::optional<access::LockedOut> locked;
  auto login =
      co_await services.accounts.login(user, std::move(password), call.caller.address, &locked);
  if (!login) {
    services.metrics.login_failed();
    audit_login(services, call, user, locked ? "locked_out" : "denied", login.error().message);
    if (login.error().code == base::ErrorCode::kExhausted) co_return base::fail(login);
    auto problem = unauthenticated(login.error().message);
    if (locked) {
      problem.status = 429;
      problem.code = "locked_out";
    }
    auto response = to_response(problem, call.caller.request_id);
    if (locked) {
      response.headers.set("Retry-After", std::to_string(locked->retry_after.count()));
    }
    co_return response;
  }
  audit_login(services, call, user, "ok", "");
  auto response = json_response(
      200, boost::json::object{
               {"user", view(services, login->user)},
               {"by", "session"},
               {"expiresAt", base::to_rfc3339(services.clock.utc() + access::kSessionIdle)}});
  response.headers.set("Set-Cookie", set_cookie(login->cookie, access::kSessionLife));
  co_return response;
}

base::Task<Answer> logout(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  services.accounts.logout(cookie(call.request.headers, kSessionCookie));
  auto response = empty_response(204);
  response.headers.set("Set-Cookie", set_cookie("", std::chrono::seconds{0}));
  co_return response;
}

base::Task<Answer> me(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  const bool session = call.caller.proof == Proof::kSession;
  co_return json_response(
      200, boost::json::object{{"user", view(services, call.caller.user)},
                               {"by", session ? "session" : "token"},
                               {"expiresAt", base::to_rfc3339(call.caller.expires)}});
}

const ListColumns<access::Session>& columns() {
  using Column = ListColumn<access::Session>;
  static const ListColumns<access::Session> all{
      {"from", [](const auto& one) { return one.address; }, Column::kSearch},
      {"created", [](const auto& one) { return sortable(one.begun); }},
      {"lastUsed", [](const auto& one) { return sortable(one.seen); }},
      {"expires", [](const auto& one) { return sortable(one.expires); }}};
  return all;
}

base::Task<Answer> list_sessions(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  const auto wanted = query.text("user");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto owner = owner_of(services, call.caller, wanted);
  if (!owner) co_return base::fail(owner);
  co_return list_response(
      services.accounts.sessions().list(owner->id), asked, columns(),
      [](const auto& one) { return one.id; },
      [&](const access::Session& one) {
        return boost::json::object{{"id", one.id},
                                   {"user", owner->name},
                                   {"from", one.address},
                                   {"createdAt", base::to_rfc3339(one.begun)},
                                   {"lastUsedAt", base::to_rfc3339(one.seen)},
                                   {"expiresAt", base::to_rfc3339(one.expires)},
                                   {"current", one.id == call.caller.session}};
      });
}

base::Task<Answer> end_session(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto& sessions = services.accounts.sessions();
  const auto& id = call.argument("session");
  const auto owner = sessions.owner(id);
  // Another's session is not there for who may not end it.
  if (!owner || !may_end(call.caller, *owner)) {
    co_return base::fail(base::ErrorCode::kNotFound, "no such session", "session");
  }
  auto ended = sessions.end_by_id(id);
  if (!ended) co_return base::fail(ended);
  co_return empty_response(204);
}

}  // namespace

Routes sessions_routes(Services& services) {
  Routes routes{
      {.method = "POST",
       .pattern = "/api/v1/login",
       .needs = Needs::kNothing,
       .action = "",  // audited here, with the name that was tried
       .answer = [&services](Call call) { return login(services, std::move(call)); },
       .max_body_bytes = kMaxLoginBytes},
      plain_route(services, "GET", "/api/v1/sessions", Needs::kAccount, "", list_sessions),
      plain_route(services, "DELETE", "/api/v1/sessions/{session}", Needs::kAccount, "session.end",
                  end_session),
      without_body(plain_route(services, "POST", "/api/v1/logout", Needs::kLook, "logout", logout)),
      plain_route(services, "GET", "/api/v1/me", Needs::kLook, "", me)};
  for (auto& route : routes) {
    route.password_may_wait = route.pattern.ends_with("/me") || route.pattern.ends_with("/logout");
  }
  return routes;
}

}  // namespace slipway::http
