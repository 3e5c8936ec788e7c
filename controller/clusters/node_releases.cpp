// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/node_releases.hpp"

namespace slipway::clusters {

std::optional<wire::ReleaseState> release_told(const MachineRow& machine) {
  wire::ReleaseState told;
  if (machine.release_told.empty() || !told.ParseFromString(machine.release_told)) {
    return std::nullopt;
  }
  return told;
}

void NodeReleases::tell(const MachineId& id) {
  const auto machine = rows_.machine(id);
  if (!machine || !machine->bootstrapped || machine->release.attempt == 0) return;
  if (!agents_.facts(id).connected) return;
  if (machine->release.missed) rows_.set_release_given(id);
  wire::AgentRelease order;
  order.set_statement(machine->release.statement);
  order.set_signature(machine->release.signature);
  order.set_attempt(machine->release.attempt);
  agents_.release(id, order);
}

void NodeReleases::note(const MachineId& machine, const wire::ReleaseState& told) {
  rows_.set_release_told(machine, told, clock_.utc());
}

bool NodeReleases::is_news(const MachineRow& machine, const wire::ReleaseState& told) const {
  return machine.release_told != told.SerializeAsString() ||
         clock_.utc() - machine.release_told_at >= kReleaseGranularity;
}

}  // namespace slipway::clusters
