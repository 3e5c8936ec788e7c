// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/bootstrap/host.hpp"

namespace slipway::bootstrap {

inline constexpr std::uint64_t kLeastFreeBytes = 32 << 20;  ///< below it a file system is full

/// kExhausted where the file system at `path` is full: names `what` it is, the place and what is
/// left. A place that tells nothing is no failure.
base::Result<> check_space(Host& host, const std::filesystem::path& path, const std::string& what);

/// A failure's text; where it says that there was no space, with the file systems that are full.
std::string with_full_disks(Host& host, std::string why);

}  // namespace slipway::bootstrap
