// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::containers {

inline constexpr std::size_t kSpecLimitBytes = 4 << 20;

/// The `process` of an OCI runtime spec, as JSON.
base::Result<std::string> process_of(std::string_view spec);

/// The container's own process with other arguments and TTY; user, capabilities, NoNewPrivileges,
/// limits, environment and directory stay. A TTY gets TERM=xterm.
base::Result<std::string> exec_process(std::string_view process,
                                       const std::vector<std::string>& command, bool tty);

}  // namespace slipway::containers
