// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/machine_spec.hpp"

#include <algorithm>
#include <set>

#include "controller/cloud/local/disk.hpp"

namespace slipway::cloud::local {
using base::ErrorCode;
using base::fail;
using base::Result;

namespace {
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
constexpr std::uint64_t kSmallestDiskBytes = std::uint64_t{300} << 20;  ///< XFS takes no less
constexpr std::uint64_t kLargestDiskBytes = std::uint64_t{16} << 40;
constexpr std::size_t kVolumeLimit = 16;
constexpr std::size_t kUserDataLimit = 64 << 10;

bool is_dns_label(const std::string& name) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !name.empty() && name.size() <= 63 && std::ranges::all_of(name, allowed) &&
         name.front() != '-' && name.back() != '-';
}

Result<> check_volumes(const std::vector<VolumeSpec>& volumes) {
  if (volumes.size() > kVolumeLimit) {
    return fail(ErrorCode::kInvalid, "a machine has at most 16 volumes", "volumes");
  }
  std::set<std::string> ids;
  for (const auto& volume : volumes) {
    if (auto ok = Layout::check_id(volume.id.value); !ok) return ok;
    if (!ids.insert(volume.id.value).second) {
      return fail(ErrorCode::kInvalid, "two volumes have one id", "volumes");
    }
    bool system = volume.purpose == "system";
    std::uint64_t least = system ? kSmallestSystemDiskBytes : kSmallestDiskBytes;
    if (volume.size_bytes < least || volume.size_bytes > kLargestDiskBytes) {
      return fail(ErrorCode::kInvalid,
                  "volume " + volume.name + " must have between " + std::to_string(least >> 20) +
                      " MiB and 16 TiB",
                  "volumes");
    }
  }
  auto systems = std::ranges::count(volumes, "system", &VolumeSpec::purpose);
  if (systems > 1) return fail(ErrorCode::kInvalid, "a machine has one system disk", "volumes");
  return {};
}

std::vector<VolumeRecord> volumes_of(const MachineSpec& spec) {
  std::vector<VolumeRecord> records;
  auto system = std::ranges::find(spec.volumes, "system", &VolumeSpec::purpose);
  if (system == spec.volumes.end()) {
    records.push_back(
        {{spec.id.value + "-system"}, "system", "system", kSystemDiskBytes, "/dev/vda"});
  } else {
    records.push_back({system->id, system->name, "system", system->size_bytes, "/dev/vda"});
  }
  char letter = 'b';
  for (const auto& volume : spec.volumes) {
    if (volume.purpose == "system") continue;
    records.push_back({volume.id, volume.name, volume.purpose, volume.size_bytes,
                       std::string("/dev/vd") + letter++});
  }
  return records;
}
}  // namespace

const std::vector<Flavor>& local_flavors() {
  static const std::vector<Flavor> flavors{
      {"local.small", 2, 2 * kGiB}, {"local.medium", 4, 4 * kGiB}, {"local.large", 4, 8 * kGiB}};
  return flavors;
}

Result<MachineRecord> record_of(const MachineSpec& spec) {
  if (auto ok = Layout::check_id(spec.id.value); !ok) return fail(ok);
  if (!is_dns_label(spec.name)) {
    return fail(ErrorCode::kInvalid, "machine name is no DNS label: " + spec.name, "name");
  }
  auto flavor = std::ranges::find(local_flavors(), spec.flavor, &Flavor::name);
  if (flavor == local_flavors().end()) {
    return fail(ErrorCode::kInvalid,
                "no flavor " + spec.flavor + ": take local.small, local.medium or local.large",
                "flavor");
  }
  if (spec.user_data.size() > kUserDataLimit) {
    return fail(ErrorCode::kInvalid, "user data is over 64 KiB", "userData");
  }
  if (auto ok = check_volumes(spec.volumes); !ok) return fail(ok);
  MachineRecord record;
  record.id = spec.id;
  record.name = spec.name;
  record.cpus = flavor->cpus;
  record.memory_bytes = flavor->memory_bytes;
  record.user_data = spec.user_data;
  record.volumes = volumes_of(spec);
  return record;
}

Machine machine_of(const MachineRecord& record, const Layout& layout, MachineState state) {
  Machine machine{
      record.id, layout.machine(record.id.value), record.name, state, record.detail, record.address,
      {}};
  for (const auto& volume : record.volumes) {
    machine.volumes.push_back({volume.id, files_of(layout, record.id).volume(volume.id.value),
                               volume.size_bytes, machine.cloud_id, volume.device});
  }
  return machine;
}

}  // namespace slipway::cloud::local
