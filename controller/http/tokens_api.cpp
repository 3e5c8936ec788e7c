// SPDX-License-Identifier: Apache-2.0
#include "controller/http/lists.hpp"
#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/tenancy_views.hpp"

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
  const auto& scope = token.scope;
  if (scope == access::TokenScope{}) return out;
  boost::json::object limits{{"readOnly", scope.read_only}};
  if (!scope.cluster.empty()) limits["cluster"] = scope.cluster;
  if (!scope.project.empty()) limits["project"] = scope.project.value;
  out["scope"] = std::move(limits);
  return out;
}

/// Of what the caller has: a token for more would only look as if it could do it.
base::Result<access::TokenScope> read_scope(const Services& services, const Caller& caller,
                                            const boost::json::value& given) {
  ObjectReader in(given, "scope");
  access::TokenScope scope{.read_only = in.flag("readOnly", false), .cluster = {}, .project = {}};
  const auto name = in.optional_text("cluster", kMaxTokenName);
  const auto project_id = in.optional_text("project", kMaxTokenName);
  const auto project = services.accounts.tenancy().project({project_id});
  if (!project_id.empty()) {
    auto place = project ? place_of(*project) : access::Place{};
    const bool own = project && access::role_in(caller.rights, place);
    if (!own) in.refuse("project", "is none of your projects");
    if (own) scope.project = project->id;
    if (own) scope.department = project->department.id;
  }
  if (!name.empty()) {
    const auto cluster = visible_cluster(services, caller, name);
    if (!cluster) in.refuse("cluster", "is none that you have a namespace in");
    if (cluster) scope.cluster = cluster->id.value;
  }
  if (auto fault = in.fault()) return std::unexpected(std::move(*fault));
  return scope;
}

base::Task<Answer> create_token(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  auto name = in.text("name", kMaxTokenName);
  const auto life =
      in.number("expiresInSeconds", std::chrono::seconds(access::kDefaultTokenLife).count(),
                kShortestLife, kLongestLife);
  const auto* limits = in.optional_object("scope");
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  access::TokenScope scope;
  if (limits != nullptr) {
    auto read = read_scope(services, call.caller, *limits);
    if (!read) co_return base::fail(read);
    scope = *read;
  }
  auto made =
      services.accounts.tokens().add(call.caller.user.id, name, std::chrono::seconds(life), scope);
  if (!made) co_return base::fail(made);
  auto out = token_view(made->token);
  out["token"] = made->text;
  auto response = json_response(201, out);
  response.headers.set("Location", "/api/v1/tokens/" + made->token.id);
  co_return response;
}

const ListColumns<access::ApiToken>& columns() {
  using Column = ListColumn<access::ApiToken>;
  static const ListColumns<access::ApiToken> all{
      {"name", [](const auto& one) { return one.name; }, Column::kSearch},
      {"created", [](const auto& one) { return sortable(one.created); }},
      {"lastUsed", [](const auto& one) { return sortable(one.used.value_or(base::UtcTime{})); }},
      {"expires", [](const auto& one) { return sortable(one.expires); }}};
  return all;
}

base::Task<Answer> list_tokens(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  const auto wanted = query.text("user");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto owner = owner_of(services, call.caller, wanted);
  if (!owner) co_return base::fail(owner);
  co_return list_response(
      services.accounts.tokens().list(owner->id), asked, columns(),
      [](const auto& token) { return token.id; },
      [](const auto& token) { return token_view(token); });
}

base::Task<Answer> delete_token(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto& tokens = services.accounts.tokens();
  const auto& id = call.argument("token");
  const auto owner = tokens.owner(id);
  // Another's token is not there for who may not delete it.
  if (!owner || !may_end(call.caller, *owner)) {
    co_return base::fail(base::ErrorCode::kNotFound, "no such API token");
  }
  auto gone = tokens.remove(*owner, id);
  if (!gone) co_return base::fail(gone);
  co_return empty_response(204);
}

}  // namespace

Routes tokens_routes(Services& services) {
  const std::string all = "/api/v1/tokens";
  return {plain_route(services, "GET", all, Needs::kAccount, "", list_tokens),
          plain_route(services, "POST", all, Needs::kAccount, "token.create", create_token),
          plain_route(services, "DELETE", all + "/{token}", Needs::kAccount, "token.delete",
                      delete_token)};
}

}  // namespace slipway::http
