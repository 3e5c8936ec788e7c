// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/workload_state.hpp"

namespace slipway::workloads {

WorkloadState state_of(const wire::WorkloadRow& row) {
  // What its controller has not looked at yet may be about to change.
  if (row.behind()) return WorkloadState::kProcessing;
  if (row.stopped()) {
    return row.pods() == 0 ? WorkloadState::kStopped : WorkloadState::kProcessing;
  }
  if (row.ready() == 0 && row.desired() > 0) return WorkloadState::kNotReady;
  // OnDelete leaves old pods on purpose: they are no sign of work to be done.
  const bool renewed = row.updated() >= row.desired() || row.strategy() == "OnDelete";
  const bool whole = row.ready() >= row.desired() && renewed && row.pods() <= row.desired();
  return whole ? WorkloadState::kRunning : WorkloadState::kProcessing;
}

std::string name_of(WorkloadState state) {
  switch (state) {
    case WorkloadState::kRunning:
      return "running";
    case WorkloadState::kStopped:
      return "stopped";
    case WorkloadState::kNotReady:
      return "not_ready";
    case WorkloadState::kProcessing:
      break;
  }
  return "processing";
}

std::string name_of(wire::JobRow::Status status) {
  switch (status) {
    case wire::JobRow::COMPLETE:
      return "complete";
    case wire::JobRow::FAILED:
      return "failed";
    case wire::JobRow::SUSPENDED:
      return "suspended";
    default:
      return "running";
  }
}

}  // namespace slipway::workloads
