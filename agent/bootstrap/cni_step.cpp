// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <map>
#include <set>
#include <string>

#include "agent/bootstrap/steps.hpp"
#include "agent/bootstrap/templates.hpp"

namespace slipway::bootstrap {
namespace {

constexpr auto kConfigDirectory = "/etc/cni/net.d";
constexpr auto kConfigName = "10-slipway.conflist";
constexpr auto kLeases = "/var/lib/cni/networks/slipway";
constexpr auto kRouteMark = "214";  // "protocol" of the routes that are ours, and only ours

/// Routes to the pods of the others: network -> node.
std::map<std::string, std::string> wanted_routes(const wire::DesiredNode& desired) {
  std::map<std::string, std::string> routes;
  for (const auto& peer : desired.peers()) {
    if (peer.pod_cidr().empty() || peer.address().empty()) continue;
    if (peer.address() == desired.address()) continue;
    if (peer.pod_cidr() == desired.kubernetes().node_pod_cidr()) continue;
    routes[peer.pod_cidr()] = peer.address();
  }
  return routes;
}

/// What `ip -json route show proto 214` says; empty where it says nothing.
std::map<std::string, std::string> parse_routes(const std::string& json) {
  std::map<std::string, std::string> routes;
  boost::system::error_code failed;
  const auto value = boost::json::parse(json.empty() ? "[]" : json, failed);
  if (failed || !value.is_array()) return routes;
  for (const auto& entry : value.get_array()) {
    const auto* route = entry.if_object();
    if (!route) continue;
    const auto* network = route->if_contains("dst");
    const auto* gateway = route->if_contains("gateway");
    if (network && network->is_string())
      routes[std::string(network->get_string())] =
          gateway && gateway->is_string() ? std::string(gateway->get_string()) : "";
  }
  return routes;
}

StepResult apply_routes(const StepContext& context) {
  auto shown = co_await context.ask({"ip", "-json", "route", "show", "proto", kRouteMark});
  if (!shown) co_return base::fail(shown);
  const auto present = parse_routes(shown->output);
  const auto wanted = wanted_routes(context.desired);
  base::Command batch;
  batch.argv = {"ip", "-batch", "-"};
  for (const auto& [network, node] : wanted) {
    const auto same = present.find(network);
    if (same != present.end() && same->second == node) continue;
    batch.input += fmt::format("route replace {} via {} proto {}\n", network, node, kRouteMark);
    context.log(fmt::format("route: {} via {}", network, node));
  }
  for (const auto& [network, node] : present) {
    if (wanted.contains(network)) continue;
    batch.input += fmt::format("route del {} proto {}\n", network, kRouteMark);
    context.log(fmt::format("route: {} via {} removed", network, node));
  }
  if (batch.input.empty()) co_return base::Result<>{};
  auto exit = co_await context.host.run(std::move(batch));
  if (!exit) co_return base::fail(exit);
  if (exit->code != 0)
    co_return base::fail(base::ErrorCode::kInternal,
                         "the routes to the other nodes' pods cannot be set: " + exit->output);
  co_return base::Result<>{};
}

/// Pods speak to the world outside the cluster with the node's address.
StepResult masquerade(const StepContext& context) {
  const auto& kubernetes = context.desired.kubernetes();
  const auto rule = [&](std::string_view verb) -> std::vector<std::string> {
    return {"iptables",
            "--wait",
            "--table",
            "nat",
            std::string(verb),
            "POSTROUTING",
            "--source",
            kubernetes.node_pod_cidr(),
            "!",
            "--destination",
            kubernetes.pod_cidr(),
            "--match",
            "comment",
            "--comment",
            "slipway: pods to the outside",
            "--jump",
            "MASQUERADE"};
  };
  auto there = co_await context.ask(rule("--check"));
  if (!there) co_return base::fail(there);
  if (there->code == 0) co_return base::Result<>{};
  auto added = co_await context.command(rule("--append"));
  if (!added) co_return base::fail(added);
  co_return base::Result<>{};
}

/// Another pod network than before: the bridge and the addresses handed out belong to the old one.
StepResult forget_old_network(const StepContext& context) {
  auto exit = co_await context.ask({"ip", "link", "delete", "cni0"});
  if (!exit) co_return base::fail(exit);
  if (auto removed = context.host.remove(kLeases); !removed) co_return removed;
  context.log("the pods' network changed: the old bridge and leases are removed");
  co_return base::Result<>{};
}

StepResult write_config(const StepContext& context) {
  const auto file = std::filesystem::path(kConfigDirectory) / kConfigName;
  const auto config = cni_config(context.desired);
  const auto present = context.host.read(file);
  const auto others = context.host.list(kConfigDirectory);
  bool left_over = present && *present != config;
  for (const auto& other : others) {
    if (other == kConfigName) continue;
    if (!other.ends_with(".conflist") && !other.ends_with(".conf")) continue;
    if (auto removed = context.host.remove(std::filesystem::path(kConfigDirectory) / other);
        !removed)
      co_return removed;
    context.log("removed another network's configuration: " + other);
    left_over = true;
  }
  if (left_over) {
    auto forgotten = co_await forget_old_network(context);
    if (!forgotten) co_return forgotten;
  }
  if (auto kept = context.ensure_file(file, config, 0644); !kept) co_return base::fail(kept);
  co_return base::Result<>{};
}

}  // namespace

StepResult run_cni(const StepContext& context) {
  auto written = co_await write_config(context);
  if (!written) co_return written;
  auto routed = co_await apply_routes(context);
  if (!routed) co_return routed;
  co_return co_await masquerade(context);
}

}  // namespace slipway::bootstrap
