// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/fake_host.hpp"
#include "tests/simulation/bootstrap/cluster.hpp"

namespace slipway::simulation {

/// A data disk; outlives everything.
struct Disk {
  enum class State {
    kBlank,
    kHalf,       ///< mkfs was cut off: has a label, cannot be mounted
    kFormatted,  ///< can be mounted
  } state = State::kBlank;
  std::string label;
  bool mounted_ever = false;
  std::set<std::string> images;  ///< of containerd
  bool member = false;           ///< etcd's first record is on it
};

/// A unit of systemd.
struct Unit {
  enum class State { kInactive, kStarting, kActive, kFailed } state = State::kInactive;
  base::MonotonicTime due;    ///< when kStarting ends
  base::MonotonicTime since;  ///< kActive
};

/// What runs on a machine and what its programs do: systemd's units, disks, kubeadm with the rules
/// of the real one. A program that is cut off leaves half of its work.
class Software {
 public:
  Software(fakes::FakeHost& host, Cluster& cluster, bool master);

  void boot();  ///< what lived in memory is gone
  void kill(const std::string& unit, bool for_good);
  base::Exit run(const std::string& line, bool half);
  void settle();  ///< brings all to the present time
  base::Result<bootstrap::Answer> call(const bootstrap::Call& call);

  bool active(const std::string& unit) { return units_[unit].state == Unit::State::kActive; }
  /// Units that systemd does not start any more.
  std::vector<std::string> given_up() const;
  /// What must never happen and did.
  const std::vector<std::string>& wrong() const { return wrong_; }

 private:
  base::Exit systemctl(const std::string& line);
  base::Exit blkid(const std::string& line);
  base::Exit mkfs(const std::string& line, bool half);
  base::Exit mount(const std::string& line, bool half);
  base::Exit ctr(const std::string& line, bool half);
  base::Exit ip(const std::string& line, bool half);
  base::Exit iptables(const std::string& line, bool half);
  base::Exit kubeadm(const std::string& line, bool half);
  base::Exit phase(const std::string& name, bool half);
  base::Exit join(bool half);
  void start(const std::string& unit);
  void started(const std::string& unit);
  void settle_etcd();
  void settle_kubelet();
  bool kubelet_works();
  bool api_serves();
  bool whole(const std::string& path) const;
  void put(const std::string& path, const std::string& content, bool half);
  void write_mounts();
  Disk* mounted(const std::string& point);
  base::MonotonicTime now() const { return host_.time.monotonic(); }

  fakes::FakeHost& host_;
  Cluster& cluster_;
  bool master_;
  std::map<std::string, Disk> disks_;
  std::map<std::string, Unit> units_;
  std::map<std::string, std::string> mounts_;  ///< point -> device, of this boot
  std::set<std::string> addresses_;
  std::map<std::string, std::string> routes_;
  unsigned rules_ = 0;
  bool registered_ = false;  ///< etcd, in this life of its
  bool made_log_ = false;    ///< likewise
  base::MonotonicTime api_due_;
  bool api_pod_ = false;
  base::MonotonicTime next_registration_;
  std::vector<std::string> wrong_;
};

}  // namespace slipway::simulation
