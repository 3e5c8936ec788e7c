// SPDX-License-Identifier: Apache-2.0
#include "agent/facts/disks.hpp"

#include <sys/statvfs.h>

#include <map>

#include "agent/facts/proc_text.hpp"
#include "protocol/base/files.hpp"

namespace slipway::facts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxDisks = 64;

void measure(wire::Disk& disk, const fs::path& point) {
  struct statvfs use{};
  if (::statvfs(point.c_str(), &use) != 0) return;
  disk.set_size_bytes(static_cast<std::uint64_t>(use.f_blocks) * use.f_frsize);
  disk.set_used_bytes(static_cast<std::uint64_t>(use.f_blocks - use.f_bfree) * use.f_frsize);
}

}  // namespace

std::vector<wire::Disk> disks(const fs::path& root) {
  std::map<std::string, wire::Disk> found;
  const auto mounts = base::read_file(root / "proc/self/mounts").value_or("");
  for (const auto& mount : parse_device_mounts(mounts)) {
    if (mount.device.starts_with("/dev/pts") || mount.device.starts_with("/dev/fuse")) continue;
    auto& disk = found[mount.device];
    if (!disk.mount().empty() && disk.mount().size() <= mount.point.size()) continue;
    disk.set_device(mount.device);
    disk.set_filesystem(mount.type);
    disk.set_mount(mount.point);
    measure(disk, root / fs::path(mount.point).relative_path());
  }
  const auto partitions = base::read_file(root / "proc/partitions").value_or("");
  for (const auto& partition : parse_partitions(partitions)) {
    const auto device = "/dev/" + partition.name;
    std::error_code ignored;
    // in a container the host's disks are listed too, but have no device here
    if (found.contains(device) || !fs::exists(root / fs::path(device).relative_path(), ignored))
      continue;
    auto& disk = found[device];
    disk.set_device(device);
    disk.set_size_bytes(partition.size_bytes);
  }
  std::vector<wire::Disk> list;
  for (auto& [device, disk] : found)
    if (list.size() < kMaxDisks) list.push_back(std::move(disk));
  return list;
}

}  // namespace slipway::facts
