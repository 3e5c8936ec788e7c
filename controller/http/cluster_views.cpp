// SPDX-License-Identifier: Apache-2.0
#include "controller/http/cluster_views.hpp"

#include <boost/json.hpp>

#include "controller/http/encoding.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;

bool is_set(base::UtcTime time) {
  return base::to_unix_ms(time) > 0;
}

void put_time(json::object& out, const char* name, std::optional<base::UtcTime> time) {
  if (time && is_set(*time)) out[name] = base::to_rfc3339(*time);
}

template <class Step>
json::object step_view(const Step& step, std::string_view state) {
  json::object out{{"name", step.name}, {"state", state}, {"attempts", step.attempts}};
  put_time(out, "startedAt", step.started);
  put_time(out, "endedAt", step.ended);
  put_text(out, "error", step.error);
  put_text(out, "logTail", step.log_tail);
  return out;
}

json::object node_step_view(const clusters::NodeStep& step) {
  auto out = step_view(step, step.state);
  put_text(out, "waitingFor", step.waiting_for);
  return out;
}

json::array node_steps(const std::vector<clusters::NodeStep>& steps) {
  json::array out;
  for (const auto& step : steps) out.push_back(node_step_view(step));
  return out;
}

json::object link_view(const links::LinkFacts& link) {
  json::object out{{"value", link.connected ? "connected" : "disconnected"}};
  put_text(out, "detail", link.why_down);
  put_time(out, "since", link.since);
  put_time(out, "asOf", link.last_heard);
  if (link.round_trip.count() >= 0) out["roundTripMs"] = link.round_trip.count();
  if (link.connected) out["clockOffsetMs"] = link.clock_offset_ms;
  return out;
}

json::object kubernetes_view(const clusters::KubernetesFact& fact,
                             const std::optional<wire::NodeFacts>& facts) {
  json::object out{{"value", !fact.known ? "unknown" : fact.ready ? "ready" : "not_ready"}};
  if (!fact.known) return out;
  put_text(out, "detail", fact.reason);
  if (facts) put_text(out, "version", facts->kubelet_version());
  put_time(out, "asOf", fact.as_of);
  return out;
}

json::object machine_fact_view(const clusters::MachineFact& fact) {
  json::object out{{"value", fact.known ? cloud::name_of(fact.state) : "unknown"}};
  put_text(out, "detail", fact.detail);
  if (fact.known) put_time(out, "asOf", fact.as_of);
  return out;
}

/// "create" of "cluster.create": what it is done to is said by the field `cluster`.
std::string_view short_kind(std::string_view kind) {
  return kind.substr(kind.find('.') == std::string_view::npos ? 0 : kind.find('.') + 1);
}

json::object facts_view(const wire::NodeFacts& facts) {
  json::object out{{"cpus", facts.cpus()}, {"memoryBytes", facts.memory_bytes()}};
  put_text(out, "os", facts.os());
  put_text(out, "kernel", facts.kernel());
  put_text(out, "agentVersion", facts.agent_version());
  put_text(out, "kubeletVersion", facts.kubelet_version());
  put_text(out, "containerdVersion", facts.containerd_version());
  return out;
}

const char* name_of(wire::ReleaseState::State state) {
  switch (state) {
    case wire::ReleaseState::FETCHING:
      return "fetching";
    case wire::ReleaseState::TRYING:
      return "trying";
    case wire::ReleaseState::FAILED:
      return "failed";
    default:
      return "settled";
  }
}

json::object release_view(const clusters::NodeRelease& release) {
  const bool image = release.wanted_sha256.empty();
  json::object out{{"wanted", image ? clusters::kImageRelease : release.wanted_version}};
  put_text(out, "wantedSha256", release.wanted_sha256);
  if (!release.told) return out;
  put_text(out, "runningSha256", release.told->running_sha256());
  out["fromImage"] = release.told->from_image();
  out["state"] = name_of(release.told->state());
  put_text(out, "error", release.told->error());
  put_time(out, "asOf", release.as_of);
  return out;
}

json::object agent_view(const clusters::Node& node) {
  json::object out;
  if (node.facts) put_text(out, "version", node.facts->agent_version());
  if (node.facts && node.facts->has_node_shell()) {
    // It is set where the agent starts, so that it holds as long as that one is heard.
    json::object shell{{"allowed", node.facts->node_shell()}};
    put_time(shell, "asOf", node.link.last_heard);
    out["nodeShell"] = std::move(shell);
  }
  if (node.release.asked || node.release.told) out["release"] = release_view(node.release);
  return out;
}

json::object health_view(const wire::NodeHealth& health) {
  json::object out{{"asOf", base::to_rfc3339(base::from_unix_ms(health.utc_ms()))},
                   {"cpuFraction", health.cpu_fraction()},
                   {"memoryUsedBytes", health.memory_used_bytes()},
                   {"memoryTotalBytes", health.memory_total_bytes()},
                   {"load1", health.load1()}};
  if (health.cpu_pressure() >= 0) out["cpuPressure"] = health.cpu_pressure();
  if (health.memory_pressure() >= 0) out["memoryPressure"] = health.memory_pressure();
  if (health.io_pressure() >= 0) out["ioPressure"] = health.io_pressure();
  json::array disks;
  for (const auto& disk : health.disks()) {
    disks.push_back({{"device", disk.device()},
                     {"mount", disk.mount()},
                     {"filesystem", disk.filesystem()},
                     {"sizeBytes", disk.size_bytes()},
                     {"usedBytes", disk.used_bytes()}});
  }
  json::array units;
  for (const auto& unit : health.units()) {
    units.push_back({{"name", unit.name()}, {"state", unit.state()}});
  }
  out["disks"] = std::move(disks);
  out["units"] = std::move(units);
  return out;
}

}  // namespace

json::object view(const clusters::Cluster& cluster) {
  const auto& spec = cluster.spec;
  json::object out{{"id", cluster.id.value},
                   {"name", spec.name},
                   {"state", clusters::name_of(cluster.state)},
                   {"kubernetesVersion", spec.kubernetes_version},
                   {"runtime", "containerd"},
                   {"masters", spec.masters},
                   {"workers", spec.workers},
                   {"masterFlavor", spec.master_flavor},
                   {"workerFlavor", spec.worker_flavor},
                   {"createdAt", base::to_rfc3339(cluster.created)},
                   {"nodesReady", cluster.nodes_ready},
                   {"nodesTotal", cluster.nodes_total},
                   {"reachable", cluster.reachable}};
  put_text(out, "reason", cluster.reason);
  put_text(out, "keyPair", spec.key_pair);
  put_text(out, "networkCidr", cluster.network_cidr);
  put_text(out, "loadBalancer", cluster.api_address);
  put_time(out, "asOf", cluster.as_of);
  if (cluster.operation) out["operation"] = cluster.operation->value;
  return out;
}

net::HttpResponse accepted_response(const clusters::Accepted& accepted) {
  const auto& cluster = accepted.cluster;
  auto response =
      json_response(202, json::object{{"cluster", view(cluster)},
                                      {"operation", view(accepted.operation, cluster.spec.name)}});
  response.headers.set("Location", "/api/v1/clusters/" + cluster.spec.name);
  return response;
}

json::object view(const clusters::Node& node, const std::optional<wire::NodeHealth>& health) {
  json::object out{{"name", node.name},
                   {"id", node.machine.value},
                   {"role", clusters::name_of(node.role)},
                   {"gateway", node.gateway},
                   {"link", link_view(node.link)},
                   {"kubernetes", kubernetes_view(node.kubernetes, node.facts)},
                   {"machine", machine_fact_view(node.machine_state)},
                   {"steps", node_steps(node.steps)}};
  put_text(out, "trouble", node.trouble);
  put_text(out, "address", node.address);
  put_text(out, "podCidr", node.pod_cidr);
  put_text(out, "flavor", node.flavor);
  if (auto agent = agent_view(node); !agent.empty()) out["agent"] = std::move(agent);
  if (node.facts) out["facts"] = facts_view(*node.facts);
  if (health) out["health"] = health_view(*health);
  return out;
}

json::object machine_view(const clusters::Node& node) {
  const auto& fact = node.machine_state;
  json::object out{{"state", fact.known ? cloud::name_of(fact.state) : "unknown"}};
  put_text(out, "detail", fact.detail);
  if (fact.known) put_time(out, "asOf", fact.as_of);
  out["id"] = node.machine.value;
  out["name"] = node.name;
  out["cluster"] = node.cluster.value;
  out["clusterName"] = node.cluster_name;
  out["role"] = clusters::name_of(node.role);
  put_text(out, "address", node.address);
  return out;
}

json::object view(const clusters::OperationRecord& operation, const std::string& cluster_name) {
  json::array steps;
  for (const auto& step : operation.steps) {
    steps.push_back(step_view(step, clusters::name_of(step.state)));
  }
  json::object out{{"id", operation.id.value},
                   {"kind", short_kind(operation.kind)},
                   {"cluster", operation.cluster.value},
                   {"clusterName", cluster_name},
                   {"state", clusters::name_of(operation.state)},
                   {"createdAt", base::to_rfc3339(operation.created)},
                   {"steps", std::move(steps)}};
  put_time(out, "endedAt", operation.ended);
  put_text(out, "error", operation.error);
  put_text(out, "by", operation.by);
  if (operation.kind == clusters::kUpgradeAgents) put_text(out, "release", operation.subject);
  return out;
}

json::object view(const clusters::OperationView& operation) {
  auto out = view(operation.operation, operation.cluster_name);
  json::array steps;
  for (const auto& node : operation.nodes) {
    for (const auto& step : node.steps) {
      auto one = node_step_view(step);
      one["node"] = node.name;
      steps.push_back(std::move(one));
    }
  }
  out["nodeSteps"] = std::move(steps);
  return out;
}

}  // namespace slipway::http
