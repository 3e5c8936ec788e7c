// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <string>
#include <vector>

#include "agent/terminal/fifos.hpp"
#include "stream.pb.h"

namespace slipway::terminal {

/// What to run on a pseudo terminal; `environment` is all that it gets.
struct PtyCommand {
  std::string program;            ///< path
  std::vector<std::string> argv;  ///< argv[0] may differ from `program`: "-bash"
  std::vector<std::string> environment;
  std::string directory = "/";
  wire::TerminalSize size;
};

/// A child process that leads a session on a pseudo terminal of its own. Whoever drops it before
/// its end kills it.
class PtyProcess {
 public:
  static base::Result<PtyProcess> start(base::asio::any_io_executor executor, PtyCommand command);
  ~PtyProcess();
  PtyProcess(PtyProcess&& other) noexcept;
  PtyProcess& operator=(PtyProcess&&) = delete;

  Descriptor& terminal() { return terminal_; }
  void resize(const wire::TerminalSize& size);
  /// Its exit status, or 128 + signal.
  base::Task<base::Result<int>> wait();
  /// SIGHUP, then SIGKILL, to its process group and to the terminal's foreground group.
  void kill();

 private:
  PtyProcess(pid_t pid, Descriptor terminal, Descriptor exited)
      : pid_(pid), terminal_(std::move(terminal)), exited_(std::move(exited)) {}

  pid_t pid_;  // 0 once waited for
  Descriptor terminal_;
  Descriptor exited_;  // pidfd
};

}  // namespace slipway::terminal
