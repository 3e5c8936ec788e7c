// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/recovery.hpp"

namespace slipway::cloud::local {

Recovery recovery_of(const MachineRecord& record, const Sight& sight) {
  switch (record.phase) {
    case Phase::kDeleting:
      return Recovery::kErase;
    case Phase::kMaking:
      return Recovery::kLeave;
    case Phase::kMade:
      break;
  }
  if (!record.powered) return sight.runs ? Recovery::kRemainOff : Recovery::kLeave;
  if (sight.runs) return Recovery::kWatch;
  if (record.ran_in != sight.boot_id || sight.last_words == "reboot") return Recovery::kPowerOn;
  return Recovery::kRemainOff;
}

}  // namespace slipway::cloud::local
