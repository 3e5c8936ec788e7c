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

base::Result<Accepted> Clusters::replace_node(const std::string& cluster, const std::string& node,
                                              const std::string& by) {
  State& self = *state_;
  auto row = self.find(cluster);
  if (!row) return fail(row);
  auto machine = self.find_node(*row, node);
  if (!machine) return fail(machine);
  if (const auto latest = self.operations.latest(row->id);
      latest && latest->state != OperationState::kDone &&
      latest->state != OperationState::kCancelled) {
    const bool replaces = latest->kind == kReplaceNode;
    const bool same = replaces && latest->subject == machine->id.value;
    const bool gave_up = replaces && latest->state == OperationState::kFailed;
    if (!same && gave_up) {
      self.operations.cancel_all(row->id);
    } else if (!same) {
      return fail(ErrorCode::kConflict,
                  "operation " + latest->id.value + " (" + latest->kind +
                      ") of this cluster is not done: wait for it, or retry it",
                  "cluster");
    }
    if (same && gave_up) {
      if (auto again = self.operations.retry(latest->id); !again) return fail(again);
    }
    if (same) return self.accepted(row->id, latest->id);
  }
  auto spared = ReplaceNode::check(*machine, self.rows.machines(row->id), self.ground.agents);
  if (!spared) return fail(spared);
  OperationId operation;
  auto stored = self.ground.database.transaction([&]() -> base::Result<> {
    auto added = self.operations.add(kReplaceNode, row->id, by, machine->id.value);
    if (!added) return fail(added);
    operation = *added;
    return {};
  });
  if (!stored) return fail(stored);
  spdlog::info("node {}: a new machine is asked for by {}", machine->name, by);
  self.ground.changes.publish({"cluster", row->id.value, row->id.value});
  return self.accepted(row->id, operation);
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
