// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/task.hpp"

namespace slipway::base {

inline constexpr std::size_t kProcessOutputLimitBytes =
    1 << 20;  ///< kept of stdout + stderr; the newest win

/// A program to run. `argv[0]` is looked up in PATH; no shell. Secrets go through `input`, never
/// argv.
struct Command {
  std::vector<std::string> argv;
  std::string input;                              ///< written to stdin, then closed
  std::vector<std::string> environment;           ///< NAME=value, added to ours
  std::chrono::milliseconds timeout{60'000};      ///< then SIGKILL to its process group, kTimeout
  std::function<void(std::string_view)> on_line;  ///< each line of stdout and stderr as it comes
};

/// How it ended: `code` is the exit status, or 128 + signal.
struct Exit {
  int code = 0;
  std::string
      output;  ///< stdout and stderr in the order they came, the last kProcessOutputLimitBytes
};

/// Runs it in a process group of its own without blocking the io thread. kNotFound: no such
/// program. A non-zero exit is not an error here: see run_ok.
Task<Result<Exit>> run(Command command);

/// As `run`, but a non-zero exit is kInternal whose message holds argv[0], the code and the last
/// lines.
Task<Result<std::string>> run_ok(Command command);

}  // namespace slipway::base
