// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "protocol/base/clock.hpp"
#include "report.pb.h"
#include "tests/bench/swarm/roll.hpp"

namespace slipway::swarm {

// What a real agent of a node that is well says of itself, in the same size.
wire::NodeFacts facts_of(const std::string& node, const std::string& address);
wire::NodeState state_of(const Member& member, const wire::TrustHeld& trust,
                         std::uint64_t generation, base::UtcTime booted);
wire::NodeHealth health_of(const Member& member, base::UtcTime now);

inline constexpr char kNamespace[] = "swarm";
/// The pods of each node: one whose log has a line now and then, one that never stops writing.
std::string quiet_pod(const Member& member);
std::string flood_pod(const Member& member);

/// The full lists of a gateway's watches, as its mirror stream carries them.
std::string mirror_of(const std::vector<const Member*>& nodes, base::UtcTime now);

}  // namespace slipway::swarm
