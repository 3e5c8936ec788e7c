// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/node_words.hpp"

#include "controller/clusters/cluster_rows.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::clusters {

void NodeWords::running(const MachineId& machine, const wire::StepReport& step) {
  auto& steps = live_[machine];
  if (steps.size() >= kMaxNodeSteps && !steps.contains(step.name())) return;
  steps[step.name()] = {step.log_tail().substr(0, kMaxStepLog),
                        wire::head_of(step.waiting_for(), kMaxWaitsFor)};
}

void NodeWords::ended(const MachineId& machine, const std::string& step) {
  if (const auto known = live_.find(machine); known != live_.end()) known->second.erase(step);
}

void NodeWords::forget_steps(const MachineId& machine) {
  live_.erase(machine);
}

void NodeWords::set(const MachineId& machine, std::optional<Obstacle> obstacle) {
  if (obstacle) {
    obstacles_[machine] = *std::move(obstacle);
  } else {
    obstacles_.erase(machine);
  }
}

const Obstacle* NodeWords::obstacle(const MachineId& machine) const {
  const auto known = obstacles_.find(machine);
  return known == obstacles_.end() ? nullptr : &known->second;
}

std::vector<NodeStep> NodeWords::steps(const MachineId& machine, bool enrolled,
                                       std::vector<NodeStep> stored) const {
  std::vector<NodeStep> steps;
  if (const Obstacle* obstacle = this->obstacle(machine)) {
    NodeStep way{enrolled ? kLinkStep : kEnrolStep, obstacle->error.empty() ? "running" : "failed"};
    way.attempts = 1;
    way.started = obstacle->since;
    way.error = obstacle->error;
    if (way.error.empty()) way.waiting_for = "the agent to say something, on its link or console";
    way.log_tail = obstacle->log_tail;
    steps.push_back(std::move(way));
  }
  const auto live = live_.find(machine);
  for (NodeStep& step : stored) {
    if (live != live_.end() && live->second.contains(step.name)) {
      const Live& now = live->second.at(step.name);
      if (!now.log_tail.empty()) step.log_tail = now.log_tail;
      step.waiting_for = now.waits_for;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

std::string trouble_of(const std::vector<NodeStep>& steps) {
  std::string failed;
  std::string waiting;
  for (const NodeStep& step : steps) {
    if (step.state == "failed") failed += "; step " + step.name + " failed: " + step.error;
    if (!step.waiting_for.empty())
      waiting += "; step " + step.name + " waits for " + step.waiting_for;
  }
  const std::string& all = failed.empty() ? waiting : failed;
  return all.empty() ? all : all.substr(2);
}

}  // namespace slipway::clusters
