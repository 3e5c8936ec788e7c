// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/containers/container_runtime.hpp"
#include "agent/terminal/live_session.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/link/link.hpp"
#include "stream.pb.h"

namespace slipway::terminal {

inline constexpr std::size_t kMaxSessions = 128;       ///< of one node; more are refused
inline constexpr std::size_t kMaxOwnersSessions = 32;  ///< resumable ones of one user on one node

struct TerminalOptions {
  std::filesystem::path run_dir =
      "/run/slipway/exec";         ///< fifos; made 0700, emptied at the first use
  bool node_shell = false;         ///< the node's own switch, never the controller's
  std::vector<std::string> shell;  ///< the node's login shell; empty: root's bash or sh
};

/// Terminals on this node: processes in containers and, where the node allows it, a login shell.
/// Each serve() ends with its stream; the caller runs it in its TaskScope. Resumable terminals live
/// here until their end, at the latest until stop().
class Terminal {
 public:
  Terminal(base::asio::any_io_executor executor, TerminalOptions options,
           containers::ContainerRuntime& runtime, const base::Clock& clock);

  base::Task<> serve(wire::ExecOpen open, link::StreamPtr stream);
  base::Task<> serve(wire::NodeShellOpen open, link::StreamPtr stream);
  base::Task<> serve(wire::TerminalOpen open, link::StreamPtr stream);
  base::Task<> serve(wire::TerminalsOpen open, link::StreamPtr stream);
  void tick();          ///< lets time pass for what nobody has taken up again
  base::Task<> stop();  ///< ends the resumable ones; the streams have been ended before
  std::size_t sessions() const { return sessions_; }
  bool opens_node_shells() const { return options_.node_shell; }

 private:
  base::Task<> serve_live(wire::ExecOpen open, link::StreamPtr stream);
  base::Task<> keep(std::string id, std::shared_ptr<LiveSession> session);

  TerminalOptions options_;
  containers::ContainerRuntime& runtime_;
  const base::Clock& clock_;
  std::size_t sessions_ = 0;
  std::map<std::string, std::shared_ptr<LiveSession>> live_;  // by id
  base::Wakeup one_ended_;
  base::TaskScope tasks_;  // one for each of `live_`
};

}  // namespace slipway::terminal
