// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/logs/log_files.hpp"

namespace slipway::logs {

/// Where the last lines of a file begin. A line of several partial records counts once.
struct TailStart {
  off_t offset = 0;              ///< plain files: the first byte wanted
  std::uint64_t skip_lines = 0;  ///< compressed files: lines to leave out from the start
  std::uint64_t lines = 0;       ///< whole lines from there on, at most as many as asked for
};

/// Looks from the end of a plain file; a compressed one is read once through.
base::Result<TailStart> find_tail(LogFile& file, std::uint64_t lines);

}  // namespace slipway::logs
