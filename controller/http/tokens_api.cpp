// SPDX-License-Identifier: Apache-2.0
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxTokenName = 100;
constexpr std::int64_t kShortestLife = 60;
constexpr std::int64_t kLongestLife = 365LL * 24 * 3600;

boost::json::object token_view(const access::ApiToken& token) {
  boost::json::object out{{"id", token.id},
                          {"name", token.name},
                          {"createdAt", base::to_rfc3339(token.created)},
                          {"expiresAt", base::to_rfc3339(token.expires)}};
  if (token.used) out["lastUsedAt"] = base::to_rfc3339(*token.used);
  return out;
}

base::Task<Answer> create_token(Services& services, Call call) {
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  auto name = in.text("name", kMaxTokenName);
  const auto life =
      in.number("expiresInSeconds", std::chrono::seconds(access::kDefaultTokenLife).count(),
                kShortestLife, kLongestLife);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  auto made = services.accounts.tokens().add(call.caller.user.id, name, std::chrono::seconds(life));
  if (!made) co_return base::fail(made);
  auto out = token_view(made->token);
  out["token"] = made->text;
  auto response = json_response(201, out);
  response.headers.set("Location", "/api/v1/tokens/" + made->token.id);
  co_return response;
}

base::Task<Answer> list_tokens(Services& services, Call call) {
  QueryReader query(call.query);
  auto page = read_page(query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return page_response(
      services.accounts.tokens().list(call.caller.user.id), page,
      [](const auto& token) { return token.id; },
      [](const auto& token) { return token_view(token); });
}

}  // namespace

Routes tokens_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/api/v1/tokens",
       .needs = Needs::kUser,
       .action = "",
       .answer = [&services](Call call) { return list_tokens(services, std::move(call)); }},
      {.method = "POST",
       .pattern = "/api/v1/tokens",
       .needs = Needs::kUser,
       .action = "token.create",
       .answer = [&services](Call call) { return create_token(services, std::move(call)); }},
      {.method = "DELETE",
       .pattern = "/api/v1/tokens/{token}",
       .needs = Needs::kUser,
       .action = "token.delete",
       .answer = [&services](Call call) -> base::Task<Answer> {
         auto gone = services.accounts.tokens().remove(call.caller.user.id, call.argument("token"));
         if (!gone) co_return base::fail(gone);
         co_return empty_response(204);
       }},
  };
}

}  // namespace slipway::http
