// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::cloud::local {

/// A loop device that stands for a file. The kernel's own list is the only record of them.
struct LoopDevice {
  unsigned number = 0;
  std::filesystem::path file;

  std::string path() const { return "/dev/loop" + std::to_string(number); }
  static constexpr unsigned kMajor = 7;
};

/// The device of `file`, attached when there is none yet. Blocks shortly.
base::Result<LoopDevice> attach_loop(const std::filesystem::path& file);
/// Detaches all devices of files below `directory` (or of that file); one still mounted somewhere
/// goes with its last user.
base::Result<> detach_loops(const std::filesystem::path& directory);
/// The devices of files below `directory` (or of that file).
std::vector<LoopDevice> loops_below(const std::filesystem::path& directory);

}  // namespace slipway::cloud::local
