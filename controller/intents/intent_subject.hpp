// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "order.pb.h"
#include "report.pb.h"

namespace slipway::intents {

/// The outcome with the object that it is about, where somebody asked for a change of a single one
/// and the agent, which knows no more than a path, names none. Manifests name theirs.
wire::IntentOutcome with_subject(const wire::Intent& intent, wire::IntentOutcome outcome);

}  // namespace slipway::intents
