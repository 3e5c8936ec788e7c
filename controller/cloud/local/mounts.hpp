// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::cloud::local {

/// Mounts an XFS file system; nothing to do when something is mounted there already.
base::Result<> mount_disk(const std::string& device, const std::filesystem::path& at);
/// Mounts a machine's root: `layers` (first on top) below `upper`.
base::Result<> mount_root(const std::vector<std::string>& layers,
                          const std::filesystem::path& upper, const std::filesystem::path& work,
                          const std::filesystem::path& at);
/// Unmounts everything at and below `directory`, the last mounted first.
base::Result<> unmount_below(const std::filesystem::path& directory);

/// Mount points at and below `directory` in mounting order, out of the text of mountinfo.
std::vector<std::string> mounts_in(std::string_view mountinfo,
                                   const std::filesystem::path& directory);
std::vector<std::string> mounts_below(const std::filesystem::path& directory);

}  // namespace slipway::cloud::local
