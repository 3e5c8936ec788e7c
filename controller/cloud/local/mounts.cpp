// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/mounts.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <sstream>

#include "controller/cloud/local/system.hpp"
#include "protocol/base/files.hpp"

namespace slipway::cloud::local {
namespace fs = std::filesystem;

namespace {
// The kernel writes space, tab, newline and backslash as \ooo.
std::string unescaped(std::string_view field) {
  std::string plain;
  for (std::size_t at = 0; at < field.size(); ++at) {
    if (field[at] == '\\' && at + 3 < field.size()) {
      plain += static_cast<char>((field[at + 1] - '0') * 64 + (field[at + 2] - '0') * 8 +
                                 (field[at + 3] - '0'));
      at += 3;
    } else {
      plain += field[at];
    }
  }
  return plain;
}

base::Result<> mount_once(const std::string& source, const fs::path& at, const char* type,
                          unsigned long flags, const std::string& options) {
  std::error_code error;
  fs::create_directories(at, error);
  if (error) {
    return base::fail(base::ErrorCode::kInternal, at.string() + ": " + error.message());
  }
  auto below = mounts_below(at);
  if (std::ranges::find(below, at.string()) != below.end()) return {};
  if (mount(source.c_str(), at.c_str(), type, flags, options.c_str()) != 0) {
    return system_failure("mount " + source + " at " + at.string());
  }
  // Private: what happens below reaches no other mount name space, and the other way round.
  mount(nullptr, at.c_str(), nullptr, MS_PRIVATE, nullptr);
  return {};
}
}  // namespace

base::Result<> mount_disk(const std::string& device, const fs::path& at) {
  return mount_once(device, at, "xfs", MS_NODEV, "");
}

base::Result<> mount_root(const std::vector<std::string>& layers, const fs::path& upper,
                          const fs::path& work, const fs::path& at) {
  std::string options = "lowerdir=";
  for (const auto& layer : layers) options += (&layer == layers.data() ? "" : ":") + layer;
  options += ",upperdir=" + upper.string() + ",workdir=" + work.string();
  return mount_once("overlay", at, "overlay", 0, options);
}

std::vector<std::string> mounts_in(std::string_view mountinfo, const fs::path& directory) {
  std::vector<std::string> found;
  std::istringstream lines{std::string(mountinfo)};
  std::string line;
  std::string top = directory.string();
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string skipped, point;
    for (int n = 0; n < 4; ++n) fields >> skipped;
    fields >> point;
    std::string path = unescaped(point);
    if (path == top || path.starts_with(top + "/")) found.push_back(path);
  }
  return found;
}

std::vector<std::string> mounts_below(const fs::path& directory) {
  auto text = base::read_file("/proc/self/mountinfo");
  return text ? mounts_in(*text, directory) : std::vector<std::string>{};
}

base::Result<> unmount_below(const fs::path& directory) {
  auto points = mounts_below(directory);
  base::Result<> outcome;
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    // A dying machine's own mount name space may hold it for a moment: then it goes lazily.
    if (umount2(point->c_str(), 0) == 0 || umount2(point->c_str(), MNT_DETACH) == 0) continue;
    outcome = system_failure("unmount " + *point);
  }
  return outcome;
}

}  // namespace slipway::cloud::local
