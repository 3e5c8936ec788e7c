// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <string_view>

#include "protocol/base/task.hpp"
#include "protocol/link/link.hpp"
#include "protocol/net/transport.hpp"

namespace slipway::http {

inline constexpr char kTerminalProtocol[] = "slipway.terminal.v1";
inline constexpr std::size_t kMaxControlBytes = 4 << 10;
inline constexpr std::int64_t kMaxColumns = 1000;
inline constexpr std::int64_t kMaxRows = 1000;

/// {"columns": …, "rows": …}
base::Result<wire::StreamNote> resize_note(const boost::json::value& size);
/// A text message of the client, once understood.
base::Result<wire::StreamNote> parse_control(const std::string& text);
/// How a bridge reads its client's text messages.
using NoteParser = std::function<base::Result<wire::StreamNote>(const std::string&)>;
/// Client to agent: bytes and what `parse` understands. Ends when either side is over, or with
/// `fault` set at a message that is none; then the stream is reset, which ends the other half.
base::Task<> pump_to_agent(net::Transport& transport, link::StreamPtr stream, NoteParser parse,
                           std::optional<base::Error>& fault);
std::string exit_message(int code, const std::string& message);
inline constexpr int kNoExitCode = 255;  ///< it did not start, or nobody knows how it ended

/// Sees a terminal before its user does; an error ends it. Empty functions see nothing.
struct TerminalTap {
  std::function<base::Result<>(std::string_view)> output;
  std::function<base::Result<>(const wire::TerminalSize&)> resize;
};

/// Pumps a terminal between a page's socket and an agent's stream until either ends; nothing is
/// read from one side before the other has taken what came before. Ends with the exit message if
/// the client is still there.
base::Task<> bridge_terminal(std::unique_ptr<net::Transport> transport, link::StreamPtr stream,
                             TerminalTap tap = {});

}  // namespace slipway::http
