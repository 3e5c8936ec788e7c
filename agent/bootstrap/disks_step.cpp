// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "agent/bootstrap/mounts.hpp"
#include "agent/bootstrap/space.hpp"
#include "agent/bootstrap/steps.hpp"

namespace slipway::bootstrap {
namespace {

constexpr std::size_t kBlankBytes = 1 << 20;  // that must be zero before a disk counts as blank
constexpr std::chrono::seconds kDevicePatience{30};
constexpr auto kMountTable = "/proc/self/mounts";
constexpr auto kKubeletDirectory = "/var/lib/kubelet";
constexpr auto kFormatting = "/var/lib/slipway/formatting";  // a file per purpose, while mkfs runs

using Probe = std::map<std::string, std::string>;  // blkid's TYPE, LABEL, PTTYPE …

Probe parse_probe(std::string_view text) {
  Probe probe;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    if (const auto equals = line.find('='); equals != line.npos)
      probe.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return probe;
}

std::string describe(Probe probe) {
  std::string text;
  if (!probe["TYPE"].empty()) text = "a file system or volume of type " + probe["TYPE"];
  if (!probe["PTTYPE"].empty())
    text += (text.empty() ? "" : " and ") + ("a partition table (" + probe["PTTYPE"] + ")");
  if (!probe["LABEL"].empty()) text += " labelled '" + probe["LABEL"] + "'";
  return text.empty() ? "data of a kind that blkid does not name" : text;
}

std::unexpected<base::Error> in_use(const wire::DiskAssignment& disk, std::string_view by) {
  return base::fail(base::ErrorCode::kDenied,
                    fmt::format("{} is to hold {}, but holds {}: it is left alone; wipe it or "
                                "assign another disk",
                                disk.device(), disk.purpose(), by));
}

/// True when the disk is blank, false when it holds this purpose's file system already.
base::Task<base::Result<bool>> is_blank(const StepContext& context,
                                        const wire::DiskAssignment& disk) {
  auto exit = co_await context.ask({"blkid", "-p", "-o", "export", disk.device()});
  if (!exit) co_return base::fail(exit);
  if (exit->code == 0) {
    Probe probe = parse_probe(exit->output);
    const bool ours =
        probe["TYPE"] == "xfs" && probe["PTTYPE"].empty() && probe["LABEL"] == disk.purpose();
    if (!ours) co_return in_use(disk, describe(std::move(probe)));
    co_return false;
  }
  if (exit->code == 8) co_return in_use(disk, "signatures of more than one kind");
  if (exit->code != 2)
    co_return base::fail(
        base::ErrorCode::kInternal,
        fmt::format("blkid {} ended with {}: {}", disk.device(), exit->code, exit->output));
  const auto head = context.host.read_head(disk.device(), kBlankBytes);
  if (!head) co_return base::fail(head);
  const auto used = std::ranges::find_if(*head, [](char c) { return c != 0; });
  if (used != head->end())
    co_return in_use(
        disk, fmt::format("data of an unknown kind (not zero at byte {})", used - head->begin()));
  co_return true;
}

std::filesystem::path mark_of(const wire::DiskAssignment& disk) {
  return std::filesystem::path(kFormatting) / disk.purpose();
}

/// mkfs writes the label long before it is done: a disk whose formatting was cut off looks like one
/// of ours and cannot be mounted. So a file says that it has begun, on a disk that was blank then.
StepResult format(const StepContext& context, const wire::DiskAssignment& disk) {
  const auto begun = mark_of(disk);
  if (auto marked = context.host.write(begun, disk.device(), 0600); !marked) co_return marked;
  auto made =
      co_await context.command({"mkfs.xfs", "-q", "-f", "-L", disk.purpose(), disk.device()});
  if (!made) co_return base::fail(made);
  context.log("formatted " + disk.device() + " for " + disk.purpose());
  co_return context.host.remove(begun);
}

std::string mount_point(const wire::DiskAssignment& disk) {
  return disk.mount().empty() ? "/var/lib/" + disk.purpose() : disk.mount();
}

/// True when the disk is where it shall be; kConflict when it, or another, is elsewhere.
base::Result<bool> is_mounted(const StepContext& context, const wire::DiskAssignment& disk) {
  const auto table = context.host.read(kMountTable);
  if (!table) return base::fail(table);
  const auto mounts = parse_mounts(*table);
  const auto point = mount_point(disk);
  if (const Mount* there = mounted_at(mounts, point)) {
    if (there->device == disk.device()) return true;
    return base::fail(base::ErrorCode::kDenied, fmt::format("{} is mounted at {}, where {} belongs",
                                                            there->device, point, disk.device()));
  }
  const auto elsewhere = std::ranges::find(mounts, disk.device(), &Mount::device);
  if (elsewhere != mounts.end()) return in_use(disk, "what is mounted at " + elsewhere->point);
  return false;
}

/// Mounts it; formats it again where that was cut off. What can be mounted was finished and may
/// hold data: the mark of it is old then, since a loss of power may bring back a file that was
/// removed. nouuid: disks cloned from one template carry the same UUID, and one kernel may see
/// several.
base::Task<base::Result<std::string>> attach(const StepContext& context,
                                             const wire::DiskAssignment& disk) {
  const std::vector<std::string> mount{
      "mount", "-t", "xfs", "-o", "nouuid,noatime", disk.device(), mount_point(disk)};
  auto done = co_await context.command(mount);
  if (!context.host.exists(mark_of(disk))) co_return done;
  if (done) {
    if (auto removed = context.host.remove(mark_of(disk)); !removed) co_return base::fail(removed);
    co_return done;
  }
  auto formatted = co_await format(context, disk);
  if (!formatted) co_return base::fail(formatted);
  co_return co_await context.command(mount);
}

StepResult mount_disk(const StepContext& context, const wire::DiskAssignment& disk) {
  Wait device(context, fmt::format("the disk {} for {}", disk.device(), disk.purpose()),
              kDevicePatience);
  bool there = false;
  while (!there && co_await device.more()) {
    there = context.host.exists(disk.device());
    if (!there) device.found("there is no such device; attach it");
  }
  if (!there) co_return device.failure();

  const auto point = mount_point(disk);
  const auto mounted = is_mounted(context, disk);
  if (!mounted) co_return base::fail(mounted);
  if (*mounted) co_return base::Result<>{};
  const auto blank = co_await is_blank(context, disk);
  if (!blank) co_return base::fail(blank);
  if (*blank) {
    auto formatted = co_await format(context, disk);
    if (!formatted) co_return formatted;
  }
  if (auto made = context.host.make_directory(point, 0711); !made) co_return made;
  auto done = co_await attach(context, disk);
  if (!done)
    co_return base::fail(done.error().code, done.error().message +
                                                " (a damaged file system is not repaired by "
                                                "itself: xfs_repair " +
                                                disk.device() + ")");
  context.log(fmt::format("mounted {} at {}", disk.device(), point));
  auto grown = co_await context.ask({"xfs_growfs", point});
  if (!grown) co_return base::fail(grown);
  if (grown->code != 0)
    co_return base::fail(base::ErrorCode::kInternal,
                         fmt::format("xfs_growfs {}: {}", point, grown->output));
  co_return base::Result<>{};
}

/// kubelet's pods keep their data beside the containers where the root file system is an overlay.
StepResult place_kubelet(const StepContext& context) {
  const auto table = context.host.read(kMountTable);
  if (!table) co_return base::fail(table);
  const auto mounts = parse_mounts(*table);
  if (mounted_at(mounts, kKubeletDirectory)) co_return base::Result<>{};
  const Mount* below = mount_of(mounts, kKubeletDirectory);
  const auto disk = std::ranges::find(context.desired.disks(), std::string("containerd"),
                                      &wire::DiskAssignment::purpose);
  if (!below || below->type != "overlay" || disk == context.desired.disks().end())
    co_return base::Result<>{};
  const auto place = mount_point(*disk) + "/.kubelet";
  if (auto made = context.host.make_directory(place, 0700); !made) co_return made;
  if (auto made = context.host.make_directory(kKubeletDirectory, 0700); !made) co_return made;
  auto bound = co_await context.command({"mount", "--bind", place, kKubeletDirectory});
  if (!bound) co_return base::fail(bound);
  co_return base::Result<>{};
}

}  // namespace

StepResult run_disks(const StepContext& context) {
  if (auto room = check_space(context.host, "/", "the system disk"); !room) co_return room;
  for (const auto& disk : context.desired.disks()) {
    auto mounted = co_await mount_disk(context, disk);
    if (!mounted) co_return mounted;
    auto room = check_space(context.host, mount_point(disk),
                            fmt::format("the disk {} for {}", disk.device(), disk.purpose()));
    if (!room) co_return room;
  }
  if (context.desired.role() == wire::MASTER) {
    if (auto made = context.host.make_directory("/var/lib/etcd", 0700, "etcd"); !made)
      co_return made;
  }
  co_return co_await place_kubelet(context);
}

}  // namespace slipway::bootstrap
