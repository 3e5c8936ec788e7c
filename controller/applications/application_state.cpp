// SPDX-License-Identifier: Apache-2.0
#include "controller/applications/application_state.hpp"

#include <algorithm>

namespace slipway::applications {

namespace {

using workloads::WorkloadState;

constexpr std::pair<ApplicationState, std::string_view> kNames[] = {
    {ApplicationState::kNone, "none"},
    {ApplicationState::kRunning, "running"},
    {ApplicationState::kStopped, "stopped"},
    {ApplicationState::kNotReady, "not_ready"},
    {ApplicationState::kProcessing, "processing"},
};

}  // namespace

ApplicationState state_of(const std::vector<WorkloadState>& workloads) {
  if (workloads.empty()) return ApplicationState::kNone;
  const auto first = workloads.front();
  if (std::ranges::count(workloads, first) != std::ssize(workloads)) {
    return ApplicationState::kProcessing;
  }
  switch (first) {
    case WorkloadState::kRunning:
      return ApplicationState::kRunning;
    case WorkloadState::kStopped:
      return ApplicationState::kStopped;
    case WorkloadState::kNotReady:
      return ApplicationState::kNotReady;
    case WorkloadState::kProcessing:
      break;
  }
  return ApplicationState::kProcessing;
}

std::string name_of(ApplicationState state) {
  for (const auto& [known, name] : kNames) {
    if (known == state) return std::string(name);
  }
  return {};
}

std::optional<ApplicationState> state_named(std::string_view name) {
  for (const auto& [state, known] : kNames) {
    if (known == name) return state;
  }
  return std::nullopt;
}

}  // namespace slipway::applications
