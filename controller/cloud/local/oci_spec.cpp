// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/oci_spec.hpp"

#include <sys/prctl.h>

#include <array>
#include <boost/json.hpp>
#include <string_view>

namespace slipway::cloud::local {
namespace json = boost::json;

namespace {
// In the order of their numbers (linux/capability.h); empty: not for a machine.
constexpr std::array<std::string_view, 41> kCapabilities = {"CHOWN",
                                                            "DAC_OVERRIDE",
                                                            "DAC_READ_SEARCH",
                                                            "FOWNER",
                                                            "FSETID",
                                                            "KILL",
                                                            "SETGID",
                                                            "SETUID",
                                                            "SETPCAP",
                                                            "LINUX_IMMUTABLE",
                                                            "NET_BIND_SERVICE",
                                                            "NET_BROADCAST",
                                                            "NET_ADMIN",
                                                            "NET_RAW",
                                                            "IPC_LOCK",
                                                            "IPC_OWNER",
                                                            "" /* SYS_MODULE */,
                                                            "" /* SYS_RAWIO */,
                                                            "SYS_CHROOT",
                                                            "SYS_PTRACE",
                                                            "SYS_PACCT",
                                                            "SYS_ADMIN",
                                                            "SYS_BOOT",
                                                            "SYS_NICE",
                                                            "SYS_RESOURCE",
                                                            "" /* SYS_TIME */,
                                                            "SYS_TTY_CONFIG",
                                                            "MKNOD",
                                                            "LEASE",
                                                            "AUDIT_WRITE",
                                                            "AUDIT_CONTROL",
                                                            "SETFCAP",
                                                            "MAC_OVERRIDE",
                                                            "MAC_ADMIN",
                                                            "SYSLOG",
                                                            "WAKE_ALARM",
                                                            "BLOCK_SUSPEND",
                                                            "AUDIT_READ",
                                                            "PERFMON",
                                                            "BPF",
                                                            "CHECKPOINT_RESTORE"};

constexpr std::int64_t kCpuPeriodUs = 100'000;
constexpr std::int64_t kSharesOfACpu = 1024;  ///< as of one process of the host

template <class... Option>
json::object mount(std::string_view destination, std::string_view type, std::string_view source,
                   Option... option) {
  return {{"destination", destination},
          {"type", type},
          {"source", source},
          {"options", json::array{option...}}};
}

json::array mounts(const OciInput& input) {
  json::array all{
      mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
      mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
      mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666",
            "mode=0620", "gid=5"),
      mount("/dev/shm", "tmpfs", "shm", "nosuid", "nodev", "mode=1777", "size=67108864"),
      mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
      mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "rw"),
      mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "rw"),
      mount("/run", "tmpfs", "tmpfs", "nosuid", "nodev", "mode=755"),
      mount("/tmp", "tmpfs", "tmpfs", "nosuid", "nodev", "mode=1777")};
  for (const auto& bind : input.binds) {
    all.push_back(
        mount(bind.destination, "bind", bind.source, "rbind", bind.writable ? "rw" : "ro"));
  }
  return all;
}

json::array devices(const OciInput& input) {
  json::array all;
  auto add = [&](std::string_view path, const char* type, unsigned major, unsigned minor,
                 unsigned mode) {
    all.push_back(json::object{{"path", path},
                               {"type", type},
                               {"major", major},
                               {"minor", minor},
                               {"fileMode", mode},
                               {"uid", 0},
                               {"gid", 0}});
  };
  add("/dev/kmsg", "c", 1, 11, 0666);  // kubelet's watch for killed processes opens it
  add("/dev/fuse", "c", 10, 229, 0666);
  add("/dev/net/tun", "c", 10, 200, 0666);
  for (const auto& disk : input.disks) add(disk.path, "b", disk.major, disk.minor, 0660);
  return all;
}

json::object resources(const OciInput& input) {
  // Privileged pods need every device, and on cgroup v1 a child never has more than its parent.
  json::object all{{"devices", json::array{json::object{{"allow", true}, {"access", "rwm"}}}}};
  if (input.memory_bytes > 0) all["memory"] = json::object{{"limit", input.memory_bytes}};
  if (input.cpus > 0) {
    json::object cpu{{"shares", input.cpus * kSharesOfACpu}};  // a busy host is shared by flavour
    if (input.cpus < input.host_cpus) {
      cpu["quota"] = input.cpus * kCpuPeriodUs;
      cpu["period"] = kCpuPeriodUs;
    }
    all["cpu"] = std::move(cpu);
  }
  return all;
}
}  // namespace

std::string oci_spec(const OciInput& input) {
  json::array capabilities(input.capabilities.begin(), input.capabilities.end());
  json::array namespaces;
  for (const char* type : {"pid", "ipc", "uts", "mount", "cgroup"}) {
    namespaces.push_back(json::object{{"type", type}});
  }
  namespaces.push_back(json::object{{"type", "network"}, {"path", input.network_namespace}});
  json::array environment{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                          "container=oci",
                          "TERM=dumb",  // the console is a log
                          "MACHINE_MEM_MB=" + std::to_string(input.memory_bytes >> 20),
                          "MACHINE_CPUS=" + std::to_string(input.cpus)};
  json::object process{{"terminal", false},
                       {"user", json::object{{"uid", 0}, {"gid", 0}}},
                       {"args", json::array{"/usr/local/sbin/machine-init"}},
                       {"cwd", "/"},
                       {"env", std::move(environment)},
                       {"capabilities", json::object{{"bounding", capabilities},
                                                     {"effective", capabilities},
                                                     {"permitted", capabilities}}},
                       {"noNewPrivileges", false}};
  return json::serialize(
      json::object{{"ociVersion", "1.0.2"},
                   {"hostname", input.host_name},
                   {"process", std::move(process)},
                   {"root", json::object{{"path", input.root}, {"readonly", false}}},
                   {"mounts", mounts(input)},
                   {"linux", json::object{{"resources", resources(input)},
                                          {"cgroupsPath", input.cgroups_path},
                                          {"namespaces", std::move(namespaces)},
                                          {"devices", devices(input)},
                                          {"rootfsPropagation", "private"}}}});
}

std::vector<std::string> machine_capabilities(std::uint64_t bounding) {
  std::vector<std::string> names;
  for (std::size_t number = 0; number < kCapabilities.size(); ++number) {
    if ((bounding >> number & 1) != 0 && !kCapabilities[number].empty()) {
      names.push_back("CAP_" + std::string(kCapabilities[number]));
    }
  }
  return names;
}

std::uint64_t bounding_capabilities() {
  std::uint64_t set = 0;
  for (unsigned number = 0; number < 64; ++number) {
    if (prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1) set |= std::uint64_t{1} << number;
  }
  return set;
}

}  // namespace slipway::cloud::local
