// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/logs/log_files.hpp"

namespace slipway::logs {

/// Where the last lines of a file begin. A line of several partial records counts once.
struct TailStart {
  off_t offset = 0;         ///< the first byte wanted, of the uncompressed ones
  std::uint64_t lines = 0;  ///< whole lines from there on, at most as many as asked for
};

/// Looks from the end of a plain file; a compressed one is read through from its start.
base::Result<TailStart> find_tail(LogFile& file, std::uint64_t lines);

}  // namespace slipway::logs
