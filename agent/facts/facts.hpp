// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "protocol/base/clock.hpp"
#include "protocol/base/task.hpp"
#include "report.pb.h"

namespace slipway::facts {

/// What the machine is: asks kubelet and containerd for their versions once. `root` is "/" except
/// in tests.
base::Task<wire::NodeFacts> collect_facts(std::filesystem::path root, std::string agent_version);

/// How the machine fares, from /proc, PSI, statvfs and systemd; call sample() each few seconds
/// (CPU use is what happened since the call before).
class HealthProbe {
 public:
  HealthProbe(std::filesystem::path root, const base::Clock& clock);
  ~HealthProbe();

  /// The controller's clock minus ours, from the link's round trips.
  void controller_clock(std::int64_t offset_ms);
  base::Task<wire::NodeHealth> sample();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::facts
