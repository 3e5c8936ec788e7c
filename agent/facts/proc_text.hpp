// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report.pb.h"

/// The kernel's and systemd's texts as numbers; what is missing or malformed gives 0 or nothing.
namespace slipway::facts {

/// The first line of /proc/stat, in ticks.
struct CpuTicks {
  std::uint64_t busy = 0;
  std::uint64_t total = 0;
};
CpuTicks parse_cpu(std::string_view stat);
/// Share of all cores between two looks, 0 … 1.
double cpu_fraction(const CpuTicks& before, const CpuTicks& now);

/// A line of /proc/meminfo, in bytes.
std::uint64_t parse_meminfo(std::string_view meminfo, std::string_view name);

/// The first number of /proc/loadavg.
double parse_load1(std::string_view loadavg);

/// "some avg10" of a file in /proc/pressure, percent; -1 where it is not there.
double parse_pressure(std::string_view text);

/// A block device of /proc/partitions.
struct Partition {
  std::string name;
  std::uint64_t size_bytes = 0;
};
std::vector<Partition> parse_partitions(std::string_view text);

/// A line of /proc/self/mounts that lies on a block device.
struct DeviceMount {
  std::string device;
  std::string point;
  std::string type;
};
std::vector<DeviceMount> parse_device_mounts(std::string_view mounts);

/// The value of NAME= in os-release, unquoted.
std::string parse_os_release(std::string_view text, std::string_view name);

/// The blocks that `systemctl show --property=Id,ActiveState a b` prints.
std::vector<wire::Unit> parse_units(std::string_view text);

/// The first word that looks like a version (v1.20.2, 1.6.20~ds1).
std::string parse_version(std::string_view text);

}  // namespace slipway::facts
