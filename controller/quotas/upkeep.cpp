// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/upkeep.hpp"

namespace slipway::quotas {

Upkeep upkeep_of(const Allotment& row, bool shown, Maker maker, base::UtcTime now) {
  if (maker == Maker::kWaiting) return Upkeep::kKeep;
  // What is shown of a namespace that we could not make is somebody else's: not ours to limit.
  if (maker == Maker::kRefused && !(shown && row.seen)) return Upkeep::kRelease;
  if (maker != Maker::kNone) return Upkeep::kMarkMade;
  if (shown) return row.seen ? Upkeep::kKeep : Upkeep::kMarkSeen;
  const bool late = now - row.touched > kUnseenGrace;
  return row.seen || late ? Upkeep::kRelease : Upkeep::kKeep;
}

bool follows(const Allotment& row, const access::ProjectId& labelled, base::UtcTime now) {
  return row.project != labelled && row.intent.empty() && now - row.touched > kLabelGrace;
}

}  // namespace slipway::quotas
