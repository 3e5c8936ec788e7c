// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/exec_process.hpp"

#include <boost/asio/this_coro.hpp>

#include "agent/containers/process_spec.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::terminal {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr const char* kShells[] = {"/bin/sh", "/bin/bash", "/bin/ash"};
constexpr int kNotFoundExit = 127;
constexpr int kCannotStartExit = 126;
constexpr int kKillTries = 10;
constexpr std::chrono::milliseconds kKillPause{200};

}  // namespace

ExecProcess::ExecProcess(containers::ContainerRuntime& runtime, std::filesystem::path run_dir,
                         wire::ExecOpen open)
    : runtime_(runtime), run_dir_(std::move(run_dir)), open_(std::move(open)) {}

Task<Result<std::optional<wire::ExitStatus>>> ExecProcess::start() {
  auto container = co_await runtime_.find({open_.pod_namespace(), open_.pod(), open_.container()});
  if (!container) co_return base::fail(container);
  if (auto started = co_await start_any(std::move(*container)); !started) {
    const bool missing = started.error().code == ErrorCode::kNotFound;
    wire::ExitStatus status;
    status.set_code(missing ? kNotFoundExit : kCannotStartExit);
    status.set_message(started.error().message);
    co_return status;
  }
  if (open_.has_size()) co_await resize(open_.size());
  co_return std::nullopt;
}

Task<Result<>> ExecProcess::start_any(containers::Container container) {
  if (open_.command_size() > 0) {
    co_return co_await start(container, {open_.command().begin(), open_.command().end()});
  }
  Result<> started;
  for (const char* shell : kShells) {
    started = co_await start(container, {shell});
    if (started || started.error().code != ErrorCode::kNotFound) break;
  }
  if (!started && started.error().code == ErrorCode::kNotFound) {
    co_return base::fail(ErrorCode::kNotFound,
                         "the container has no shell: tried /bin/sh, "
                         "/bin/bash, /bin/ash; give a command instead");
  }
  co_return started;
}

Task<Result<>> ExecProcess::start(const containers::Container& container,
                                  const std::vector<std::string>& command) {
  auto process = containers::exec_process(container.process, command, open_.tty());
  if (!process) co_return base::fail(process);
  const containers::ExecId id{container.id, "slipway-" + base::new_id()};
  auto executor = co_await asio::this_coro::executor;
  auto fifos = Fifos::make(executor, run_dir_, id.exec_id, !open_.tty());
  if (!fifos) co_return base::fail(fifos);
  containers::ExecSpec spec{id,
                            std::move(*process),
                            open_.tty(),
                            fifos->stdin_path(),
                            fifos->stdout_path(),
                            fifos->stderr_path()};
  // From here on there is something to clean up, even if the answer never comes.
  process_ = id;
  auto created = co_await runtime_.create(std::move(spec));
  if (!created) {
    process_.reset();
    co_return created;
  }
  auto started = co_await runtime_.start(id);
  if (!started) {
    co_await runtime_.remove(id);
    process_.reset();
    co_return base::fail(started);
  }
  fifos_.emplace(std::move(*fifos));
  fifos_->started();
  co_return Result<>{};
}

Task<> ExecProcess::resize(wire::TerminalSize size) {
  if (open_.tty()) co_await runtime_.resize(*process_, size.columns(), size.rows());
}

Task<> ExecProcess::close_stdin() {
  // The runtime hangs a terminal up when its input ends: the process would lose its output.
  if (open_.tty()) co_return;
  fifos_->input().close();
  co_await runtime_.close_stdin(*process_);
}

Task<Result<int>> ExecProcess::wait() {
  auto code = co_await runtime_.wait(*process_);
  exited_ = exited_ || code.has_value();
  co_return code;
}

Task<> ExecProcess::clean_up() {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (!process_) co_return;
  const auto id = *std::exchange(process_, std::nullopt);
  if (!exited_) {
    auto killed = co_await runtime_.kill(id);
    // A process that is only just starting cannot be killed yet.
    for (int tried = 0; !killed && tried < kKillTries; ++tried) {
      co_await base::sleep_for(kKillPause);
      killed = co_await runtime_.kill(id);
    }
    if (!killed) spdlog::warn("terminal: cannot kill {}: {}", id.exec_id, killed.error().message);
    co_await base::with_timeout(kDrainLimit, "the end of a killed process", runtime_.wait(id));
  }
  auto removed = co_await runtime_.remove(id);
  if (!removed) spdlog::warn("terminal: cannot forget {}: {}", id.exec_id, removed.error().message);
}

}  // namespace slipway::terminal
