// SPDX-License-Identifier: Apache-2.0
#include "controller/wiring.hpp"

#include "controller/clusters/cluster_rows.hpp"

namespace slipway::controller {

using base::ErrorCode;

links::LinkFacts ConnectedAgents::facts(const base::MachineId& machine) const {
  return links_.facts(machine);
}

void ConnectedAgents::refresh(const base::MachineId& machine) {
  links_.refresh(machine);
}

void ConnectedAgents::release(const base::MachineId& machine, const wire::AgentRelease& release) {
  if (!links_.facts(machine).connected) return;
  wire::Order order;
  *order.mutable_release() = release;
  // A full queue means a peer that does not read: its link is of no use, and it asks anew.
  if (auto sent = links_.send(machine, std::move(order)); !sent) links_.cut(machine, sent.error());
}

base::Result<> ConnectedAgents::retry(const base::MachineId& machine, const std::string& step) {
  wire::Order order;
  order.mutable_retry()->set_step(step);
  return links_.send(machine, std::move(order));
}

std::string ConnectedAgents::issue_token(const base::MachineId& machine,
                                         const base::ClusterId& cluster,
                                         const base::ResourceId& resource, wire::Role role) {
  return enrolment_.issue_token(machine, cluster, resource, role);
}

std::optional<std::string> ConnectedAgents::suspicion(const base::MachineId& machine) const {
  const auto found = enrolment_.suspicion(machine);
  if (!found) return std::nullopt;
  return "token-used-by-another-key: two keys showed this machine's token: the first, SHA-256 " +
         found->bound_key_sha256 + ", enrolled; the other, SHA-256 " + found->other_key_sha256 +
         ", came from " + found->from +
         " and was refused; one of them is an intruder's: replace "
         "the machine, and find out who read its user-data";
}

void ConnectedAgents::machine_runs(const base::MachineId& machine, base::UtcTime since) {
  enrolment_.machine_runs(machine, since);
}

void ConnectedAgents::forget(const base::MachineId& machine) {
  enrolment_.forget(machine);
  links_.forget(machine);
  mirror_.forget(machine);
}

void ConnectedAgents::forget(const base::ClusterId& cluster) {
  intents_.forget(cluster);
  registry_.forget(cluster);
  mirror_.forget(cluster);
}

std::string ConnectedAgents::discovery_token(const base::ClusterId& cluster, unsigned size) {
  return registry_.token_of(cluster, size);
}

void ConnectedAgents::gateway_changed(const base::ClusterId& cluster) {
  intents_.gateway_changed(cluster);
}

base::Task<base::Result<wire::IntentOutcome>> ConnectedAgents::apply(
    base::ClusterId cluster, std::string id, std::string manifest, std::chrono::milliseconds wait) {
  wire::Intent intent;
  intent.set_id(std::move(id));
  intent.mutable_apply()->set_yaml(std::move(manifest));
  co_return co_await submit(std::move(cluster), std::move(intent), wait);
}

base::Task<base::Result<wire::IntentOutcome>> ConnectedAgents::submit(
    base::ClusterId cluster, wire::Intent intent, std::chrono::milliseconds wait) {
  auto outcome = co_await intents_.submit(cluster, std::move(intent), wait);
  if (!outcome) co_return base::fail(outcome);
  if (outcome->state != intents::State::kDone) {
    co_return base::fail(ErrorCode::kUnavailable, "the cluster has not answered yet");
  }
  co_return outcome->answer;
}

releases::WantedRelease wanted_releases(store::Database& database) {
  return [&database](const base::MachineId& machine) {
    const auto row = clusters::Rows{database}.machine(machine);
    return row ? row->release.sha256 : std::string{};
  };
}

void MirrorFeed::publish(const base::ClusterId& cluster, const std::string& kind,
                         const wire::MirrorRow& row) {
  const std::size_t plural = kind.ends_with("sses") ? 2 : kind.ends_with('s') ? 1 : 0;
  auto topic = kind.substr(0, kind.size() - plural);
  const auto& meta = row.meta();
  auto id = meta.pod_namespace().empty() ? meta.name() : meta.pod_namespace() + "/" + meta.name();
  changes_.publish({.topic = std::move(topic), .id = std::move(id), .cluster = cluster.value});
}

void MirrorFeed::row_changed(const base::ClusterId& cluster, const std::string& kind,
                             const wire::MirrorRow& row) {
  if (kind == "nodes" && row.has_node()) {
    clusters_.node_condition(cluster, row.meta().name(), row.node().ready(),
                             row.node().ready_reason(), clock_.utc());
  }
  publish(cluster, kind, row);
}

void MirrorFeed::row_gone(const base::ClusterId& cluster, const std::string& kind,
                          const wire::MirrorRow& last) {
  if (kind == "nodes") {
    clusters_.node_condition(cluster, last.meta().name(), false, "not registered", clock_.utc());
  }
  publish(cluster, kind, last);
}

void MirrorFeed::freshness_changed(const base::ClusterId& cluster, const std::string& kind) {
  changes_.publish({.topic = "freshness", .id = kind, .cluster = cluster.value});
}

}  // namespace slipway::controller
