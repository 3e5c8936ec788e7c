// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/clusters/model.hpp"
#include "report.pb.h"

namespace slipway::clusters {

inline constexpr char kEnrolStep[] = "enrol";  ///< of a node that has never been linked
inline constexpr char kLinkStep[] = "link";  ///< of one whose link went before it was bootstrapped
inline constexpr std::size_t kMaxWaitsFor = 1 << 10;
inline constexpr std::size_t kMaxConsoleTail = 4 << 10;

/// What stands between a machine and its link, as the console or the controller itself says.
struct Obstacle {
  std::string error;      ///< "pin-mismatch: …"; empty while nothing is known of it
  std::string log_tail;   ///< of the console
  base::UtcTime since{};  ///< the machine has been waited for
  bool operator==(const Obstacle&) const = default;
};

/// What nodes say while something is under way. It changes often and the nodes say it again, so it
/// is kept in memory alone.
class NodeWords {
 public:
  /// A running step: its log so far, and what it waits for.
  void running(const MachineId& machine, const wire::StepReport& step);
  /// The step is no longer running as it was.
  void ended(const MachineId& machine, const std::string& step);
  void forget_steps(const MachineId& machine);

  /// nullopt: it is linked, or gone.
  void set(const MachineId& machine, std::optional<Obstacle> obstacle);
  const Obstacle* obstacle(const MachineId& machine) const;

  /// The stored steps with what is said of them now; before them one for the way to the link, where
  /// something is in that way.
  std::vector<NodeStep> steps(const MachineId& machine, bool enrolled,
                              std::vector<NodeStep> stored) const;

 private:
  struct Live {
    std::string log_tail;
    std::string waits_for;
  };
  std::map<MachineId, std::map<std::string, Live>> live_;
  std::map<MachineId, Obstacle> obstacles_;
};

/// What keeps a node: its failed steps, else what its steps wait for; empty where nothing is said.
std::string trouble_of(const std::vector<NodeStep>& steps);

}  // namespace slipway::clusters
