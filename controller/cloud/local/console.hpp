// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "controller/cloud/local/layout.hpp"
#include "controller/cloud/local/system.hpp"

namespace slipway::cloud::local {

inline constexpr std::size_t kConsoleLimitBytes = 1 << 20;  ///< kept of a machine's console

/// A machine's console: a terminal whose output a small process (cat) appends to a log. The
/// process outlives the controller and ends with the machine.
struct Console {
  Fd terminal;       ///< the machine's side
  std::string path;  ///< of the terminal: /dev/pts/3
};

/// Opens a new one; an older one of the machine is closed. Blocks shortly.
base::Result<Console> open_console(const MachineFiles& files);
/// Ends the process that keeps the log; the log stays.
void close_console(const MachineFiles& files);

/// The last `lines` of the log, without terminal control sequences.
base::Result<std::string> read_console(const MachineFiles& files, std::size_t lines);
/// Drops the older half of a log that has grown over the limit.
void bound_console(const MachineFiles& files);

/// Pure part of read_console().
std::string last_lines(std::string_view log, std::size_t lines);
std::string without_controls(std::string_view log);

}  // namespace slipway::cloud::local
