// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <boost/asio/thread_pool.hpp>
#include <string>
#include <vector>

#include "controller/cloud/local/layout.hpp"
#include "protocol/base/task.hpp"

namespace slipway::cloud::local {

/// How machines get their cgroups on this host.
struct CgroupMode {
  bool by_systemd = false;  ///< cgroup v2 below systemd: it makes a delegated scope
};
CgroupMode host_cgroups();
/// OCI's linux.cgroupsPath for a machine.
std::string cgroups_path(const Layout& layout, CgroupMode mode, std::string_view id);
/// Removes the cgroups of one machine, or with an empty id all of the installation, that
/// runc left behind.
void remove_cgroups(const Layout& layout, std::string_view id);

/// The runc program, as far as machines need it. Containers are called as Layout::machine() says.
class Runc {
 public:
  Runc(const Layout& layout, CgroupMode mode, boost::asio::thread_pool& pool)
      : layout_(layout), mode_(mode), pool_(pool) {}

  /// Starts the machine's container, with `terminal` as its standard streams.
  base::Task<base::Result<>> run(base::ResourceId id, int terminal);
  base::Task<base::Result<>> signal(base::ResourceId id, int number);
  /// Kills and forgets the container; success when there is none.
  base::Task<base::Result<>> remove(base::ResourceId id);

 private:
  const Layout& layout_;
  CgroupMode mode_;
  boost::asio::thread_pool& pool_;
};

/// `runc --root …` and what follows from the host; the beginning of every command line.
std::vector<std::string> runc_command(const Layout& layout, CgroupMode mode);

/// The first process of a machine that runs, or 0. A pid left in a file proves nothing, so it is
/// held against the machine's network namespace.
pid_t first_process(const Layout& layout, const base::ResourceId& id);

}  // namespace slipway::cloud::local
