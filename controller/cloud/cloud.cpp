// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/cloud.hpp"

namespace slipway::cloud {

std::string_view name_of(MachineState state) {
  switch (state) {
    case MachineState::kBuilding:
      return "building";
    case MachineState::kRunning:
      return "running";
    case MachineState::kStopped:
      return "stopped";
    case MachineState::kFailed:
      return "failed";
    case MachineState::kGone:
      return "gone";
  }
  return "unknown";
}

}  // namespace slipway::cloud
