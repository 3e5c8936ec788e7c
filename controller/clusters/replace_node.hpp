// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/clusters/api_endpoint.hpp"
#include "controller/clusters/machines.hpp"
#include "controller/clusters/node_words.hpp"
#include "controller/clusters/operations.hpp"

namespace slipway::clusters {

inline constexpr char kReplaceNode[] = "node.replace";

/// The steps that give a node a new machine: the old one goes first, with its disks; a master's
/// successor takes the lost member's place in etcd by static membership. Name and role stay. A
/// successor that is lost itself is replaced as the first one was.
class ReplaceNode {
 public:
  ReplaceNode(store::Database& database, cloud::Cloud& cloud, Agents& agents, Machines& machines,
              const NodeWords& words, const base::Clock& clock);

  Procedure procedure();

  /// Whether the cluster can spare this node now: kConflict with why not and what to do. `nodes`:
  /// those of the cluster as they are.
  static base::Result<> check(const MachineRow& machine, const std::vector<MachineRow>& nodes,
                              const Agents& agents);

 private:
  base::Task<Outcome> preflight(Attempt attempt);
  base::Task<Outcome> retire(Attempt attempt);
  base::Task<Outcome> forget(Attempt attempt);
  base::Task<Outcome> machine(Attempt attempt);
  base::Task<Outcome> members(Attempt attempt);
  base::Task<Outcome> bootstrap(Attempt attempt);
  base::Task<Outcome> ready(Attempt attempt);

  base::Task<Outcome> forget_nameless(Attempt attempt, MachineRow machine);
  base::Task<std::optional<Outcome>> begin_anew(const Attempt& attempt);
  bool is_too_late(const MachineRow& machine) const;
  base::Result<MachineRow> subject(const Attempt& attempt) const;
  base::Task<Outcome> ask_gateway(Attempt attempt, std::string what, wire::Intent intent);

  store::Database& database_;
  Agents& agents_;
  Machines& machines_;
  const NodeWords& words_;
  const base::Clock& clock_;
  Rows rows_;
  Ledger ledger_;
  ApiEndpoint api_;
};

}  // namespace slipway::clusters
