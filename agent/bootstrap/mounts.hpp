// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace slipway::bootstrap {

/// A line of /proc/self/mounts.
struct Mount {
  std::string device;
  std::string point;
  std::string type;
};

/// The mount table, oldest first; its octal escapes are undone.
std::vector<Mount> parse_mounts(std::string_view table);
/// Who is mounted at exactly `point` now, nullptr for none.
const Mount* mounted_at(const std::vector<Mount>& mounts, std::string_view point);
/// The mount that `path` lies on; nullptr for an empty table.
const Mount* mount_of(const std::vector<Mount>& mounts, std::string_view path);

}  // namespace slipway::bootstrap
