// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "controller/clusters/agents.hpp"

namespace slipway::fakes {

/// Agents of whom only their links and the controller's own suspicion are asked.
class QuietAgents : public clusters::Agents {
 public:
  links::LinkFacts facts(const base::MachineId& machine) const override {
    links::LinkFacts facts;
    facts.connected = linked.contains(machine);
    return facts;
  }
  std::optional<std::string> suspicion(const base::MachineId&) const override { return suspected; }
  void refresh(const base::MachineId&) override {}
  void release(const base::MachineId&, const wire::AgentRelease&) override {}
  base::Result<> retry(const base::MachineId&, const std::string&) override { return {}; }
  std::string issue_token(const base::MachineId&, const base::ClusterId&, const base::ResourceId&,
                          wire::Role) override {
    return {};
  }
  void machine_runs(const base::MachineId&, base::UtcTime) override {}
  void forget(const base::MachineId&) override {}
  void forget(const base::ClusterId&) override {}
  std::string discovery_token(const base::ClusterId&, unsigned) override { return {}; }
  void gateway_changed(const base::ClusterId&) override {}
  base::Task<base::Result<wire::IntentOutcome>> apply(base::ClusterId, std::string, std::string,
                                                      std::chrono::milliseconds) override {
    co_return base::fail(base::ErrorCode::kUnavailable, "none");
  }
  base::Task<base::Result<wire::IntentOutcome>> submit(base::ClusterId, wire::Intent,
                                                       std::chrono::milliseconds) override {
    co_return base::fail(base::ErrorCode::kUnavailable, "none");
  }

  std::set<base::MachineId> linked;
  std::optional<std::string> suspected;
};

}  // namespace slipway::fakes
