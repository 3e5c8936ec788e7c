// SPDX-License-Identifier: Apache-2.0
#include "controller/http/input.hpp"
#include "controller/http/problem.hpp"
#include "controller/http/public_api.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxUserBytes = 64;
constexpr std::size_t kMaxLoginBytes = 4 << 10;

boost::json::object user_view(const access::User& user) {
  return {{"id", user.id.value}, {"name", user.name}, {"role", access::name_of(user.role)}};
}

std::string set_cookie(const std::string& value, std::chrono::seconds life) {
  return std::string(kSessionCookie) + "=" + value + "; Path=/; HttpOnly; Secure; " +
         "SameSite=Strict; Max-Age=" + std::to_string(life.count());
}

void audit_login(Services& services, const Call& call, const std::string& user,
                 const std::string& outcome, const std::string& detail) {
  services.audit.record({.actor = user,
                         .role = {},
                         .from = call.caller.address,
                         .action = "login",
                         .object = "users/" + user,
                         .outcome = outcome,
                         .detail = detail,
                         .request_id = call.caller.request_id});
}

base::Task<Answer> login(Services& services, Call call) {
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
               {"user", user_view(login->user)},
               {"by", "session"},
               {"expiresAt", base::to_rfc3339(services.clock.utc() + access::kSessionIdle)}});
  response.headers.set("Set-Cookie", set_cookie(login->cookie, access::kSessionLife));
  co_return response;
}

}  // namespace

Routes sessions_routes(Services& services) {
  return {
      {.method = "POST",
       .pattern = "/api/v1/login",
       .needs = Needs::kNobody,
       .action = "",  // audited here, with the name that was tried
       .answer = [&services](Call call) { return login(services, std::move(call)); },
       .max_body_bytes = kMaxLoginBytes},
      {.method = "POST",
       .pattern = "/api/v1/logout",
       .needs = Needs::kUser,
       .action = "logout",
       .answer = [&services](Call call) -> base::Task<Answer> {
         services.accounts.logout(cookie(call.request.headers, kSessionCookie));
         auto response = empty_response(204);
         response.headers.set("Set-Cookie", set_cookie("", std::chrono::seconds{0}));
         co_return response;
       }},
      {.method = "GET",
       .pattern = "/api/v1/me",
       .needs = Needs::kUser,
       .action = "",
       .answer = [](Call call) -> base::Task<Answer> {
         QueryReader query(call.query);
         if (auto fault = query.fault()) co_return std::unexpected(*fault);
         const bool session = call.caller.proof == Proof::kSession;
         co_return json_response(
             200, boost::json::object{{"user", user_view(call.caller.user)},
                                      {"by", session ? "session" : "token"},
                                      {"expiresAt", base::to_rfc3339(call.caller.expires)}});
       }},
  };
}

}  // namespace slipway::http
