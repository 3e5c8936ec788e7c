// SPDX-License-Identifier: Apache-2.0
// What people see and ask of a cluster's nodes.
#include "controller/clusters/clusters_state.hpp"
#include "protocol/base/log.hpp"

namespace slipway::clusters {

using base::ErrorCode;
using base::fail;

base::Result<MachineRow> Clusters::State::find_node(const ClusterRow& cluster,
                                                    const std::string& node) const {
  auto machine = rows.find_machine(cluster.id, node);
  if (!machine) {
    return fail(ErrorCode::kNotFound, "cluster " + cluster.spec.name + " has no node " + node,
                "node");
  }
  return std::move(*machine);
}

base::Result<std::vector<Node>> Clusters::nodes(const std::string& id_or_name) const {
  auto row = state_->find(id_or_name);
  if (!row) return fail(row);
  return state_->watch.nodes(*row);
}

base::Result<Node> Clusters::node(const std::string& cluster, const std::string& node) const {
  auto row = state_->find(cluster);
  if (!row) return fail(row);
  auto machine = state_->find_node(*row, node);
  if (!machine) return fail(machine);
  return state_->watch.view(*machine, *row);
}

base::Result<> Clusters::retry_node(const std::string& cluster, const std::string& node) {
  auto row = state_->find(cluster);
  if (!row) return fail(row);
  auto machine = state_->find_node(*row, node);
  if (!machine) return fail(machine);
  std::string failed;
  for (const NodeStep& step : state_->rows.steps(machine->id)) {
    if (step.state == "failed" && failed.empty()) failed = step.name;
  }
  return state_->ground.agents.retry(machine->id, failed);
}

/// The operation that does the same already, retried if it had failed. One that gave up on nodes
/// gives way to another, in accept(), as does the replacement of a node whose successor has failed
/// since it served; kConflict: one that does not.
base::Result<std::optional<OperationId>> Clusters::State::make_way(const ClusterId& cluster,
                                                                   const char* kind,
                                                                   const std::string& subject) {
  const auto latest = operations.latest(cluster);
  if (!latest || latest->state == OperationState::kDone ||
      latest->state == OperationState::kCancelled) {
    return std::nullopt;
  }
  const bool failed = latest->state == OperationState::kFailed;
  const auto machine = rows.machine(MachineId{subject});
  const bool served = machine && machine->bootstrapped && is_broken(*machine);
  if (latest->kind == kind && latest->subject == subject && !(failed && served)) {
    if (auto again = failed ? operations.retry(latest->id) : base::Result<>{}; !again) {
      return fail(again);
    }
    return latest->id;
  }
  const bool of_nodes = latest->kind == kReplaceNode || latest->kind == kUpgradeAgents;
  if (!of_nodes || !failed) {
    return fail(ErrorCode::kConflict,
                "operation " + latest->id.value + " (" + latest->kind +
                    ") of this cluster is not done: wait for it, or retry it",
                "cluster");
  }
  return std::nullopt;
}

/// After make_way(): what gave up before gives way in the transaction that takes the new one, or
/// stays as it is.
base::Result<Accepted> Clusters::State::accept(const ClusterRow& cluster, const char* kind,
                                               const std::string& subject, const std::string& by) {
  OperationId operation;
  auto stored = ground.database.transaction([&]() -> base::Result<> {
    operations.cancel_all(cluster.id);
    auto added = operations.add(kind, cluster.id, by, subject);
    if (!added) return fail(added);
    operation = *added;
    return {};
  });
  if (!stored) return fail(stored);
  spdlog::info("cluster {}: {} of {} is asked for by {}", cluster.spec.name, kind, subject, by);
  ground.changes.publish({"cluster", cluster.id.value, cluster.id.value});
  return accepted(cluster.id, operation);
}

base::Result<Accepted> Clusters::replace_node(const std::string& cluster, const std::string& node,
                                              const std::string& by) {
  State& self = *state_;
  auto row = self.find(cluster);
  if (!row) return fail(row);
  auto machine = self.find_node(*row, node);
  if (!machine) return fail(machine);
  auto same = self.make_way(row->id, kReplaceNode, machine->id.value);
  if (!same) return fail(same);
  if (*same) return self.accepted(row->id, **same);
  auto spared = ReplaceNode::check(*machine, self.rows.machines(row->id), self.ground.agents);
  if (!spared) return fail(spared);
  return self.accept(*row, kReplaceNode, machine->id.value, by);
}

base::Result<Accepted> Clusters::upgrade_agents(const std::string& cluster,
                                                const std::string& release, const std::string& by) {
  State& self = *state_;
  auto row = self.find(cluster);
  if (!row) return fail(row);
  std::string subject = kImageRelease;
  if (release != kImageRelease) {
    auto entry = self.ground.releases.find(release);
    if (!entry) return fail(entry);
    subject = entry->release.sha256;
  }
  auto same = self.make_way(row->id, kUpgradeAgents, subject);
  if (!same) return fail(same);
  if (*same) return self.accepted(row->id, **same);
  return self.accept(*row, kUpgradeAgents, subject, by);
}

std::vector<Node> Clusters::machines() const {
  std::vector<Node> all;
  for (const ClusterRow& cluster : state_->rows.clusters()) {
    for (Node& node : state_->watch.nodes(cluster)) all.push_back(std::move(node));
  }
  return all;
}

base::Result<Node> Clusters::machine(const std::string& id_or_name) const {
  const auto row = state_->rows.find_machine(std::nullopt, id_or_name);
  const auto cluster = row ? state_->rows.cluster(row->cluster) : std::nullopt;
  if (!cluster) return fail(ErrorCode::kNotFound, "no machine " + id_or_name, "machine");
  return state_->watch.view(*row, *cluster);
}

}  // namespace slipway::clusters
