// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/bootstrap/step.hpp"

namespace slipway::bootstrap {

inline constexpr unsigned kCrashLoop = 3;  ///< so many restarts are no accident

/// Whether systemd says that a unit runs ("active"; "activating" is not).
base::Task<base::Result<bool>> is_active(const StepContext& context, std::string unit);
/// How often systemd has started a unit again because it ended; 0 where it does not say.
base::Task<unsigned> restarts(const StepContext& context, std::string unit);
/// Its main process; 0 for none.
base::Task<int> main_process(const StepContext& context, std::string unit);
/// What a unit's own program said last, in one line; all of it is in the step's log.
base::Task<std::string> unit_words(const StepContext& context, std::string unit);
/// The last lines that a unit said, into the step's log: why it does not do what it should.
base::Task<> log_journal(const StepContext& context, std::string unit);

}  // namespace slipway::bootstrap
