// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/host_room.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

namespace slipway::cloud::local {

Space space_at(const std::filesystem::path& directory) {
  struct statvfs facts{};
  if (statvfs(directory.c_str(), &facts) != 0) return {};
  return {facts.f_blocks * facts.f_frsize, facts.f_bavail * facts.f_frsize};
}

std::uint64_t host_memory() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace slipway::cloud::local
