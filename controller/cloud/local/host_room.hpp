// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace slipway::cloud::local {

/// Bytes of the file system that a directory lies on; zeros where it cannot be asked.
struct Space {
  std::uint64_t total = 0;
  std::uint64_t free = 0;  ///< for us
};
Space space_at(const std::filesystem::path& directory);

/// Bytes of this host's memory.
std::uint64_t host_memory();

}  // namespace slipway::cloud::local
