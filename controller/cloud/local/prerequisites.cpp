// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/prerequisites.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <sstream>

#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/process.hpp"

namespace slipway::cloud::local {
namespace fs = std::filesystem;
using base::Task;

namespace {
constexpr std::uint64_t kFreeBytesNeeded = std::uint64_t{4} << 30;
constexpr long kInotifyInstances = 4096;  ///< systemd, containerd and kubelet of some 40 machines

struct Program {
  const char* name;
  const char* package;
};
constexpr Program kPrograms[] = {{"runc", "runc"},         {"ip", "iproute2"},
                                 {"mkfs.xfs", "xfsprogs"}, {"xfs_admin", "xfsprogs"},
                                 {"setsid", "util-linux"}, {"cat", "coreutils"},
                                 {"nsenter", "util-linux"}};

bool exists(const char* path) {
  std::error_code error;
  return fs::exists(path, error);
}

bool has_filesystem(std::string_view name) {
  auto text = base::read_file("/proc/filesystems", 1 << 16);
  if (!text) return false;
  std::istringstream words(*text);
  std::string word;
  while (words >> word) {
    if (word == name) return true;
  }
  return false;
}

Task<> load_module(std::string name) {
  if (!has_program("modprobe")) co_return;
  base::Command command;
  command.argv = {"modprobe", name};
  auto done = co_await base::run(std::move(command));
  if (!done || done->code != 0) spdlog::debug("modprobe {} did nothing", name);
}

void raise_inotify_limit() {
  const char* path = "/proc/sys/fs/inotify/max_user_instances";
  auto text = base::read_file(path, 64);
  long now = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), now);
  if (now >= kInotifyInstances) return;
  std::FILE* file = std::fopen(path, "we");
  bool raised = file != nullptr && std::fprintf(file, "%ld\n", kInotifyInstances) > 0;
  if (file != nullptr) raised = std::fclose(file) == 0 && raised;
  if (raised) {
    spdlog::info("raised fs.inotify.max_user_instances from {} to {}", now, kInotifyInstances);
  } else {
    spdlog::warn("fs.inotify.max_user_instances is {}: more than some 5 machines may not start",
                 now);
  }
}
}  // namespace

bool has_program(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream directories(std::string(path == nullptr ? "" : path) + ":/usr/sbin:/sbin");
  std::string directory;
  while (std::getline(directories, directory, ':')) {
    if (!directory.empty() && access((directory + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

Task<std::vector<std::string>> missing_prerequisites(fs::path directory) {
  std::vector<std::string> missing;
  if (geteuid() != 0) {
    missing.push_back("machines are made by root: start the controller as root");
    co_return missing;
  }
  for (const Program& program : kPrograms) {
    if (has_program(program.name)) continue;
    missing.push_back(
        fmt::format("{} is not installed: apt-get install {}", program.name, program.package));
  }
  for (std::string name : {"overlay", "xfs"}) {
    if (!has_filesystem(name)) co_await load_module(name);
    if (!has_filesystem(name)) {
      missing.push_back("the kernel has no file system " + name + ": load its module");
    }
  }
  if (!exists("/dev/loop-control")) co_await load_module("loop");
  if (!exists("/dev/loop-control")) missing.push_back("no /dev/loop-control: modprobe loop");
  if (!exists("/proc/sys/net/bridge")) co_await load_module("br_netfilter");
  if (!exists("/sys/fs/cgroup/cgroup.controllers") && !exists("/sys/fs/cgroup/memory")) {
    missing.push_back("no cgroup file system at /sys/fs/cgroup (v2, or v1 with memory)");
  }
  struct statvfs space{};
  if (statvfs(directory.c_str(), &space) == 0 &&
      space.f_bavail * space.f_frsize < kFreeBytesNeeded) {
    missing.push_back(fmt::format("only {} MiB free at {}: machines need at least {} MiB",
                                  space.f_bavail * space.f_frsize >> 20, directory.string(),
                                  kFreeBytesNeeded >> 20));
  }
  raise_inotify_limit();
  co_return missing;
}

}  // namespace slipway::cloud::local
