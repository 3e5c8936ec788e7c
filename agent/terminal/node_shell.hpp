// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "protocol/link/link.hpp"
#include "stream.pb.h"

namespace slipway::terminal {

/// A login shell of root on the node, on a pseudo terminal, until it or the stream ends; its
/// process group ends with it. `shell` empty: bash where there is one, else sh.
base::Task<base::Result<wire::ExitStatus>> run_node_shell(wire::NodeShellOpen open,
                                                          std::vector<std::string> shell,
                                                          link::StreamPtr stream);

}  // namespace slipway::terminal
