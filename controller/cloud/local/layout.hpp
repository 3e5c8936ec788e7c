// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "controller/cloud/local/system.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/task.hpp"

namespace slipway::cloud::local {

/// The paths and names of one installation, all in one place: what purge() has to look for.
class Layout {
 public:
  Layout(std::filesystem::path directory, std::string installation)
      : directory_(std::move(directory)), installation_(std::move(installation)) {}

  /// kInvalid where a name or path could not stand in a mount option, a cgroup or an interface
  /// name.
  base::Result<> check() const;
  static base::Result<> check_id(std::string_view id);

  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path machines() const { return directory_ / "machines"; }
  std::filesystem::path networks() const { return directory_ / "networks"; }
  std::filesystem::path load_balancers() const { return directory_ / "load-balancers"; }
  std::filesystem::path runc_root() const { return directory_ / "runc"; }
  std::filesystem::path host_file() const { return directory_ / "host.json"; }

  std::string prefix() const { return "slw-" + installation_ + "-"; }
  std::string router() const { return prefix() + "router"; }  ///< network namespace
  std::string machine(std::string_view id) const { return prefix() + std::string(id); }
  std::string cgroup() const { return "slipway-" + installation_; }
  static std::filesystem::path netns_path(std::string_view name);

 private:
  std::filesystem::path directory_;
  std::string installation_;
};

/// What lies in a machine's directory.
struct MachineFiles {
  std::filesystem::path directory;

  std::filesystem::path record() const { return directory / "machine.json"; }
  std::filesystem::path console() const { return directory / "console.log"; }
  std::filesystem::path bundle() const { return directory / "bundle"; }
  std::filesystem::path pid_file() const { return directory / "pid"; }
  std::filesystem::path runc_log() const { return directory / "runc.log"; }
  std::filesystem::path root() const { return directory / "root"; }  ///< the overlay, mounted
  std::filesystem::path disk() const { return directory / "disk"; }  ///< the system disk, mounted
  std::filesystem::path upper() const { return disk() / "upper"; }
  std::filesystem::path work() const { return disk() / "work"; }
  std::filesystem::path kubelet() const { return disk() / "kubelet"; }
  std::filesystem::path volume(std::string_view id) const {
    return directory / ("volume-" + std::string(id) + ".img");
  }
};

/// Held as long as a controller works on the directory. Waits some seconds for one that is just
/// being killed. kConflict: another one works there; kNotFound: there is no such directory.
base::Task<base::Result<Fd>> lock_directory(Layout layout);

inline MachineFiles files_of(const Layout& layout, const base::ResourceId& id) {
  return {layout.machines() / id.value};
}

}  // namespace slipway::cloud::local
