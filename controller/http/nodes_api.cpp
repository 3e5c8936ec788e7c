// SPDX-License-Identifier: Apache-2.0
#include "controller/http/cluster_views.hpp"
#include "controller/http/lists.hpp"
#include "controller/http/node_drain.hpp"
#include "controller/http/resources.hpp"

namespace slipway::http {

namespace {

/// The node with its health, and what only the mirror knows of it.
boost::json::object whole_view(Services& services, const clusters::Node& node) {
  auto out = view(node, services.mirror.health(node.machine));
  auto row = services.mirror.find(node.cluster, "nodes", "", node.name);
  if (!row || !row->has_node() || !node.kubernetes.known) return out;
  auto& kubernetes = out["kubernetes"].as_object();
  const auto fresh = services.mirror.freshness(node.cluster, "nodes");
  if (fresh.live) kubernetes["asOf"] = base::to_rfc3339(fresh.as_of);
  kubernetes["unschedulable"] = row->node().unschedulable();
  boost::json::array pressures;
  for (const auto& pressure : row->node().pressures()) pressures.emplace_back(pressure);
  kubernetes["pressures"] = std::move(pressures);
  return out;
}

const ListColumns<clusters::Node>& columns() {
  using Column = ListColumn<clusters::Node>;
  using Row = const clusters::Node&;
  static const ListColumns<clusters::Node> all{
      {"name", [](Row node) { return node.name; }, Column::kSearch},
      {"role", [](Row node) { return std::string(clusters::name_of(node.role)); }},
      {"address", [](Row node) { return node.address; }, Column::kSearch},
      {"link",
       [](Row node) { return std::string(node.link.connected ? "connected" : "disconnected"); }},
      {"kubernetes",
       [](Row node) {
         const auto& fact = node.kubernetes;
         return std::string(!fact.known ? "unknown" : fact.ready ? "ready" : "not_ready");
       }},
      {"cpus", [](Row node) { return sortable(node.facts ? node.facts->cpus() : 0); }},
      {"memory", [](Row node) { return sortable(node.facts ? node.facts->memory_bytes() : 0); }}};
  return all;
}

base::Task<Answer> list_nodes(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto nodes = services.clusters.nodes(call.argument("cluster"));
  if (!nodes) co_return base::fail(nodes);
  co_return list_response(
      std::move(*nodes), asked, columns(), [](const auto& node) { return node.machine.value; },
      [&](const auto& node) { return whole_view(services, node); });
}

base::Task<Answer> retry(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto node = services.clusters.node(call.argument("cluster"), call.argument("node"));
  if (!node) co_return base::fail(node);
  auto told = services.clusters.retry_node(call.argument("cluster"), call.argument("node"));
  if (!told) co_return base::fail(told);
  co_return json_response(202, whole_view(services, *node));
}

base::Task<Answer> replace(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto accepted = services.clusters.replace_node(call.argument("cluster"), call.argument("node"),
                                                 call.caller.user.name);
  if (!accepted) co_return base::fail(accepted);
  co_return accepted_response(*accepted);
}

base::Task<Answer> reboot(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  const bool hard = in.flag("hard", false);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  auto node = services.clusters.node(call.argument("cluster"), call.argument("node"));
  if (!node) co_return base::fail(node);
  auto done = co_await services.cloud.reboot(node->resource, hard);
  if (!done) co_return base::fail(done);
  co_return json_response(202, whole_view(services, *node));
}

}  // namespace

Routes nodes_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/api/v1/clusters/{cluster}/nodes",
       .action = "",
       .answer = [&services](Call call) { return list_nodes(services, std::move(call)); }},
      {.method = "GET",
       .pattern = "/api/v1/clusters/{cluster}/nodes/{node}",
       .action = "",
       .answer = [&services](Call call) -> base::Task<Answer> {
         if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
         auto node = services.clusters.node(call.argument("cluster"), call.argument("node"));
         if (!node) co_return base::fail(node);
         co_return json_response(200, whole_view(services, *node));
       }},
      {.method = "POST",
       .pattern = "/api/v1/clusters/{cluster}/nodes/{node}/retry",
       .action = "node.retry",
       .answer = [&services](Call call) { return retry(services, std::move(call)); },
       .no_body = true},
      {.method = "POST",
       .pattern = "/api/v1/clusters/{cluster}/nodes/{node}/replace",
       .action = "node.replace",
       .answer = [&services](Call call) { return replace(services, std::move(call)); },
       .no_body = true},
      {.method = "POST",
       .pattern = "/api/v1/clusters/{cluster}/nodes/{node}/reboot",
       .action = "node.reboot",
       .answer = [&services](Call call) { return reboot(services, std::move(call)); }},
      node_drain_route(services),
  };
}

}  // namespace slipway::http
