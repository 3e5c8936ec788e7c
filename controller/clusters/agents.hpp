// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "controller/links/links.hpp"
#include "order.pb.h"
#include "protocol/base/task.hpp"
#include "report.pb.h"

namespace slipway::clusters {

/// What the clusters ask of the agents' side: links, enrolment, intents, discovery, mirror.
class Agents {
 public:
  virtual ~Agents() = default;

  virtual links::LinkFacts facts(const base::MachineId& machine) const = 0;
  virtual void refresh(const base::MachineId& machine) = 0;  ///< its DesiredNode changed
  /// Tells it which program it shall be, while it is linked; it is told at each link_up too.
  virtual void release(const base::MachineId& machine, const wire::AgentRelease& release) = 0;
  virtual base::Result<> retry(const base::MachineId& machine, const std::string& step) = 0;

  virtual std::string issue_token(const base::MachineId& machine, const base::ClusterId& cluster,
                                  const base::ResourceId& resource, wire::Role role) = 0;
  /// Why the machine is kept out by the controller's own knowledge: two keys showed its token.
  virtual std::optional<std::string> suspicion(const base::MachineId& machine) const = 0;
  virtual void machine_runs(const base::MachineId& machine, base::UtcTime since) = 0;
  virtual void forget(const base::MachineId& machine) = 0;  ///< cut; nothing of it is good any more
  virtual void forget(const base::ClusterId& cluster) = 0;

  virtual std::string discovery_token(const base::ClusterId& cluster, unsigned size) = 0;
  virtual void gateway_changed(const base::ClusterId& cluster) = 0;
  /// Idempotent by `intent`. kUnavailable: no answer within `wait`, ask again with the same id.
  virtual base::Task<base::Result<wire::IntentOutcome>> apply(base::ClusterId cluster,
                                                              std::string intent,
                                                              std::string manifest,
                                                              std::chrono::milliseconds wait) = 0;
  /// The same for any intent; its id is set.
  virtual base::Task<base::Result<wire::IntentOutcome>> submit(base::ClusterId cluster,
                                                               wire::Intent intent,
                                                               std::chrono::milliseconds wait) = 0;
};

}  // namespace slipway::clusters
