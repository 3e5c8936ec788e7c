// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "agent/config/agent_config.hpp"
#include "agent/origin.hpp"
#include "agent/release/launch.hpp"

namespace slipway::agent {

/// Where the agent's releases lie.
agent_release::SlotStore slots_of(const config::AgentConfig& config);

/// The agent's composition root: owns every part and joins them to the link.
class App {
 public:
  App(const config::AgentConfig& config, Origin origin, agent_release::Running running);
  ~App();

  /// Works until SIGTERM, SIGINT, or until another release is to run; the process's exit code.
  int run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::agent
