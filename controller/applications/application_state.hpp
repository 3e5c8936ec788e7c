// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/workloads/workload_state.hpp"

namespace slipway::applications {

/// How an application is, by its workloads.
enum class ApplicationState {
  kNone,        ///< it has none
  kRunning,     ///< all are running
  kStopped,     ///< all are stopped
  kNotReady,    ///< all are not ready
  kProcessing,  ///< anything else
};

ApplicationState state_of(const std::vector<workloads::WorkloadState>& workloads);
/// "none", "running", "stopped", "not_ready", "processing".
std::string name_of(ApplicationState state);
std::optional<ApplicationState> state_named(std::string_view name);

}  // namespace slipway::applications
