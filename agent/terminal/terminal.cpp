// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/terminal.hpp"

#include <boost/asio/this_coro.hpp>
#include <exception>

#include "agent/terminal/exec_session.hpp"
#include "agent/terminal/node_shell.hpp"
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

}  // namespace

Terminal::Terminal(TerminalOptions options, containers::ContainerRuntime& runtime)
    : options_(std::move(options)), runtime_(runtime) {
  // What a killed agent left behind: nobody can open these fifos any more.
  std::error_code ignored;
  std::filesystem::remove_all(options_.run_dir, ignored);
}

Task<> Terminal::serve(wire::ExecOpen open, link::StreamPtr stream) {
  if (sessions_ >= kMaxSessions) {
    stream->reset({ErrorCode::kExhausted, "too many terminals on this node", {}});
    co_return;
  }
  Seat seat(sessions_);
  spdlog::info("terminal: {} opens {}/{}/{}", open.user(), open.pod_namespace(), open.pod(),
               open.container());
  ExecSession session(runtime_, options_.run_dir, open, stream);
  std::exception_ptr cancelled;
  Result<wire::ExitStatus> status;
  try {
    status = co_await session.run();
  } catch (...) {
    cancelled = std::current_exception();
  }
  // Also a cancelled session leaves no process behind.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (!cancelled) co_await answer(stream, std::move(status));
  co_await session.clean_up();
  if (cancelled) std::rethrow_exception(cancelled);
}

Task<> Terminal::serve(wire::NodeShellOpen open, link::StreamPtr stream) {
  if (!options_.node_shell) {
    spdlog::warn("terminal: {} is refused a shell on this node", open.user());
    stream->reset({ErrorCode::kDenied, "this node's own configuration allows no node shell", {}});
    co_return;
  }
  if (sessions_ >= kMaxSessions) {
    stream->reset({ErrorCode::kExhausted, "too many terminals on this node", {}});
    co_return;
  }
  Seat seat(sessions_);
  spdlog::warn("terminal: {} opens a shell on this node: {}", open.user(), open.reason());
  auto status = co_await run_node_shell(std::move(open), options_.shell, stream);
  co_await answer(stream, std::move(status));
}

}  // namespace slipway::terminal
