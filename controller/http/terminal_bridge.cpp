// SPDX-License-Identifier: Apache-2.0
#include "controller/http/terminal_bridge.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/json.hpp>
#include <optional>

#include "controller/http/input.hpp"
#include "controller/objects/base64.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::ErrorCode;

net::Message text(std::string bytes) {
  return {.bytes = std::move(bytes), .binary = false};
}

/// One chunk of the agent's to the client; false: the client is gone.
base::Task<bool> forward(net::Transport& transport, link::Chunk chunk, bool& exited) {
  if (!chunk.bytes.empty()) {
    auto sent = co_await transport.write({.bytes = std::move(chunk.bytes), .binary = true});
    if (!sent) co_return false;
  }
  if (!chunk.note) co_return true;
  if (chunk.note->has_exit()) {
    exited = true;
    const auto& exit = chunk.note->exit();
    co_return (co_await transport.write(text(exit_message(exit.code(), exit.message()))))
        .has_value();
  }
  if (chunk.note->note_case() == wire::StreamNote::kStderr) {
    json::object out{{"stderr", objects::base64(chunk.note->stderr())}};
    co_return (co_await transport.write(text(json::serialize(out)))).has_value();
  }
  co_return true;
}

/// The last words of a stream that was cut.
std::string words_of(const base::Error& error) {
  if (error.code != ErrorCode::kUnavailable) return error.message;
  return "cut off: the node's agent or its link ended (" + error.message + "); open a new one";
}

/// Agent to client. Ends with the stream; then the socket is closed, which ends the other half.
base::Task<> pump_down(net::Transport& transport, link::StreamPtr stream, const TerminalTap& tap,
                       std::optional<base::Error>& fault) {
  bool exited = false;
  std::string why = "the agent ended the stream";
  for (;;) {
    auto chunk = co_await stream->read();
    if (!chunk) why = words_of(chunk.error());
    if (!chunk || !*chunk) break;
    base::Result<> seen;
    if (tap.output && !(*chunk)->bytes.empty()) seen = tap.output((*chunk)->bytes);
    if (!seen) {
      fault = seen.error();
      stream->reset({ErrorCode::kUnavailable, "the session is not recorded any more", {}});
      break;
    }
    if (!co_await forward(transport, std::move(**chunk), exited)) {
      stream->reset({ErrorCode::kUnavailable, "the client has gone", {}});
      exited = true;
      break;
    }
  }
  if (!exited) {
    if (fault) why = fault->message;
    (void)co_await transport.write(text(exit_message(kNoExitCode, why)));
  }
  stream->finish();
  transport.close();
}

}  // namespace

base::Result<wire::StreamNote> resize_note(const json::value& size) {
  ObjectReader in(size);
  const auto columns = in.number("columns", 1, kMaxColumns);
  const auto rows = in.number("rows", 1, kMaxRows);
  if (auto fault = in.fault()) return std::unexpected(*fault);
  wire::StreamNote note;
  note.mutable_resize()->set_columns(static_cast<std::uint32_t>(columns));
  note.mutable_resize()->set_rows(static_cast<std::uint32_t>(rows));
  return note;
}

base::Result<wire::StreamNote> parse_control(const std::string& message) {
  if (message.size() > kMaxControlBytes) {
    return base::fail(ErrorCode::kInvalid, "a control message has at most 4096 bytes");
  }
  boost::system::error_code error;
  const auto value = json::parse(message, error);
  const auto* object = error ? nullptr : value.if_object();
  if (object == nullptr || object->size() != 1) {
    return base::fail(ErrorCode::kInvalid,
                      "a control message is {\"resize\":…} or {\"stdinClosed\":true}");
  }
  if (const auto* size = object->if_contains("resize")) return resize_note(*size);
  const auto* closed = object->if_contains("stdinClosed");
  if (closed == nullptr || !closed->is_bool() || !closed->as_bool()) {
    return base::fail(ErrorCode::kInvalid,
                      "a control message is {\"resize\":…} or {\"stdinClosed\":true}");
  }
  wire::StreamNote note;
  note.set_close_stdin(true);
  return note;
}

base::Task<> pump_to_agent(net::Transport& transport, link::StreamPtr stream, NoteParser parse,
                           std::optional<base::Error>& fault) {
  for (;;) {
    auto message = co_await transport.read();
    if (!message) break;
    base::Result<> written;
    if (message->binary) {
      if (message->bytes.empty()) continue;
      written = co_await stream->write(std::move(message->bytes));
    } else {
      auto note = parse(message->bytes);
      if (!note) {
        fault = note.error();
        break;
      }
      written = co_await stream->write(std::move(*note));
    }
    if (!written) co_return;  // the agent's side is over; the other half says how
  }
  stream->reset({ErrorCode::kUnavailable, "the client has gone", {}});
}

std::string exit_message(int code, const std::string& message) {
  json::object exit{{"code", code}, {"message", message}};
  return json::serialize(json::object{{"exit", std::move(exit)}});
}

base::Task<> bridge_terminal(std::unique_ptr<net::Transport> transport, link::StreamPtr stream,
                             TerminalTap tap) {
  using namespace boost::asio::experimental::awaitable_operators;
  std::optional<base::Error> fault;
  const NoteParser parse = [&tap](const std::string& text) {
    auto note = parse_control(text);
    if (!note || !note->has_resize() || !tap.resize) return note;
    const auto seen = tap.resize(note->resize());
    return seen ? note : base::fail(seen);
  };
  co_await (pump_to_agent(*transport, stream, parse, fault) &&
            pump_down(*transport, stream, tap, fault));
}

}  // namespace slipway::http
