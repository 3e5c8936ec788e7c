// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/cluster_states.hpp"

#include <algorithm>

#include "protocol/wire/text.hpp"

namespace slipway::clusters {
namespace {

constexpr std::size_t kNamedNodes = 3;
constexpr std::string_view kEtcdUnit = "etcd.service";
constexpr std::size_t kMaxNames = 128;

/// Why this node is not well; empty when it is.
std::string ailment(const Node& node, base::UtcTime now, base::UtcTime started) {
  if (!node.machine_state.known) return "its machine is not known to the cloud yet";
  if (node.machine_state.state != cloud::MachineState::kRunning) {
    const std::string what{name_of(node.machine_state.state)};
    const std::string& detail = node.machine_state.detail;
    return "its machine is " + what + (detail.empty() ? "" : " (" + detail + ")");
  }
  if (!node.link.connected && now - std::max(node.link.since, started) > kLinkGrace) {
    return "its agent is out of reach" +
           (node.link.why_down.empty() ? std::string{} : " (" + node.link.why_down + ")");
  }
  if (!node.kubernetes.known) return "Kubernetes has not told of it yet";
  if (!node.kubernetes.ready) {
    const std::string& reason = node.kubernetes.reason;
    return "it is not Ready" + (reason.empty() ? "" : " (" + reason + ")");
  }
  return node.trouble;
}

bool is_well(const wire::Unit& unit, Role role) {
  const bool elsewhere = unit.name() == kEtcdUnit && role != Role::kMaster;
  return elsewhere || unit.state() == "active" || unit.state() == "reloading";
}

}  // namespace

std::string trouble_of(const wire::NodeHealth& health, Role role) {
  std::string trouble;
  const auto add = [&](std::string what) { trouble += (trouble.empty() ? "" : ", ") + what; };
  for (const auto& disk : health.disks()) {
    const auto size = static_cast<double>(disk.size_bytes());
    if (size <= 0 || static_cast<double>(disk.used_bytes()) < kFullDisk * size) continue;
    add("its disk " + wire::head_of(disk.mount(), kMaxNames) + " is full: free or enlarge it");
  }
  for (const auto& unit : health.units()) {
    if (is_well(unit, role)) continue;
    add("its " + wire::head_of(unit.name(), kMaxNames) + " is " +
        wire::head_of(unit.state(), kMaxNames));
  }
  return wire::head_of(trouble, kMaxTrouble);
}

Verdict judge(const std::vector<Node>& nodes, base::UtcTime now, base::UtcTime started) {
  Verdict verdict;
  std::size_t ailing = 0;
  for (const Node& node : nodes) {
    verdict.ready += node.kubernetes.known && node.kubernetes.ready;
    const std::string why = ailment(node, now, started);
    if (why.empty()) continue;
    if (++ailing > kNamedNodes) continue;
    verdict.reason += (verdict.reason.empty() ? "" : "; ") + node.name + ": " + why;
  }
  if (ailing > kNamedNodes) {
    verdict.reason += "; and " + std::to_string(ailing - kNamedNodes) + " more";
  }
  verdict.healthy = ailing == 0 && !nodes.empty();
  return verdict;
}

ClusterState next_state(ClusterState now, const Verdict& verdict) {
  if (now != ClusterState::kHealthy && now != ClusterState::kUnhealthy) return now;
  return verdict.healthy ? ClusterState::kHealthy : ClusterState::kUnhealthy;
}

std::optional<MachineId> choose_gateway(const std::optional<MachineId>& present,
                                        const std::vector<GatewayCandidate>& masters) {
  const auto serves = [](const GatewayCandidate& master) {
    return master.connected && master.bootstrapped;
  };
  const auto is_present = [&](const GatewayCandidate& master) { return master.id == present; };
  const auto now = std::ranges::find_if(masters, is_present);
  if (now != masters.end() && serves(*now)) return present;
  const auto next = std::ranges::find_if(masters, serves);
  if (next != masters.end()) return next->id;
  return now == masters.end() ? std::nullopt : present;
}

}  // namespace slipway::clusters
