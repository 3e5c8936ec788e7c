// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/exec_session.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "agent/terminal/pump.hpp"

namespace slipway::terminal {
namespace {

using base::Result;
using base::Task;

Task<> copy_outputs(Fifos& fifos, link::StreamPtr stream, OutputProgress& progress) {
  using namespace base::asio::experimental::awaitable_operators;
  if (fifos.has_errors()) {
    co_await (pump_out(fifos.output(), stream, Output::kStdout, progress) &&
              pump_out(fifos.errors(), stream, Output::kStderr, progress));
  } else {
    co_await pump_out(fifos.output(), stream, Output::kStdout, progress);
  }
}

}  // namespace

Task<Result<wire::ExitStatus>> run_exec(ExecProcess& process, link::StreamPtr stream) {
  using namespace base::asio::experimental::awaitable_operators;
  auto started = co_await process.start();
  if (!started) co_return base::fail(started);
  if (*started) co_return std::move(**started);
  OutputProgress progress;
  InputActions actions{
      .resize = [&process](wire::TerminalSize size) { return process.resize(std::move(size)); },
      .close_stdin = [&process] { return process.close_stdin(); }};
  auto wait = [&process] { return process.wait(); };
  auto outcome = co_await (
      until_exit(copy_outputs(process.fifos(), stream, progress), wait, kDrainLimit, progress) ||
      pump_in(stream, process.fifos().input(), std::move(actions)));
  if (outcome.index() == 1) co_return std::unexpected(std::get<1>(std::move(outcome)));
  const auto& code = std::get<0>(outcome);
  if (!code) co_return base::fail(code);
  wire::ExitStatus status;
  status.set_code(*code);
  co_return status;
}

}  // namespace slipway::terminal
