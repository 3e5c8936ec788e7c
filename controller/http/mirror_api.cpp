// SPDX-License-Identifier: Apache-2.0
#include "controller/http/mirror_views.hpp"
#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

/// A kind of the mirror that has a path. To show another kind add a line here and to openapi.yaml.
struct ShownKind {
  const char* kind;
  bool by_namespace;
  bool by_node;
};
constexpr ShownKind kShown[] = {
    {"namespaces", false, false}, {"pods", true, true},      {"deployments", true, false},
    {"replicasets", true, false}, {"services", true, false}, {"events", true, false},
};

boost::json::object page_view(const mirror::Page& page) {
  boost::json::array items;
  for (const auto& row : page.rows) items.push_back(view(row));
  boost::json::object body{{"items", std::move(items)}};
  if (!page.next.empty()) body["nextCursor"] = page.next;
  const auto& fresh = page.freshness;
  if (fresh.known) body["asOf"] = base::to_rfc3339(fresh.as_of);
  if (!fresh.live) {
    body["stale"] = fresh.error.empty() ? "the cluster is not being watched now" : fresh.error;
  }
  return body;
}

base::Task<Answer> list_kind(Services& services, const ShownKind& shown, Call call) {
  QueryReader query(call.query);
  auto page = read_page(query);
  mirror::Query wanted;
  wanted.kind = shown.kind;
  wanted.limit = page.limit;
  wanted.cursor = page.cursor;
  if (shown.by_namespace) wanted.name_space = query.text("namespace");
  const auto node = shown.by_node ? query.text("node") : std::string{};
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  const auto visible = visible_namespaces(services, call.caller.rights, cluster->id);
  wanted.where = [&](const wire::MirrorRow& row) {
    const auto& in = shown.by_namespace ? row.meta().pod_namespace() : row.meta().name();
    return is_visible(visible, in) && (node.empty() || row.pod().node() == node);
  };
  auto found = services.mirror.list(cluster->id, wanted);
  if (!found) co_return base::fail(found);
  co_return json_response(200, page_view(*found));
}

}  // namespace

Routes mirror_routes(Services& services) {
  Routes routes;
  for (const auto& shown : kShown) {
    routes.push_back({.method = "GET",
                      .pattern = std::string("/api/v1/clusters/{cluster}/") + shown.kind,
                      .needs = Needs::kLook,
                      .action = "",
                      .answer = [&services, &shown](Call call) {
                        return list_kind(services, shown, std::move(call));
                      }});
  }
  return routes;
}

}  // namespace slipway::http
