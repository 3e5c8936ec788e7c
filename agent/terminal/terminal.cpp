// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/terminal.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <exception>

#include "agent/terminal/exec_session.hpp"
#include "agent/terminal/node_shell.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/log.hpp"

namespace slipway::terminal {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Result;
using base::Task;

/// Counts a session in and out.
class Seat {
 public:
  explicit Seat(std::size_t& taken) : taken_(taken) { ++taken_; }
  ~Seat() { --taken_; }
  Seat(const Seat&) = delete;

 private:
  std::size_t& taken_;
};

Task<> answer(link::StreamPtr stream, Result<wire::ExitStatus> status) {
  if (!status) {
    stream->reset(status.error());
    co_return;
  }
  wire::StreamNote note;
  *note.mutable_exit() = std::move(*status);
  if (auto written = co_await stream->write(std::move(note)); written) stream->finish();
}

base::Error too_many() {
  return {ErrorCode::kExhausted, "too many terminals on this node", {}};
}

}  // namespace

Terminal::Terminal(asio::any_io_executor executor, TerminalOptions options,
                   containers::ContainerRuntime& runtime, const base::Clock& clock)
    : options_(std::move(options)),
      runtime_(runtime),
      clock_(clock),
      one_ended_(executor),
      tasks_(executor) {
  // What a killed agent left behind: nobody can open these fifos any more.
  std::error_code ignored;
  std::filesystem::remove_all(options_.run_dir, ignored);
}

Task<> Terminal::serve(wire::ExecOpen open, link::StreamPtr stream) {
  if (sessions_ >= kMaxSessions) {
    stream->reset(too_many());
    co_return;
  }
  spdlog::info("terminal: {} opens {}/{}/{}", open.user(), open.pod_namespace(), open.pod(),
               open.container());
  if (open.resumable()) co_return co_await serve_live(std::move(open), std::move(stream));
  Seat seat(sessions_);
  ExecProcess process(runtime_, options_.run_dir, std::move(open));
  std::exception_ptr cancelled;
  Result<wire::ExitStatus> status;
  try {
    status = co_await run_exec(process, stream);
  } catch (...) {
    cancelled = std::current_exception();
  }
  // Also a cancelled session leaves no process behind.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (!cancelled) co_await answer(stream, std::move(status));
  co_await process.clean_up();
  if (cancelled) std::rethrow_exception(cancelled);
}

Task<> Terminal::serve_live(wire::ExecOpen open, link::StreamPtr stream) {
  if (!open.tty()) {
    stream->reset({ErrorCode::kInvalid, "only a terminal can be resumable", "tty"});
    co_return;
  }
  const auto own = std::ranges::count_if(
      live_, [&](const auto& one) { return one.second->owner() == open.user(); });
  if (static_cast<std::size_t>(own) >= kMaxOwnersSessions) {
    stream->reset({ErrorCode::kExhausted,
                   open.user() + " has too many open terminals on this node; end one of them",
                   {}});
    co_return;
  }
  const auto id = base::new_id();
  auto session = std::make_shared<LiveSession>(
      tasks_.executor(), clock_, id, ExecProcess(runtime_, options_.run_dir, std::move(open)));
  live_.emplace(id, session);
  tasks_.spawn("terminal " + id, keep(id, session));
  co_await session->attach(std::move(stream), {});
}

Task<> Terminal::keep(std::string id, std::shared_ptr<LiveSession> session) {
  Seat seat(sessions_);
  co_await session->run();
  live_.erase(id);
  one_ended_.notify();
}

Task<> Terminal::serve(wire::TerminalOpen open, link::StreamPtr stream) {
  const auto found = live_.find(open.id());
  if (found == live_.end()) {
    stream->reset({ErrorCode::kNotFound,
                   "there is no such terminal: it has ended, or its node's agent was restarted",
                   "terminal"});
    co_return;
  }
  const auto session = found->second;
  switch (open.use()) {
    case wire::TerminalOpen::TAKE_UP:
      if (session->owner() != open.user()) {
        stream->reset({ErrorCode::kDenied, "this terminal is another user's", "terminal"});
        co_return;
      }
      co_return co_await session->attach(std::move(stream), std::move(open));
    case wire::TerminalOpen::WATCH:
      spdlog::info("terminal: {} watches a terminal of {}", open.user(), session->owner());
      co_return co_await session->watch(std::move(stream), open.user());
    case wire::TerminalOpen::END:
      spdlog::info("terminal: {} ends a terminal of {}", open.user(), session->owner());
      session->end("ended by " + open.user());
      stream->finish();
      co_return;
    default:
      stream->reset({ErrorCode::kInvalid, "this agent knows no such use of a terminal", "use"});
  }
}

Task<> Terminal::serve(wire::TerminalsOpen, link::StreamPtr stream) {
  std::vector<wire::TerminalState> states;
  for (const auto& [id, session] : live_) states.push_back(session->state());
  for (auto& state : states) {
    wire::StreamNote note;
    *note.mutable_terminal() = std::move(state);
    if (!co_await stream->write(std::move(note))) co_return;
  }
  stream->finish();
}

void Terminal::tick() {
  for (const auto& [id, session] : live_) session->tick();
}

Task<> Terminal::stop() {
  for (const auto& [id, session] : live_) session->end("the node's agent stops");
  while (!live_.empty()) co_await one_ended_.wait();
  co_await tasks_.join();
}

Task<> Terminal::serve(wire::NodeShellOpen open, link::StreamPtr stream) {
  if (!options_.node_shell) {
    spdlog::warn("terminal: {} is refused a shell on this node", open.user());
    stream->reset({ErrorCode::kDenied, "this node's own configuration allows no node shell", {}});
    co_return;
  }
  if (sessions_ >= kMaxSessions) {
    stream->reset(too_many());
    co_return;
  }
  Seat seat(sessions_);
  spdlog::warn("terminal: {} opens a shell on this node: {}", open.user(), open.reason());
  auto status = co_await run_node_shell(std::move(open), options_.shell, stream);
  co_await answer(stream, std::move(status));
}

}  // namespace slipway::terminal
