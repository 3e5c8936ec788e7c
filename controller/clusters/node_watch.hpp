// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "controller/clusters/agents.hpp"
#include "controller/clusters/changes.hpp"
#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/node_releases.hpp"
#include "controller/clusters/node_words.hpp"
#include "controller/clusters/operations.hpp"

namespace slipway::clusters {

inline constexpr std::chrono::seconds kConditionGranularity{
    10};  ///< equal news are stored so often

/// Takes in what agents and watches say of nodes, picks gateways, and judges each cluster's state.
class NodeWatch {
 public:
  NodeWatch(store::Database& database, Agents& agents, Operations& operations, Changes& changes,
            NodeWords& words, NodeReleases& releases, const base::Clock& clock);

  void link_up(const MachineId& machine, const wire::NodeState& state);
  void link_down(const MachineId& machine);
  void reported(const MachineId& machine, const wire::Report& report);
  void condition(const ClusterId& cluster, const std::string& node, const KubernetesFact& fact);

  /// Renews the gateway and the state of every cluster, one a turn; how long it took by itself.
  base::Task<base::Duration> judge_all();

  Node view(const MachineRow& machine, const ClusterRow& cluster) const;
  std::vector<Node> nodes(const ClusterRow& cluster) const;

 private:
  void take_state(const MachineRow& machine, const wire::NodeState& state);
  void store_state(const MachineRow& machine, const wire::NodeState& state);
  void take_step(const MachineRow& machine, const wire::StepReport& step);
  void take_health(const MachineId& id, const wire::NodeHealth& health);
  void pick_gateway(const ClusterId& cluster);
  void pick_gateway(const ClusterRow& cluster, const std::vector<MachineRow>& machines);
  void judge_one(const ClusterRow& cluster, const std::vector<MachineRow>& machines);
  Node signs(const MachineRow& machine) const;
  void changed(const MachineRow& machine);

  store::Database& database_;
  Agents& agents_;
  Operations& operations_;
  Changes& changes_;
  NodeWords& words_;
  NodeReleases& releases_;
  const base::Clock& clock_;
  Rows rows_;
  base::UtcTime started_;
  std::unordered_map<MachineId, std::string> troubles_;  ///< of nodes whose health says one
  std::unordered_map<MachineId, std::string> judged_;  ///< of linked nodes: the health judged last
};

}  // namespace slipway::clusters
