// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/power.hpp"

#include <signal.h>
#include <sys/utsname.h>

#include <thread>

#include "controller/cloud/local/console.hpp"
#include "controller/cloud/local/disk.hpp"
#include "controller/cloud/local/loop_device.hpp"
#include "controller/cloud/local/mounts.hpp"
#include "controller/cloud/local/seed.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::cloud::local {
namespace fs = std::filesystem;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {
constexpr std::chrono::milliseconds kShutDownLook{100};
constexpr std::chrono::milliseconds kShutDownRepeat{1000};

Result<> make_directories(std::initializer_list<fs::path> paths) {
  for (const auto& path : paths) {
    std::error_code error;
    fs::create_directories(path, error);
    if (!error) fs::permissions(path, static_cast<fs::perms>(0755), error);
    if (error) return fail(ErrorCode::kInternal, path.string() + ": " + error.message());
  }
  return {};
}

std::string new_machine_id() {
  auto text = base::read_file("/proc/sys/kernel/random/uuid", 64).value_or("");
  std::erase_if(text, [](char c) { return c == '-' || c == '\n'; });
  return text;
}

// What the host has of its kernel's modules and configuration, for modprobe and kubeadm's checks.
std::vector<BindMount> kernel_files() {
  utsname kernel{};
  uname(&kernel);
  std::vector<BindMount> binds;
  std::error_code error;
  for (std::string path :
       {std::string("/lib/modules"), std::string("/boot/config-") + kernel.release}) {
    if (fs::exists(path, error)) binds.push_back({path, path, false});
  }
  return binds;
}
}  // namespace

Task<Result<>> Power::make(MachineRecord machine, std::optional<fs::path> store) {
  MachineFiles files = files_of(layout_, machine.id);
  for (VolumeRecord volume : machine.volumes) {
    auto made = co_await make_disk(pool_, volume, files.volume(volume.id.value), store);
    if (!made) co_return made;
  }
  co_return co_await base::offload(pool_, [machine, files]() -> Result<> {
    auto system = attach_loop(files.volume(machine.volumes.front().id.value));
    if (!system) return fail(system);
    if (auto ok = mount_disk(system->path(), files.disk()); !ok) return ok;
    auto ok = make_directories({files.upper(), files.work(), files.kubelet()});
    if (!ok) return ok;
    return write_seed(files.upper(), seed_files(machine, new_machine_id()));
  });
}

Result<std::vector<BlockDevice>> Power::mount_all(const MachineRecord& machine) {
  MachineFiles files = files_of(layout_, machine.id);
  std::vector<BlockDevice> disks;
  for (const VolumeRecord& volume : machine.volumes) {
    auto loop = attach_loop(files.volume(volume.id.value));
    if (!loop) return fail(loop);
    if (disks.empty()) {
      if (auto ok = mount_disk(loop->path(), files.disk()); !ok) return fail(ok);
    }
    disks.push_back({volume.device, LoopDevice::kMajor, loop->number});
  }
  std::error_code ignored;
  fs::remove(files.upper() / kPowerFile, ignored);
  auto ok = mount_root(machine.layers, files.upper(), files.work(), files.root());
  if (!ok) return fail(ok);
  return disks;
}

OciInput Power::oci_input(const MachineRecord& machine, std::vector<BlockDevice> disks,
                          const std::string& terminal) const {
  MachineFiles files = files_of(layout_, machine.id);
  OciInput input;
  input.host_name = machine.name;
  input.root = files.root();
  input.network_namespace = Layout::netns_path(layout_.machine(machine.id.value));
  input.cgroups_path = cgroups_path(layout_, cgroups_, machine.id.value);
  input.capabilities = machine_capabilities(bounding_capabilities());
  input.disks = std::move(disks);
  input.binds = kernel_files();
  input.binds.push_back({files.kubelet(), "/var/lib/kubelet"});
  input.binds.push_back({terminal, "/dev/console"});
  input.cpus = machine.cpus;
  input.host_cpus = std::thread::hardware_concurrency();
  input.memory_bytes = machine.memory_bytes;
  return input;
}

Task<Result<pid_t>> Power::on(MachineRecord machine) {
  if (pid_t pid = first_process(layout_, machine.id); pid != 0) co_return pid;
  auto pid = co_await boot(machine);
  if (!pid) (void)co_await off(machine);
  co_return pid;
}

Task<Result<pid_t>> Power::boot(MachineRecord machine) {
  MachineFiles files = files_of(layout_, machine.id);
  if (auto ok = co_await runc_.remove(machine.id); !ok) co_return fail(ok);
  auto disks = co_await base::offload(pool_, [this, &machine] { return mount_all(machine); });
  if (!disks) co_return fail(disks);
  if (auto ok = co_await router_.attach(machine); !ok) co_return fail(ok);
  auto console = co_await base::offload(pool_, [files] { return open_console(files); });
  if (!console) co_return fail(console);
  auto made = make_directories({files.bundle()});
  if (!made) co_return fail(made);
  auto written = base::write_file(files.bundle() / "config.json",
                                  oci_spec(oci_input(machine, *disks, console->path)), 0600);
  if (!written) co_return fail(written);
  auto ran = co_await runc_.run(machine.id, console->terminal.get());
  if (!ran) co_return fail(ran);
  pid_t pid = first_process(layout_, machine.id);
  if (pid == 0) {
    co_return fail(ErrorCode::kInternal, "machine " + machine.name + " ended as it started");
  }
  co_return pid;
}

Task<Result<>> Power::off(MachineRecord machine) {
  MachineFiles files = files_of(layout_, machine.id);
  Result<> outcome = co_await runc_.remove(machine.id);
  close_console(files);
  auto detached = co_await router_.detach(machine);
  auto released = co_await base::offload(pool_, [files]() -> Result<> {
    auto unmounted = unmount_below(files.directory);
    auto loops = detach_loops(files.directory);
    return unmounted ? loops : unmounted;
  });
  if (outcome) outcome = detached;
  if (outcome) outcome = released;
  co_return outcome;
}

Task<Result<>> Power::shut_down(MachineRecord machine, base::Duration limit) {
  for (base::Duration waited{}; waited < limit; waited += kShutDownLook) {
    if (first_process(layout_, machine.id) == 0) co_return Result<>{};
    if (waited % kShutDownRepeat == base::Duration{}) {  // systemd, still starting, may miss one
      (void)co_await runc_.signal(machine.id, SIGRTMIN + 3);  // systemd: halt
    }
    co_await base::sleep_for(kShutDownLook);
  }
  spdlog::warn("machine {} did not shut down in time and is switched off", machine.name);
  co_return Result<>{};
}

Task<Result<>> Power::erase(MachineRecord machine) {
  if (auto ok = co_await off(machine); !ok) co_return ok;
  MachineFiles files = files_of(layout_, machine.id);
  co_return co_await base::offload(pool_, [files]() -> Result<> {
    if (!mounts_below(files.directory).empty()) {
      return fail(ErrorCode::kUnavailable, files.directory.string() + " is still mounted");
    }
    std::error_code error;  // the record last: it is what a repetition starts from
    for (const auto& entry : fs::directory_iterator(files.directory, error)) {
      if (entry.path() != files.record()) fs::remove_all(entry.path(), error);
      if (error) return fail(ErrorCode::kInternal, entry.path().string() + ": " + error.message());
    }
    fs::remove_all(files.directory, error);
    if (error) return fail(ErrorCode::kInternal, files.directory.string() + ": " + error.message());
    return {};
  });
}

std::string last_words(const Layout& layout, const base::ResourceId& id) {
  auto text = base::read_file(files_of(layout, id).upper() / kPowerFile, 64);
  if (!text) return {};
  while (text->ends_with('\n')) text->pop_back();
  return *text;
}

}  // namespace slipway::cloud::local
