// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <optional>

#include "controller/cloud/local/oci_spec.hpp"
#include "controller/cloud/local/record.hpp"
#include "controller/cloud/local/router.hpp"
#include "controller/cloud/local/runc.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::cloud::local {

/// Makes, starts, ends and erases the real things behind a MachineRecord. It keeps no state and
/// decides nothing: every step looks at what is there, so that each may be repeated after a crash.
class Power {
 public:
  Power(const Layout& layout, Router& router, boost::asio::thread_pool& pool)
      : layout_(layout), router_(router), pool_(pool), runc_(layout, cgroups_, pool) {}

  /// Disks and what lies on them before the first boot.
  base::Task<base::Result<>> make(MachineRecord machine,
                                  std::optional<std::filesystem::path> store);
  /// Starts the machine's first process and returns its pid; what it took is released on failure.
  base::Task<base::Result<pid_t>> on(MachineRecord machine);
  /// Kills what runs and releases all that a machine holds but its files.
  base::Task<base::Result<>> off(MachineRecord machine);
  /// Asks the machine to shut down and waits for that, at most `limit`.
  base::Task<base::Result<>> shut_down(MachineRecord machine, base::Duration limit);
  /// off(), then its files.
  base::Task<base::Result<>> erase(MachineRecord machine);

 private:
  base::Task<base::Result<pid_t>> boot(MachineRecord machine);
  base::Result<std::vector<BlockDevice>> mount_all(const MachineRecord& machine);
  OciInput oci_input(const MachineRecord& machine, std::vector<BlockDevice> disks,
                     const std::string& terminal) const;

  const Layout& layout_;
  Router& router_;
  boost::asio::thread_pool& pool_;
  CgroupMode cgroups_ = host_cgroups();
  Runc runc_;
};

/// What the machine said as it went down: "reboot", "poweroff", "halt"; empty when it was killed.
std::string last_words(const Layout& layout, const base::ResourceId& id);

}  // namespace slipway::cloud::local
