// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::config {

/// The agent's own settings, baked into the image. The two switches are the node's own word: no
/// controller can turn them on.
struct AgentConfig {
  std::vector<std::filesystem::path> seed_dirs{"/var/lib/cloud/seed/nocloud"};
  std::filesystem::path state_dir = "/var/lib/slipway";
  std::string log_level = "info";
  bool log_json = false;       ///< the journal has its own fields
  bool node_shell = false;     ///< a login shell on the node may be asked for
  bool agent_upgrade = false;  ///< a signed release may take this agent's place
  /// Ed25519 public keys: whose releases are believed.
  std::filesystem::path agent_keys = "/etc/slipway/agent-keys.pem";
  std::chrono::seconds agent_trial{120};  ///< a release has so long to hold its link
};
inline constexpr std::chrono::seconds kTrialLeast{10};
inline constexpr std::chrono::seconds kTrialMost{3600};

/// kInvalid: what is wrong, with line and column; `field` names the key. All keys are optional.
base::Result<AgentConfig> parse_agent_config(std::string_view text, const std::string& source);
/// As parse_agent_config; a file that is not there is all defaults.
base::Result<AgentConfig> read_agent_config(const std::filesystem::path& path);

}  // namespace slipway::config
