// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <string>

#include "tests/simulation/bootstrap/fate.hpp"
#include "tests/simulation/bootstrap/software.hpp"

namespace slipway::simulation {

/// A machine in virtual time: files and disks survive the agent and the power, mounts, /run and
/// what runs go with the power. A dead agent changes nothing any more and learns nothing.
class Machine : public fakes::FakeHost {
 public:
  Machine(Fate& fate, Cluster& cluster, bool master);

  bool agent_dead() const { return agent_dead_; }
  /// The agent, or with it the machine, starts anew.
  void start_again();
  /// The earliest of the waits ends now; false: nobody waits.
  bool wake_next();
  Software& software() { return software_; }

  base::Task<base::Result<base::Exit>> run(base::Command command) override;
  base::Task<base::Result<bootstrap::Answer>> call(bootstrap::Call call) override;
  base::Task<> sleep(base::Duration duration) override;
  base::Result<std::string> read(const std::filesystem::path& path) override;
  base::Result<> write(const std::filesystem::path& path, std::string content, int mode,
                       std::string owner) override;
  base::Result<> set(const std::filesystem::path& path, std::string_view value) override;
  base::Result<> make_directory(const std::filesystem::path& path, int mode,
                                std::string owner) override;
  base::Result<> remove(const std::filesystem::path& path) override;

 private:
  /// False: the agent is dead.
  bool lives(const std::string& where);
  void boot();
  base::Task<> never();

  Fate& fate_;
  Software software_;
  bool agent_dead_ = false;
  bool off_ = false;
  std::multimap<base::MonotonicTime, boost::asio::steady_timer*> sleepers_;
};

}  // namespace slipway::simulation
