// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report.pb.h"

namespace slipway::workloads {

/// How a workload that keeps pods running is.
enum class WorkloadState {
  kRunning,     ///< all pods that it wants are ready, and of its present template
  kStopped,     ///< it wants none, and none is left
  kNotReady,    ///< it wants some and none is ready
  kProcessing,  ///< anything else: on its way from one to another, or stuck there
};

WorkloadState state_of(const wire::WorkloadRow& row);
/// "running", "stopped", "not_ready", "processing".
std::string name_of(WorkloadState state);
/// "running", "complete", "failed", "suspended".
std::string name_of(wire::JobRow::Status status);

}  // namespace slipway::workloads
