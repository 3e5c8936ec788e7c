// SPDX-License-Identifier: Apache-2.0
#include "controller/http/log_socket.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/json.hpp>

#include "controller/http/problem.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::Result;
using base::Task;

/// Nothing is expected of the client; reading finds out that it has gone.
Task<> watch_client(net::Transport& transport, SharedLog log) {
  while (co_await transport.read()) {
  }
  log->stop();
}

/// Writes a log's parts as messages.
class Teller {
 public:
  Teller(net::Transport& transport, const FollowedLog& log, const LogSubject& subject)
      : transport_(transport), log_(log), subject_(subject) {}

  Task<Result<>> tell(LogPart part) {
    Result<> told;
    if (!part.text.empty()) {
      told = co_await announce(part.text.size());
      if (told) told = co_await transport_.write({.bytes = std::move(part.text), .binary = true});
    }
    if (told && !part.gap.empty()) told = co_await say({{"gap", part.gap}});
    if (told && place_is_news_) told = co_await announce(0);  // behind its gap, which is told then
    if (told && !part.waiting.empty()) {
      told = co_await say({{"waiting", part.waiting}});
      place_is_news_ = true;
    }
    co_return told;
  }
  Task<Result<>> say(json::object what) {
    return transport_.write({.bytes = json::serialize(what), .binary = false});
  }

 private:
  /// Before the text and of the place behind it: who keeps the cursor once it has the whole of the
  /// message that follows can be cut off anywhere.
  Task<Result<>> announce(std::size_t bytes) {
    const auto point = log_.point();
    if (!point && bytes == 0) co_return Result<>{};
    json::object message{{"bytes", bytes}};
    if (point) message["cursor"] = log_cursor(subject_, *point);
    place_is_news_ = !point;
    co_return co_await say(std::move(message));
  }

  net::Transport& transport_;
  const FollowedLog& log_;
  const LogSubject& subject_;
  bool place_is_news_ = true;  ///< to be told also without text
};

std::string_view end_of(const FollowedLog& log) {
  if (log.is_at_limit()) return "limit";
  return log.follows() ? "gone" : "complete";
}

/// Ends with the log; then the socket is closed, which ends the other half.
Task<> tell_log(net::Transport& transport, SharedLog log, LogSubject subject) {
  Teller teller(transport, *log, subject);
  for (;;) {
    auto part = co_await log->next();
    if (!part) {
      (void)co_await teller.say({{"problem", problem_object(problem_of(part.error()))}});
      break;
    }
    if (!*part) {
      (void)co_await teller.say({{"end", end_of(*log)}});
      break;
    }
    if (!co_await teller.tell(std::move(**part))) break;
  }
  transport.close();
}

}  // namespace

Task<> run_log_socket(std::unique_ptr<net::Transport> transport, SharedLog log,
                      LogSubject subject) {
  using namespace boost::asio::experimental::awaitable_operators;
  co_await (watch_client(*transport, log) && tell_log(*transport, log, std::move(subject)));
  log->stop();
}

}  // namespace slipway::http
