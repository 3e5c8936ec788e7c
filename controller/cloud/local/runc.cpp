// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/runc.hpp"

#include <linux/magic.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "controller/cloud/local/spawn.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/process.hpp"

namespace slipway::cloud::local {
namespace fs = std::filesystem;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {
constexpr std::chrono::seconds kRuncLimit{60};
constexpr const char* kCgroups = "/sys/fs/cgroup";

std::string last_line(const fs::path& log) {
  auto text = base::read_file(log, 1 << 20);
  if (!text) return "no log";
  while (text->ends_with('\n')) text->pop_back();
  return text->substr(text->rfind('\n') + 1);
}

void remove_tree(const fs::path& cgroup) {
  std::error_code error;
  std::vector<fs::path> below{cgroup};
  auto walk = fs::recursive_directory_iterator(cgroup, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (walk->is_directory(error)) below.push_back(walk->path());
  }
  std::ranges::reverse(below);  // parents were found first
  for (const auto& directory : below) ::rmdir(directory.c_str());
}

/// cgroup v1 alone: there who is frozen does not die of SIGKILL, and a container's runc that was
/// killed while it had its container frozen thaws it no more.
void thaw(const fs::path& cgroup) {
  std::error_code error;
  auto walk = fs::recursive_directory_iterator(kCgroups / fs::path("freezer") / cgroup, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (walk->path().filename() == "freezer.state") std::ofstream(walk->path()) << "THAWED";
  }
}

fs::path cgroup_of(const Layout& layout, std::string_view id) {
  return id.empty() ? fs::path(layout.cgroup()) : fs::path(layout.cgroup()) / id;
}
}  // namespace

CgroupMode host_cgroups() {
  struct statfs facts{};
  bool unified = statfs(kCgroups, &facts) == 0 && facts.f_type == CGROUP2_SUPER_MAGIC;
  std::error_code error;
  return {unified && fs::is_directory("/run/systemd/system", error)};
}

std::string cgroups_path(const Layout& layout, CgroupMode mode, std::string_view id) {
  if (mode.by_systemd) return "machine.slice:" + layout.cgroup() + ":" + std::string(id);
  return "/" + layout.cgroup() + "/" + std::string(id);
}

void remove_cgroups(const Layout& layout, std::string_view id) {
  const auto below = cgroup_of(layout, id);
  std::error_code error;
  remove_tree(kCgroups / below);  // v2; v1 has a tree for each controller
  for (const auto& controller : fs::directory_iterator(kCgroups, error)) {
    if (controller.is_directory(error) && fs::exists(controller.path() / below, error)) {
      remove_tree(controller.path() / below);
    }
  }
}

std::vector<std::string> runc_command(const Layout& layout, CgroupMode mode) {
  std::vector<std::string> argv{"runc"};
  if (mode.by_systemd) argv.push_back("--systemd-cgroup");
  argv.push_back("--root");
  argv.push_back(layout.runc_root());
  return argv;
}

Task<Result<>> Runc::run(base::ResourceId id, int terminal) {
  MachineFiles files = files_of(layout_, id);
  std::error_code ignored;
  fs::remove(files.runc_log(), ignored);
  fs::remove(files.pid_file(), ignored);
  auto argv = runc_command(layout_, mode_);
  for (std::string word :
       {std::string("--log"), files.runc_log().string(), std::string("run"),
        std::string("--detach"), std::string("--bundle"), files.bundle().string(),
        std::string("--pid-file"), files.pid_file().string(), layout_.machine(id.value)}) {
    argv.push_back(std::move(word));
  }
  auto code = co_await base::offload(pool_, [argv, terminal] {
    return spawn_and_wait(argv, {terminal, terminal, terminal}, kRuncLimit);
  });
  if (!code) co_return fail(code);
  if (*code != 0) {
    co_return fail(ErrorCode::kInternal, "runc run: " + last_line(files.runc_log()));
  }
  co_return Result<>{};
}

Task<Result<>> Runc::signal(base::ResourceId id, int number) {
  base::Command command;
  command.argv = runc_command(layout_, mode_);
  for (std::string word :
       {std::string("kill"), layout_.machine(id.value), std::to_string(number)}) {
    command.argv.push_back(std::move(word));
  }
  auto done = co_await base::run_ok(std::move(command));
  if (!done) co_return fail(done);
  co_return Result<>{};
}

Task<Result<>> Runc::remove(base::ResourceId id) {
  std::error_code ignored;
  std::string name = layout_.machine(id.value);
  if (const auto pid = first_process(layout_, id); pid != 0) ::kill(pid, SIGKILL);
  thaw(cgroup_of(layout_, id.value));
  if (fs::exists(layout_.runc_root() / name, ignored)) {
    base::Command command;
    command.argv = runc_command(layout_, mode_);
    for (std::string word : {std::string("delete"), std::string("--force"), name}) {
      command.argv.push_back(std::move(word));
    }
    auto done = co_await base::run(command);
    if (done && done->code != 0) {  // somebody was frozen until the machine's end came: not now
      thaw(cgroup_of(layout_, id.value));
      done = co_await base::run(command);
    }
    if (!done) co_return fail(done);
    if (done->code != 0 && first_process(layout_, id) != 0) {
      co_return fail(ErrorCode::kInternal, "runc delete " + name + ": " + done->output);
    }
    fs::remove_all(layout_.runc_root() / name, ignored);  // what a crash left half written
  }
  remove_cgroups(layout_, id.value);
  co_return Result<>{};
}

pid_t first_process(const Layout& layout, const base::ResourceId& id) {
  auto text = base::read_file(files_of(layout, id).pid_file(), 64);
  if (!text) return 0;
  pid_t pid = 0;
  std::from_chars(text->data(), text->data() + text->size(), pid);
  struct stat ours{}, its{};
  std::string theirs = "/proc/" + std::to_string(pid) + "/ns/net";
  bool runs = pid > 1 && stat(theirs.c_str(), &its) == 0 &&
              stat(Layout::netns_path(layout.machine(id.value)).c_str(), &ours) == 0 &&
              ours.st_ino == its.st_ino && ours.st_dev == its.st_dev;
  return runs ? pid : 0;
}

}  // namespace slipway::cloud::local
