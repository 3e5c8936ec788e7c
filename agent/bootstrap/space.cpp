// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "agent/bootstrap/mounts.hpp"

namespace slipway::bootstrap {
namespace {

constexpr std::uint64_t kMib = 1 << 20;
constexpr std::size_t kNamed = 4;  ///< full file systems in one message

/// "3 of 40960 MiB free"; empty while there is space.
std::string fullness(Host& host, const std::filesystem::path& path) {
  const auto space = host.space(path);
  if (!space || space->free_bytes >= std::min(kLeastFreeBytes, space->total_bytes / 10)) return {};
  return fmt::format("{} of {} MiB free", space->free_bytes / kMib, space->total_bytes / kMib);
}

/// Where this machine keeps things: its own disks, not what the kernel mounts of itself.
bool holds_data(const Mount& mount) {
  return mount.type == "xfs" || mount.type == "ext4" || mount.type == "overlay" ||
         mount.type == "tmpfs";
}

}  // namespace

base::Result<> check_space(Host& host, const std::filesystem::path& path, const std::string& what) {
  const auto full = fullness(host, path);
  if (full.empty()) return {};
  return base::fail(base::ErrorCode::kExhausted,
                    fmt::format("{} at {} is full: {}, at least {} MiB are needed; make room "
                                "there, or give it a larger disk",
                                what, path.string(), full, kLeastFreeBytes / kMib));
}

std::string with_full_disks(Host& host, std::string why) {
  if (why.find("o space left on device") == std::string::npos) return why;
  const auto table = host.read("/proc/self/mounts");
  std::set<std::string> told;
  std::string places;
  for (const auto& mount : parse_mounts(table.value_or(""))) {
    // pods' root file systems are overlays on one disk, each tmpfs is one of its own
    const auto one = mount.type == "tmpfs" ? mount.point : mount.device;
    if (!holds_data(mount) || told.size() == kNamed || told.contains(one)) continue;
    const auto full = fullness(host, mount.point);
    if (full.empty()) continue;
    told.insert(one);
    places += fmt::format("{}{}: {}", places.empty() ? "" : ", ", mount.point, full);
  }
  return places.empty() ? why : fmt::format("{} (full: {})", why, places);
}

}  // namespace slipway::bootstrap
