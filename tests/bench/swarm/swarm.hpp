// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace slipway::swarm {

struct SwarmOptions {
  std::filesystem::path state;
  std::string controller = "127.200.0.1:7443";  ///< the agents' door, in the machines' network
  std::size_t agents = 0;                       ///< 0: all that were prepared
  std::chrono::seconds limit{3600};
  double churn = 0;  ///< agents that leave each second, and come back
  std::uint64_t seed = 1;
};

/// Runs the agents until it is told to end. Words that it takes: `stat`; `churn RATE`; `orders NS`,
/// how long after that moment of the monotonic clock each agent was told the newest CA bundle.
void run_agents(const SwarmOptions& options);

}  // namespace slipway::swarm
