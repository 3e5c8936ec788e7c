// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/cloud/local/record.hpp"

namespace slipway::cloud::local {

/// What a controller finds of a machine when it starts, or when the machine's first process ends.
struct Sight {
  bool runs = false;
  std::string boot_id;     ///< of the host, now
  std::string last_words;  ///< what the machine said as it went down
};

enum class Recovery {
  kLeave,      ///< as it should be: stopped, or half made (who asked for it asks again)
  kWatch,      ///< runs, and should
  kPowerOn,    ///< should run: the host took it down, or it asked for a reboot
  kRemainOff,  ///< went down by itself: release what it held, remember that it is off
  kErase,      ///< its deletion was begun
};

/// The only place that decides about machines unasked.
Recovery recovery_of(const MachineRecord& record, const Sight& sight);

}  // namespace slipway::cloud::local
