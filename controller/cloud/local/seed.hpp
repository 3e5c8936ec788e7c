// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "controller/cloud/local/record.hpp"

namespace slipway::cloud::local {

/// A file that a machine finds on its root disk at the first boot.
struct SeedFile {
  std::string path;  ///< without leading slash
  std::string content;
  int mode = 0644;
};

/// What makes the image's root this machine's: names, addresses, user data (NoCloud).
/// `machine_id` is 32 hex characters.
std::vector<SeedFile> seed_files(const MachineRecord& record, const std::string& machine_id);

/// Writes them below `upper`, the overlay's upper directory, while the overlay is not mounted.
base::Result<> write_seed(const std::filesystem::path& upper, const std::vector<SeedFile>& files);

/// Written by the machine as it goes down, below its root: "poweroff", "reboot" …
inline constexpr const char* kPowerFile = "var/lib/slipway-power";

}  // namespace slipway::cloud::local
