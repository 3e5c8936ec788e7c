// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "controller/links/roster.hpp"

namespace slipway::fakes {

/// Machines and gateways as a test sets them.
class FakeRoster : public links::Roster {
 public:
  std::optional<links::Membership> find(const base::MachineId& machine) const override {
    const auto found = members.find(machine);
    if (found == members.end()) return std::nullopt;
    return found->second;
  }
  std::unordered_map<base::MachineId, std::string> node_names() const override {
    std::unordered_map<base::MachineId, std::string> names;
    for (const auto& [machine, membership] : members) names[machine] = membership.node_name;
    return names;
  }
  std::optional<base::MachineId> gateway(const base::ClusterId& cluster) const override {
    const auto found = gateways.find(cluster);
    if (found == gateways.end()) return std::nullopt;
    return found->second;
  }

  std::map<base::MachineId, links::Membership> members;
  std::map<base::ClusterId, base::MachineId> gateways;
};

}  // namespace slipway::fakes
