// SPDX-License-Identifier: Apache-2.0
#include "controller/http/encoding.hpp"
#include "controller/http/object_users.hpp"
#include "controller/http/places.hpp"
#include "controller/http/refusals.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "controller/objects/object_rules.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using objects::Used;

json::object view(const objects::User& user) {
  json::object out{{"kind", user.kind}, {"name", user.name}, {"how", user.how}};
  put_text(out, "namespace", user.name_space);
  if (!user.owner_name.empty()) {
    out["owner"] = json::object{{"kind", user.owner_kind}, {"name", user.owner_name}};
  }
  return out;
}

json::object removal_view(const UsersAsked& asked, const FoundUsers& found) {
  return permission_view(objects::check_removal(
      {.what = asked.wanted.what, .name = asked.wanted.name, .users = found.all}));
}

json::object view(const UsersAsked& asked, const FoundUsers& found) {
  json::array items;
  for (const auto& user : found.all) items.push_back(view(user));
  json::object out{{"items", std::move(items)}, {"removal", removal_view(asked, found)}};
  const auto& fresh = found.freshness;
  if (fresh.known) out["asOf"] = base::to_rfc3339(fresh.as_of);
  if (!fresh.live) {
    out["stale"] = fresh.error.empty() ? "the cluster is not being watched now" : fresh.error;
  }
  if (!found.incomplete.empty()) out["incomplete"] = list_view(found.incomplete);
  return out;
}

base::Task<Answer> show_users(Services& services, Call call, std::string plural) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  const auto& name = call.argument("name");
  const auto in = call.path.find("namespace");
  const auto name_space = in == call.path.end() ? std::string{} : in->second;
  const auto row = services.mirror.find(cluster->id, plural, name_space, name);
  if (!row) {
    co_return base::fail(base::ErrorCode::kNotFound,
                         "no " + name + " among the " + plural +
                             (name_space.empty() ? "" : " of namespace " + name_space),
                         "name");
  }
  UsersAsked asked{.caller = call.caller,
                   .cluster = std::move(*cluster),
                   .name_space = name_space,
                   .wanted = {.what = *objects::used_kind(plural), .name = name}};
  const auto& selector = row->service().selector();
  asked.wanted.selector = {selector.begin(), selector.end()};
  const auto found = co_await find_users(services, asked);
  co_return json_response(200, view(asked, found));
}

Route route(Services& services, const std::string& pattern, const std::string& plural,
            Needs needs) {
  return {.method = "GET",
          .pattern = pattern + "/" + plural + "/{name}/used-by",
          .needs = needs,
          .action = "",
          .answer = [&services, plural](Call call) {
            return show_users(services, std::move(call), plural);
          }};
}

}  // namespace

Routes used_by_routes(Services& services) {
  const std::string cluster = "/api/v1/clusters/{cluster}";
  const auto in = cluster + "/namespaces/{namespace}";
  return {route(services, in, "configmaps", Needs::kRead),
          route(services, in, "persistentvolumeclaims", Needs::kRead),
          route(services, in, "services", Needs::kRead),
          route(services, in, "secrets", Needs::kWrite),  // as their list: not for who only reads
          route(services, cluster, "storageclasses", Needs::kLook)};
}

}  // namespace slipway::http
