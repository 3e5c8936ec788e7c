// SPDX-License-Identifier: Apache-2.0
#include "controller/http/mirror_kinds.hpp"
#include "controller/http/mirror_query.hpp"
#include "controller/http/mirror_views.hpp"
#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

boost::json::object page_view(const mirror::Page& page) {
  boost::json::array items;
  for (const auto& row : page.rows) items.push_back(view(row));
  boost::json::object body{{"items", std::move(items)}, {"total", page.total}};
  if (!page.next.empty()) body["nextCursor"] = page.next;
  put_freshness(body, page.freshness);
  return body;
}

/// Leaves out what is not the caller's to see.
void narrow(const ShownKind& shown, const Visible& visible, mirror::Query& query) {
  if (!visible || shown.scope == Scope::kShared) return;
  if (shown.scope == Scope::kNamespaced) {
    auto asked = std::exchange(query.name_spaces, *visible);
    if (asked) {
      std::erase_if(*query.name_spaces, [&](const auto& name) { return !asked->contains(name); });
    }
    return;
  }
  const bool is_volume = shown.scope == Scope::kVolume;
  query.where = [is_volume, &visible, more = std::move(query.where)](const wire::MirrorRow& row) {
    const auto& in = is_volume ? row.volume().claim_namespace() : row.meta().name();
    return is_visible(visible, in) && (!more || more(row));
  };
}

base::Task<Answer> list_kind(Services& services, const ShownKind& shown, Call call) {
  auto query = read_list(shown, call.query);
  if (!query) co_return base::fail(query);
  auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  const auto act = shown.needs == Needs::kLook ? Needs::kRead : shown.needs;
  const auto visible = visible_namespaces(services, call.caller.rights, cluster->id, act);
  narrow(shown, visible, *query);
  if (shown.completion) query->complete = shown.completion(services.mirror, cluster->id);
  auto found = services.mirror.list(cluster->id, *query);
  if (!found) co_return base::fail(found);
  co_return json_response(200, page_view(*found));
}

}  // namespace

Routes mirror_routes(Services& services) {
  Routes routes;
  for (const auto& shown : shown_kinds()) {
    routes.push_back({.method = "GET",
                      .pattern = "/api/v1/clusters/{cluster}/" + std::string(shown.kind),
                      .needs = shown.needs,
                      .action = "",
                      .answer = [&services, &shown](Call call) {
                        return list_kind(services, shown, std::move(call));
                      }});
  }
  return routes;
}

}  // namespace slipway::http
