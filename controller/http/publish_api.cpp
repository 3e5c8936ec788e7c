// SPDX-License-Identifier: Apache-2.0
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxNodeName = 253;

/// The node that was named, or the first one that is up: a worker rather than a master.
base::Result<clusters::Node> choose(Services& services, const std::string& cluster,
                                    const std::string& name) {
  if (!name.empty()) return services.clusters.node(cluster, name);
  auto nodes = services.clusters.nodes(cluster);
  if (!nodes) return base::fail(nodes);
  for (auto role : {clusters::Role::kWorker, clusters::Role::kMaster}) {
    for (const auto& node : *nodes) {
      if (node.role == role && node.link.connected) return node;
    }
  }
  return base::fail(base::ErrorCode::kUnavailable, "no node of " + cluster + " is connected");
}

base::Task<Answer> publish(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  auto name = in.optional_text("node", kMaxNodeName);
  const auto port = in.number("port", 1, 65535);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  auto node = choose(services, call.argument("cluster"), name);
  if (!node) co_return base::fail(node);
  auto address = co_await services.cloud.publish(node->resource, static_cast<unsigned short>(port));
  if (!address) co_return base::fail(address);
  co_return json_response(200, boost::json::object{{"address", *address}});
}

}  // namespace

Routes publish_routes(Services& services) {
  return {{.method = "POST",
           .pattern = "/api/v1/clusters/{cluster}/publish",
           .action = "port.publish",
           .answer = [&services](Call call) { return publish(services, std::move(call)); }}};
}

}  // namespace slipway::http
