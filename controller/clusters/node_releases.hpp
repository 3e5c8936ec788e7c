// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "controller/clusters/agents.hpp"
#include "controller/clusters/cluster_rows.hpp"

namespace slipway::clusters {

inline constexpr std::chrono::hours kReleaseGranularity{
    1};  ///< what a new link tells alike is stored so often

/// What a machine's agent told last of its program; nullopt: nothing yet.
std::optional<wire::ReleaseState> release_told(const MachineRow& machine);

/// Brings each machine's wish, as its row has it, to its agent, and keeps what agents tell of it.
class NodeReleases {
 public:
  NodeReleases(store::Database& database, Agents& agents, const base::Clock& clock)
      : agents_(agents), clock_(clock), rows_(database) {}

  /// Nothing where nothing was ever asked for, and before the machine is bootstrapped and linked:
  /// call it again then.
  void tell(const MachineId& machine);
  void note(const MachineId& machine, const wire::ReleaseState& told);
  /// Whether `told` is another than the row's, or that one is older than kReleaseGranularity.
  bool is_news(const MachineRow& machine, const wire::ReleaseState& told) const;

 private:
  Agents& agents_;
  const base::Clock& clock_;
  Rows rows_;
};

}  // namespace slipway::clusters
