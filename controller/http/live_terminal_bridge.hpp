// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "controller/http/terminal_bridge.hpp"

namespace slipway::http {

/// A text message of a resumable terminal's client: those of parse_control, but for
/// {"stdinClosed":…}, and {"acknowledged":N} and {"end":true}.
base::Result<wire::StreamNote> parse_live_control(const std::string& text);

/// Is told a terminal's id as soon as its agent says it.
using TerminalNamed = std::function<void(const std::string& id)>;

/// As bridge_terminal, for a terminal that lives on at `node` when either side is over. `first`:
/// what was read of the stream already.
base::Task<> bridge_live_terminal(std::unique_ptr<net::Transport> transport, link::StreamPtr stream,
                                  std::string node, std::optional<link::Chunk> first,
                                  TerminalNamed named = {});

}  // namespace slipway::http
