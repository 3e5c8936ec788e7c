// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/config/agent_config.hpp"
#include "agent/link/agent_link.hpp"

namespace slipway::agent {

/// Who the controller is and the token for it: user-data where there is any, else what an earlier
/// enrolment remembered.
struct Origin {
  agent_link::Controller controller;
  std::string token;
};
base::Result<Origin> find_origin(const config::AgentConfig& config);

}  // namespace slipway::agent
