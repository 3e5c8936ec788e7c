// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/cluster_views.hpp"
#include "controller/http/lists.hpp"
#include "controller/http/resources.hpp"

namespace slipway::http {

namespace {

base::Task<Answer> create_cluster(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  auto spec = clusters::parse_cluster_request(*body);
  if (!spec) co_return base::fail(spec);
  auto made = co_await services.clusters.create(std::move(*spec), call.caller.user.name);
  if (!made) co_return base::fail(made);
  co_return accepted_response(*made);
}

const ListColumns<clusters::Cluster>& columns() {
  using Column = ListColumn<clusters::Cluster>;
  static const ListColumns<clusters::Cluster> all{
      {"name", [](const auto& one) { return one.spec.name; }, Column::kSearch},
      {"state", [](const auto& one) { return std::string(clusters::name_of(one.state)); }},
      {"version", [](const auto& one) { return one.spec.kubernetes_version; }},
      {"nodes", [](const auto& one) { return sortable(one.nodes_total); }},
      {"created", [](const auto& one) { return sortable(one.created); }}};
  return all;
}

base::Task<Answer> list_clusters(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return list_response(
      services.clusters.list(), asked, columns(),
      [](const auto& cluster) { return cluster.id.value; },
      [](const auto& cluster) { return view(cluster); });
}

}  // namespace

Routes clusters_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/api/v1/clusters",
       .action = "",
       .answer = [&services](Call call) { return list_clusters(services, std::move(call)); }},
      {.method = "POST",
       .pattern = "/api/v1/clusters",
       .action = "cluster.create",
       .answer = [&services](Call call) { return create_cluster(services, std::move(call)); }},
      {.method = "GET",
       .pattern = "/api/v1/clusters/{cluster}",
       .action = "",
       .answer = [&services](Call call) -> base::Task<Answer> {
         if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
         auto cluster = services.clusters.get(call.argument("cluster"));
         if (!cluster) co_return base::fail(cluster);
         co_return json_response(200, view(*cluster));
       }},
      {.method = "DELETE",
       .pattern = "/api/v1/clusters/{cluster}",
       .action = "cluster.delete",
       .answer = [&services](Call call) -> base::Task<Answer> {
         if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
         auto gone = services.clusters.remove(call.argument("cluster"), call.caller.user.name);
         if (!gone) co_return base::fail(gone);
         co_return accepted_response(*gone);
       }},
  };
}

}  // namespace slipway::http
