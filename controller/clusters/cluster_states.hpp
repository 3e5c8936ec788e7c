// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/clusters/model.hpp"

namespace slipway::clusters {

/// A link may be down for so long (an agent's upgrade, a controller's restart) before it counts.
inline constexpr std::chrono::seconds kLinkGrace{30};

/// A file system with less left than this part of it is full.
inline constexpr double kFullDisk = 0.98;
inline constexpr std::size_t kMaxTrouble = 1 << 10;

/// What a node's own health says that keeps it from serving, though it may still be Ready: a unit
/// that does not run, a full disk. Empty: nothing.
std::string trouble_of(const wire::NodeHealth& health, Role role);

/// What a cluster's nodes together mean.
struct Verdict {
  bool healthy = false;
  std::string reason;  ///< names the first nodes that are not well, and why
  unsigned ready = 0;
};
Verdict judge(const std::vector<Node>& nodes, base::UtcTime now, base::UtcTime started);

/// The next state; creating, deleting and failed change by operations alone.
ClusterState next_state(ClusterState now, const Verdict& verdict);

/// A master that may be the gateway.
struct GatewayCandidate {
  MachineId id;
  bool connected = false;
  bool bootstrapped = false;
};
/// Keeps the present one while it is connected; else the first that is connected and bootstrapped;
/// if there is none, stays with what was.
std::optional<MachineId> choose_gateway(const std::optional<MachineId>& present,
                                        const std::vector<GatewayCandidate>& masters);

}  // namespace slipway::clusters
