// SPDX-License-Identifier: Apache-2.0
#include "controller/http/live_terminal_bridge.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/json.hpp>

#include "controller/http/input.hpp"
#include "controller/http/right_end.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::ErrorCode;

std::unexpected<base::Error> unknown_message() {
  return base::fail(ErrorCode::kInvalid,
                    "a control message of a resumable terminal is {\"resize\":…}, "
                    "{\"acknowledged\":N} or {\"end\":true}");
}

/// A note of the agent's as a text message; none: it is of no account here.
std::optional<json::object> message_of(const wire::StreamNote& note, const std::string& node) {
  switch (note.note_case()) {
    case wire::StreamNote::kAttached:
      return json::object{{"attached",
                           {{"terminal", note.attached().id()},
                            {"node", node},
                            {"output", note.attached().output()},
                            {"input", note.attached().input()}}}};
    case wire::StreamNote::kAcknowledged:
      return json::object{{"acknowledged", note.acknowledged()}};
    case wire::StreamNote::kWatchers: {
      json::array users;
      for (const auto& user : note.watchers().users()) users.emplace_back(user);
      return json::object{{"watchers", std::move(users)}};
    }
    case wire::StreamNote::kGap:
      return json::object{{"gap", note.gap().why()}};
    case wire::StreamNote::kExit:
      return json::object{
          {"exit", {{"code", note.exit().code()}, {"message", note.exit().message()}}}};
    default:
      return std::nullopt;
  }
}

/// The last words of a stream that ended before its terminal: does it live on, and for whom?
json::object farewell(const base::Error& why) {
  const bool cut = why.code == ErrorCode::kUnavailable;
  if (cut || why.code == ErrorCode::kConflict || is_right_end(why)) {
    return {{"detached", {{"message", why.message}, {"again", cut}}}};
  }
  return {{"exit", {{"code", kNoExitCode}, {"message", why.message}}}};
}

/// Agent to client. Ends with the stream; then the socket is closed, which ends the other half.
base::Task<> pump_down(net::Transport& transport, link::StreamPtr stream, std::string node,
                       std::optional<link::Chunk> first, TerminalNamed named,
                       std::optional<base::Error>& fault) {
  bool exited = false;
  base::Error why{ErrorCode::kUnavailable, "the agent ended the stream", {}};
  const auto say = [&transport](json::object what) {
    return transport.write({.bytes = json::serialize(what), .binary = false});
  };
  for (;;) {
    auto chunk = std::exchange(first, std::nullopt);
    if (!chunk) {
      auto read = co_await stream->read();
      if (!read) why = read.error();
      if (!read || !*read) break;
      chunk = std::move(*read);
    }
    if (named && chunk->note && chunk->note->has_attached()) named(chunk->note->attached().id());
    base::Result<> sent;
    if (!chunk->bytes.empty()) {
      sent = co_await transport.write({.bytes = std::move(chunk->bytes), .binary = true});
    }
    if (chunk->note && sent) {
      exited = exited || chunk->note->has_exit();
      if (auto message = message_of(*chunk->note, node)) sent = co_await say(std::move(*message));
    }
    if (!sent) {
      stream->reset({ErrorCode::kUnavailable, "the client has gone", {}});
      exited = true;
      break;
    }
  }
  if (!exited) (void)co_await say(farewell(fault ? *fault : why));
  stream->finish();
  transport.close();
}

}  // namespace

base::Result<wire::StreamNote> parse_live_control(const std::string& message) {
  boost::system::error_code error;
  const auto value =
      message.size() > kMaxControlBytes ? json::value{} : json::parse(message, error);
  const auto* object = error ? nullptr : value.if_object();
  if (object == nullptr || object->size() != 1) return unknown_message();
  if (const auto* size = object->if_contains("resize")) return resize_note(*size);
  wire::StreamNote note;
  if (const auto* end = object->if_contains("end")) {
    if (!end->is_bool() || !end->as_bool()) return unknown_message();
    note.set_end_terminal(true);
    return note;
  }
  if (!object->contains("acknowledged")) return unknown_message();
  ObjectReader in(value);
  const auto number = in.number("acknowledged", 0, std::numeric_limits<std::int64_t>::max());
  if (auto fault = in.fault()) return std::unexpected(*fault);
  note.set_acknowledged(static_cast<std::uint64_t>(number));
  return note;
}

base::Task<> bridge_live_terminal(std::unique_ptr<net::Transport> transport, link::StreamPtr stream,
                                  std::string node, std::optional<link::Chunk> first,
                                  TerminalNamed named) {
  using namespace boost::asio::experimental::awaitable_operators;
  std::optional<base::Error> fault;
  co_await (
      pump_to_agent(*transport, stream, parse_live_control, fault) &&
      pump_down(*transport, stream, std::move(node), std::move(first), std::move(named), fault));
}

}  // namespace slipway::http
