// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <optional>

#include "controller/cloud/local/power.hpp"
#include "controller/cloud/local/recovery.hpp"
#include "controller/cloud/local/turns.hpp"
#include "protocol/base/task_scope.hpp"

namespace slipway::cloud::local {

/// The machines of an installation: their records, what runs of them, and who works on which. A
/// record is written before the work that it speaks of, so that any crash leaves it to be finished.
class Fleet {
 public:
  Fleet(boost::asio::any_io_executor executor, boost::asio::thread_pool& pool, const Layout& layout,
        Router& router, std::string boot_id);

  /// Reads the records and brings about what they ask for; machines boot in the background.
  void recover();
  base::Task<> stop();

  /// Fills in image and, where it is empty, address of a machine that is to be made; returns the
  /// image's store.
  using Prepare = std::function<base::Result<std::optional<std::filesystem::path>>(MachineRecord&)>;
  /// Makes and starts a machine that is new or half made; another is returned as it is.
  base::Task<base::Result<>> ensure(MachineRecord wanted, Prepare prepare);
  base::Task<base::Result<>> power_on(base::ResourceId id);
  base::Task<base::Result<>> power_off(base::ResourceId id);
  base::Task<base::Result<>> reboot(base::ResourceId id, bool hard);
  base::Task<base::Result<>> erase(base::ResourceId id);
  /// Remembers a published port.
  base::Task<base::Result<>> remember(base::ResourceId id, PublishedPort port);

  const std::map<base::ResourceId, MachineRecord>& records() const { return records_; }
  MachineState state_of(const MachineRecord& record) const;

 private:
  base::Task<base::Result<>> store(MachineRecord record);
  base::Result<MachineRecord> made(const base::ResourceId& id) const;
  base::Task<base::Result<>> boot(base::ResourceId id);
  base::Task<base::Result<>> halt(base::ResourceId id, bool hard);
  base::Task<> finish(base::ResourceId id, Recovery what);
  base::Task<base::Result<>> bring_about(base::ResourceId id, Recovery what);
  base::Task<> watch(base::ResourceId id, pid_t pid);
  void ran(const base::ResourceId& id, pid_t pid);

  boost::asio::thread_pool& pool_;
  const Layout& layout_;
  std::string boot_id_;
  Power power_;
  Turns turns_;
  std::map<base::ResourceId, MachineRecord> records_;
  std::map<base::ResourceId, pid_t> pids_;  ///< of those that run
  base::TaskScope tasks_;
};

}  // namespace slipway::cloud::local
