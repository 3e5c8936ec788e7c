// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/loop_device.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>

#include "controller/cloud/local/system.hpp"

namespace slipway::cloud::local {
namespace fs = std::filesystem;
using base::ErrorCode;
using base::fail;

namespace {
constexpr int kAttempts = 64;  ///< others take free devices too

bool is_below(const std::string& path, const std::string& directory) {
  return path == directory || path.starts_with(directory + "/");
}

// Without udev and devtmpfs nobody makes the node of a device beyond the first eight.
base::Result<Fd> open_loop(unsigned number) {
  std::string path = "/dev/loop" + std::to_string(number);
  Fd device(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!device && errno == ENOENT) {
    mknod(path.c_str(), S_IFBLK | 0600, makedev(LoopDevice::kMajor, number));
    device = Fd(open(path.c_str(), O_RDWR | O_CLOEXEC));
  }
  if (!device) return system_failure(path);
  return device;
}
}  // namespace

std::vector<LoopDevice> loops_below(const fs::path& directory) {
  std::vector<LoopDevice> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/sys/block", error)) {
    std::string name = entry.path().filename();
    if (!name.starts_with("loop")) continue;
    std::ifstream in(entry.path() / "loop/backing_file");
    std::string file;
    if (!std::getline(in, file)) continue;
    constexpr std::string_view kDeleted = " (deleted)";
    if (file.ends_with(kDeleted)) file.resize(file.size() - kDeleted.size());
    LoopDevice device;
    std::from_chars(name.data() + 4, name.data() + name.size(), device.number);
    device.file = file;
    if (is_below(file, directory.string())) found.push_back(device);
  }
  return found;
}

base::Result<LoopDevice> attach_loop(const fs::path& file) {
  if (auto found = loops_below(file); !found.empty()) return found.front();
  Fd backing(open(file.c_str(), O_RDWR | O_CLOEXEC));
  if (!backing) return system_failure(file.string());
  Fd control(open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control) return system_failure("/dev/loop-control");
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    int number = ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) return system_failure("no free loop device");
    auto device = open_loop(static_cast<unsigned>(number));
    if (!device) return fail(device);
    loop_config config{};
    config.fd = static_cast<__u32>(backing.get());
    std::string name = file.string().substr(0, LO_NAME_SIZE - 1);
    std::memcpy(config.info.lo_file_name, name.data(), name.size());
    if (ioctl(device->get(), LOOP_CONFIGURE, &config) == 0) {
      return LoopDevice{static_cast<unsigned>(number), file};
    }
    if (errno != EBUSY) return system_failure("attach " + file.string());
  }
  return fail(ErrorCode::kUnavailable, "no free loop device for " + file.string());
}

base::Result<> detach_loops(const fs::path& directory) {
  base::Result<> outcome;
  for (const LoopDevice& loop : loops_below(directory)) {
    auto device = open_loop(loop.number);
    if (!device) {
      outcome = fail(device);
    } else if (ioctl(device->get(), LOOP_CLR_FD) != 0 && errno != ENXIO) {
      outcome = system_failure("detach " + loop.path());
    }
  }
  return outcome;
}

}  // namespace slipway::cloud::local
