// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/seed.hpp"

#include "protocol/base/files.hpp"

namespace slipway::cloud::local {
using base::ErrorCode;
using base::fail;
namespace fs = std::filesystem;

namespace {
// Whatever our umask is: the machine's /etc must be open to its users.
base::Result<> make_directory(const fs::path& path) {
  std::error_code error;
  if (fs::create_directory(path, error)) {
    fs::permissions(path, static_cast<fs::perms>(0755), error);
  }
  if (error) return fail(ErrorCode::kInternal, path.string() + ": " + error.message());
  return {};
}
}  // namespace

std::vector<SeedFile> seed_files(const MachineRecord& record, const std::string& machine_id) {
  const std::string seed = "var/lib/cloud/seed/nocloud/";
  const std::string& name = record.name;
  return {
      {"etc/hostname", name + "\n"},
      {"etc/hosts", "127.0.0.1 localhost\n" + record.address + " " + name + "\n"},
      {"etc/resolv.conf", "nameserver " + record.gateway + "\n"},
      {"etc/machine-id", machine_id + "\n", 0444},
      {seed + "meta-data", "instance-id: " + record.id.value + "\nlocal-hostname: " + name + "\n",
       0600},
      {seed + "user-data", record.user_data, 0600},
      // systemd runs this last of all: so we learn whether the machine wants to come back
      {"usr/lib/systemd/system-shutdown/slipway-power",
       std::string("#!/bin/sh\necho \"$1\" >/") + kPowerFile + "\n", 0755},
  };
}

base::Result<> write_seed(const fs::path& upper, const std::vector<SeedFile>& files) {
  for (const SeedFile& file : files) {
    fs::path path = upper;
    fs::path relative = file.path;
    for (const fs::path& part : relative.parent_path()) {
      path /= part;
      if (auto ok = make_directory(path); !ok) return ok;
    }
    path /= relative.filename();
    if (auto ok = base::write_file(path, file.content, file.mode); !ok) return ok;
    std::error_code error;
    fs::permissions(path, static_cast<fs::perms>(file.mode), error);
    if (error) return fail(ErrorCode::kInternal, path.string() + ": " + error.message());
  }
  return {};
}

}  // namespace slipway::cloud::local
