// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "agent/bootstrap/host.hpp"
#include "order.pb.h"
#include "protocol/base/task.hpp"
#include "report.pb.h"

namespace slipway::bootstrap {

struct BootstrapOptions {
  std::filesystem::path state_dir = "/var/lib/slipway";  ///< of steps.pb and desired.pb (0600)
  std::uint64_t seed = 0;                                ///< of the jitter between attempts
};

/// Makes and keeps the machine what DesiredNode says. Level-triggered: runs the steps when the
/// process starts (with what it was told last, so that a reboot needs no controller), when a newer
/// generation comes, and after a failure with back-off. On one io thread, as all of the agent.
class Bootstrap {
 public:
  /// Called at every change of a step, and a few times a second while it logs.
  using Listener = std::function<void(const wire::StepReport&)>;

  Bootstrap(boost::asio::any_io_executor executor, Host& host, BootstrapOptions options,
            Listener listener);
  ~Bootstrap();

  /// What the node shall be, whole. The same generation again changes nothing.
  void desire(wire::DesiredNode desired);
  /// Runs the failed step again now (Order.retry).
  void retry();
  /// The controller's clock minus ours, from enrolment, Hello or RoundTrip.
  void controller_clock(std::int64_t offset_ms);

  /// Every step of the present plan, in order; of the last run before the first desire().
  std::vector<wire::StepReport> steps() const;
  /// All steps have been done once on this machine.
  bool bootstrapped() const;
  /// Of the DesiredNode that it works on; 0: none yet.
  std::uint64_t generation() const;
  /// What the node shall be, as told last (also to an earlier process).
  const std::optional<wire::DesiredNode>& desired() const;

  /// Works until cancelled.
  base::Task<> run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::bootstrap
