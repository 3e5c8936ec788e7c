// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/node_shell.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <filesystem>

#include "agent/terminal/pty.hpp"
#include "agent/terminal/pump.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::terminal {
namespace {

namespace asio = base::asio;
using base::Result;
using base::Task;

constexpr std::chrono::seconds kDrainLimit{1};

PtyCommand login_shell(std::vector<std::string> shell, const wire::TerminalSize& size) {
  if (shell.empty()) shell = {std::filesystem::exists("/bin/bash") ? "/bin/bash" : "/bin/sh"};
  PtyCommand command;
  command.program = shell.front();
  command.argv = std::move(shell);
  // The leading dash makes it a login shell.
  command.argv.front() = "-" + std::filesystem::path(command.program).filename().string();
  command.environment = {"HOME=/root",
                         "USER=root",
                         "LOGNAME=root",
                         "SHELL=" + command.program,
                         "TERM=xterm-256color",
                         "LANG=C.UTF-8",
                         "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
  command.directory = "/root";
  command.size = size;
  return command;
}

}  // namespace

Task<Result<wire::ExitStatus>> run_node_shell(wire::NodeShellOpen open,
                                              std::vector<std::string> shell,
                                              link::StreamPtr stream) {
  using namespace asio::experimental::awaitable_operators;
  auto started = PtyProcess::start(co_await asio::this_coro::executor,
                                   login_shell(std::move(shell), open.size()));
  if (!started) co_return base::fail(started);
  PtyProcess& process = *started;
  InputActions actions;
  actions.resize = [&process](wire::TerminalSize size) -> Task<> {
    process.resize(size);
    co_return;
  };
  actions.close_stdin = []() -> Task<> { co_return; };  // a terminal's input has no end
  OutputProgress progress;
  auto outputs = [&]() -> Task<> {
    co_await pump_out(process.terminal(), stream, Output::kStdout, progress);
  };
  auto wait = [&process] { return process.wait(); };
  auto outcome = co_await (until_exit(outputs(), wait, kDrainLimit, progress) ||
                           pump_in(stream, process.terminal(), std::move(actions)));
  process.kill();
  if (outcome.index() == 1) co_return std::unexpected(std::get<1>(std::move(outcome)));
  const auto& code = std::get<0>(outcome);
  if (!code) co_return base::fail(code);
  wire::ExitStatus status;
  status.set_code(*code);
  co_return status;
}

}  // namespace slipway::terminal
