// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "agent/config/agent_config.hpp"
#include "agent/link/agent_link.hpp"
#include "agent/release/launch.hpp"

namespace slipway::agent {

/// Who the controller is and the token for it: user-data where there is any, else what an earlier
/// enrolment remembered.
struct Origin {
  agent_link::Controller controller;
  std::string token;
};
base::Result<Origin> find_origin(const config::AgentConfig& config);
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
