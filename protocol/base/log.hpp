// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <spdlog/spdlog.h>

#include <string>

namespace slipway::base {

/// How a program logs: one JSON object a line on stderr, or plain text on a terminal.
struct LogOptions {
  std::string level = "info";  ///< trace, debug, info, warn, error
  bool json = true;
};

/// Sets up the process's logger; call once, first. Secrets never go into a log call.
void start_log(const std::string& program, const LogOptions& options);

}  // namespace slipway::base
