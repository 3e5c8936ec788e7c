// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace slipway::simulation {

/// Who dies.
enum class Victim {
  kNobody,
  kAgent,              ///< and the program that it has just started; systemd starts it anew
  kMachine,            ///< loses its power and boots again
  kContainerd,         ///< systemd starts it anew
  kContainerdForGood,  ///< systemd has given it up
  kEtcd,
  kEtcdForGood,
  kKubelet,
  kKubeletForGood,
};

inline const char* name_of(Victim victim) {
  static constexpr const char* kNames[] = {
      "nobody", "agent",         "machine", "containerd",      "containerd for good",
      "etcd",   "etcd for good", "kubelet", "kubelet for good"};
  return kNames[static_cast<std::size_t>(victim)];
}

/// Counts the moments of a bootstrap: before, within and after each call to the machine. Something
/// dies at those that were chosen. A call that is repeated while waiting counts twice in each life
/// of the agent: the first look, and one while it waits.
class Fate {
 public:
  struct Death {
    Victim victim;
    std::uint64_t at;
  };
  explicit Fate(std::vector<Death> deaths = {}) : deaths_(std::move(deaths)) {}

  Victim moment(const std::string& where) {
    if (++looks_[where] > kLooks) return Victim::kNobody;
    ++passed_;
    for (const Death& death : deaths_) {
      if (death.at != passed_) continue;
      story_ += std::string(story_.empty() ? "" : "; ") + name_of(death.victim) +
                " died at moment " + std::to_string(passed_) + ", " + where;
      return death.victim;
    }
    return Victim::kNobody;
  }

  void agent_started() { looks_.clear(); }
  void rest() { deaths_.clear(); }  ///< nobody dies any more
  std::uint64_t passed() const { return passed_; }
  const std::string& story() const { return story_; }  ///< who died where, "" for nobody

 private:
  static constexpr unsigned kLooks = 2;
  std::vector<Death> deaths_;
  std::map<std::string, unsigned> looks_;
  std::uint64_t passed_ = 0;
  std::string story_;
};

}  // namespace slipway::simulation
