// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "controller/quotas/allotment_rows.hpp"

namespace slipway::quotas {

/// How long after a namespace was made the mirror may not show it yet.
inline constexpr std::chrono::seconds kUnseenGrace{60};
/// How long after a row was changed its namespace's label may still be the one before.
inline constexpr std::chrono::seconds kLabelGrace{10};

/// What became of the intent that makes or moves a namespace.
enum class Maker {
  kNone,     ///< there is none
  kWaiting,  ///< the cluster may still do it
  kDone,     ///< it did, or nobody knows
  kRefused,  ///< it did not and will not
};

/// What to do with a row, by what the mirror shows.
enum class Upkeep {
  kKeep,
  kMarkMade,  ///< the intent is answered
  kMarkSeen,  ///< the namespace is there
  kRelease,   ///< it is not, and will not come
};
Upkeep upkeep_of(const Allotment& row, bool shown, Maker maker, base::UtcTime now);

/// Whether the row is to follow the label to another project.
bool follows(const Allotment& row, const access::ProjectId& labelled, base::UtcTime now);

}  // namespace slipway::quotas
