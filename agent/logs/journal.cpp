// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/journal.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "protocol/base/descriptor.hpp"

extern char** environ;

namespace slipway::logs {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr std::size_t kBlockBytes = 64 << 10;
constexpr std::size_t kUnitLength = 255;

bool is_unit(const std::string& name) {
  return name.size() <= kUnitLength && name.front() != '-' &&
         std::ranges::all_of(name, [](unsigned char c) {
           return (std::isalnum(c) != 0) || std::strchr(":_.\\@-", c) != nullptr;
         });
}

/// A reader of the journal and the pipe that it writes into; killed with its owner.
class JournalProcess {
 public:
  JournalProcess(pid_t pid, asio::any_io_executor executor, int fd)
      : pid_(pid), output_(executor, fd) {}
  ~JournalProcess() {
    // It only reads: SIGKILL ends it at once, so that this wait is short.
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  JournalProcess(const JournalProcess&) = delete;

  asio::posix::stream_descriptor& output() { return output_; }

 private:
  pid_t pid_;
  asio::posix::stream_descriptor output_;
};

Result<std::unique_ptr<JournalProcess>> start(asio::any_io_executor executor,
                                              std::vector<std::string> arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::fail(ErrorCode::kInternal, "pipe");
  base::Descriptor reading(ends[0]);
  const base::Descriptor writing(ends[1]);
  std::vector<char*> pointers;
  for (auto& text : arguments) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, writing.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, writing.get(), 2);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, pointers[0], &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return base::fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInternal,
                      "journalctl does not start: " + std::string(std::strerror(error)));
  }
  return std::make_unique<JournalProcess>(pid, executor, reading.release());
}

Task<Result<>> copy(asio::posix::stream_descriptor& from, link::StreamPtr to) {
  std::string buffer(kBlockBytes, '\0');
  while (true) {
    const auto [error, count] =
        co_await from.async_read_some(asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
    if (error || count == 0) co_return Result<>{};
    if (auto written = co_await to->write(buffer.substr(0, count)); !written) co_return written;
  }
}

}  // namespace

Result<std::vector<std::string>> journal_arguments(const std::string& program,
                                                   const wire::JournalOpen& open) {
  std::vector<std::string> arguments{program, "--no-pager", "--quiet", "--output=short-iso"};
  if (!open.unit().empty()) {
    if (!is_unit(open.unit())) {
      return base::fail(ErrorCode::kInvalid, "not a unit's name", "unit");
    }
    arguments.push_back("--unit=" + open.unit());
  }
  arguments.push_back("--lines=" +
                      (open.tail_lines() < 0 ? "all" : std::to_string(open.tail_lines())));
  if (open.follow()) arguments.emplace_back("--follow");
  return arguments;
}

Task<Result<>> send_journal(std::string program, wire::JournalOpen open, link::StreamPtr stream) {
  using namespace asio::experimental::awaitable_operators;
  auto arguments = journal_arguments(program, open);
  if (!arguments) co_return base::fail(arguments);
  auto process = start(co_await asio::this_coro::executor, std::move(*arguments));
  if (!process) co_return base::fail(process);
  auto outcome = co_await (copy((*process)->output(), stream) || stream->closed());
  if (outcome.index() == 1) co_return std::unexpected(std::get<1>(std::move(outcome)));
  co_return std::get<0>(std::move(outcome));
}

}  // namespace slipway::logs
