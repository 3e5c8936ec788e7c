// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "agent/containers/container_runtime.hpp"
#include "protocol/link/link.hpp"
#include "stream.pb.h"

namespace slipway::terminal {

inline constexpr std::size_t kMaxSessions = 128;  ///< of one node; more are refused

struct TerminalOptions {
  std::filesystem::path run_dir =
      "/run/slipway/exec";         ///< fifos; made 0700, emptied at the first use
  bool node_shell = false;         ///< the node's own switch, never the controller's
  std::vector<std::string> shell;  ///< the node's login shell; empty: root's bash or sh
};

/// Terminals on this node: processes in containers and, where the node allows it, a login shell.
/// Each serve() ends with its stream; the caller runs it in its TaskScope.
class Terminal {
 public:
  Terminal(TerminalOptions options, containers::ContainerRuntime& runtime);

  base::Task<> serve(wire::ExecOpen open, link::StreamPtr stream);
  base::Task<> serve(wire::NodeShellOpen open, link::StreamPtr stream);
  std::size_t sessions() const { return sessions_; }

 private:
  TerminalOptions options_;
  containers::ContainerRuntime& runtime_;
  std::size_t sessions_ = 0;
};

}  // namespace slipway::terminal
