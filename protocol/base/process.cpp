// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>

#include "protocol/base/descriptor.hpp"
#include "protocol/base/output_lines.hpp"
#include "protocol/base/with_timeout.hpp"

extern char** environ;

namespace slipway::base {
namespace {

constexpr std::size_t kReadBytes = 16 << 10;
constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);

std::unexpected<Error> system_failure(const std::string& what, int number) {
  return fail(ErrorCode::kInternal, what + ": " + std::generic_category().message(number));
}

/// What the child reads as stdin: a memory file rather than a pipe, so that nobody has to feed it
/// and a child that does not read costs no SIGPIPE.
Result<Descriptor> input_file(std::string_view input) {
  if (input.empty()) return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Descriptor file(::memfd_create("stdin", MFD_CLOEXEC));
  if (file.get() < 0) return system_failure("memfd_create", errno);
  while (!input.empty()) {
    const ssize_t n = ::write(file.get(), input.data(), input.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_failure("cannot keep a program's input", errno);
    input.remove_prefix(static_cast<std::size_t>(n));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

/// Our environment with `added` in place of entries of the same name.
std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
  const auto name_length = [](std::string_view entry) { return entry.substr(0, entry.find('=')); };
  std::vector<std::string> merged;
  for (char** entry = environ; *entry; ++entry) {
    bool replaced = false;
    for (const auto& other : added) replaced |= name_length(other) == name_length(*entry);
    if (!replaced) merged.emplace_back(*entry);
  }
  merged.insert(merged.end(), added.begin(), added.end());
  return merged;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// posix_spawn's two option objects, freed in the end.
struct SpawnOptions {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  SpawnOptions() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnOptions() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnOptions(const SpawnOptions&) = delete;
};

Result<pid_t> spawn(Command& command, int input, int output) {
  SpawnOptions options;
  ::posix_spawn_file_actions_adddup2(&options.actions, input, 0);
  ::posix_spawn_file_actions_adddup2(&options.actions, output, 1);
  ::posix_spawn_file_actions_adddup2(&options.actions, output, 2);
  ::posix_spawn_file_actions_addclosefrom_np(&options.actions, 3);
  sigset_t all;
  sigset_t none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(&options.attributes, &all);
  ::posix_spawnattr_setsigmask(&options.attributes, &none);
  ::posix_spawnattr_setpgroup(&options.attributes, 0);
  ::posix_spawnattr_setflags(
      &options.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  auto environment = merged_environment(command.environment);
  pid_t pid = -1;
  const int error =
      ::posix_spawnp(&pid, command.argv[0].c_str(), &options.actions, &options.attributes,
                     pointers_to(command.argv).data(), pointers_to(environment).data());
  if (error == ENOENT) return fail(ErrorCode::kNotFound, "no such program: " + command.argv[0]);
  if (error == EACCES) return fail(ErrorCode::kDenied, "may not be run: " + command.argv[0]);
  if (error != 0) return system_failure("cannot run " + command.argv[0], error);
  return pid;
}

/// A started program. Until it is reaped its process group's number cannot name anyone else, so the
/// group may be killed; reap() comes last.
struct Child {
  Child(asio::any_io_executor io, pid_t process, int pidfd, int output)
      : pid(process), exit(io, pidfd), out(io, output) {}
  ~Child() {
    if (reaped) return;  // else the io context ends under a running program
    kill_group();
    ::waitpid(pid, nullptr, WNOHANG);
  }
  Child(const Child&) = delete;

  void kill_group() const { ::kill(-pid, SIGKILL); }
  std::optional<int> reap();
  void drain(OutputLines& lines);

  pid_t pid;
  std::exception_ptr thrown;  ///< by the caller's on_line
  bool exited = false;
  bool reaped = false;
  asio::posix::stream_descriptor exit;  ///< a pidfd: readable once the program has ended
  asio::posix::stream_descriptor out;   ///< its stdout and stderr
};
using ChildPtr = std::shared_ptr<Child>;  // shared by the coroutines that watch one program

std::optional<int> Child::reap() {
  siginfo_t info{};
  if (::waitid(P_PIDFD, static_cast<id_t>(exit.native_handle()), &info, WEXITED | WNOHANG) != 0 ||
      info.si_pid == 0) {
    return std::nullopt;
  }
  reaped = true;
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

/// What lies in the pipe now. Not until its end: a daemon that the program left may hold it open.
void Child::drain(OutputLines& lines) {
  char buffer[kReadBytes];
  for (std::size_t total = 0; total < kProcessOutputLimitBytes;) {
    const ssize_t n = ::read(out.native_handle(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    lines.add({buffer, static_cast<std::size_t>(n)});
    total += static_cast<std::size_t>(n);
  }
}

Task<> watch_exit(ChildPtr child) {
  auto [error] = co_await child->exit.async_wait(asio::posix::descriptor_base::wait_read, kQuiet);
  if (!error) child->exited = true;
  child->out.cancel();
}

Task<> watch_output(ChildPtr child, OutputLines& lines) {
  std::string buffer(kReadBytes, '\0');
  while (!child->exited) {
    auto [error, n] = co_await child->out.async_read_some(asio::buffer(buffer), kQuiet);
    if (error) break;
    try {
      lines.add({buffer.data(), n});
    } catch (...) {
      child->thrown = std::current_exception();
      child->kill_group();  // and so the end comes soon
      break;
    }
  }
}

Result<ChildPtr> start(Command& command, asio::any_io_executor io) {
  auto input = input_file(command.input);
  if (!input) return fail(input);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return system_failure("pipe2", errno);
  Descriptor out_read(ends[0]);
  const Descriptor out_write(ends[1]);
  ::fcntl(out_read.get(), F_SETFL, O_NONBLOCK);
  const auto pid = spawn(command, input->get(), out_write.get());
  if (!pid) return fail(pid);
  Descriptor pidfd(static_cast<int>(
      ::syscall(SYS_pidfd_open, *pid, 0)));  // no wrapper: its header in glibc 2.36 is C only
  if (pidfd.get() < 0) {
    const int number = errno;
    ::kill(-*pid, SIGKILL);
    ::waitpid(*pid, nullptr, 0);
    return system_failure("pidfd_open", number);
  }
  return std::make_shared<Child>(io, *pid, pidfd.release(), out_read.release());
}

/// Kills what is left and takes the exit code, whatever happens to the caller meanwhile.
Task<int> end(ChildPtr child) {
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  if (!child->exited) child->kill_group();
  auto code = child->reap();
  while (!code) {
    co_await child->exit.async_wait(asio::posix::descriptor_base::wait_read, kQuiet);
    code = child->reap();
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  co_return *code;
}

}  // namespace

Task<Result<Exit>> run(Command command) {
  using namespace asio::experimental::awaitable_operators;
  if (command.argv.empty()) co_return fail(ErrorCode::kInvalid, "no program named", "argv");
  auto started = start(command, co_await asio::this_coro::executor);
  if (!started) co_return fail(started);
  const ChildPtr child = *started;
  OutputLines lines(kProcessOutputLimitBytes, std::move(command.on_line));
  std::exception_ptr failure;
  try {
    co_await ((watch_exit(child) && watch_output(child, lines)) || sleep_for(command.timeout));
    if (child->exited && !child->thrown) child->drain(lines);
    if (!child->thrown) lines.end();
  } catch (...) {
    failure = std::current_exception();  // cancelled, or thrown by on_line at last
  }
  if (!failure) failure = child->thrown;
  const bool timed_out = !child->exited && !failure;
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  const int code = co_await end(child);
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (failure) std::rethrow_exception(failure);
  if (timed_out) {
    co_return fail(ErrorCode::kTimeout, command.argv[0] + " took longer than " +
                                            std::to_string(command.timeout.count()) +
                                            " ms and was killed");
  }
  co_return Exit{code, lines.take()};
}

Task<Result<std::string>> run_ok(Command command) {
  const std::string program = command.argv.empty() ? "" : command.argv[0];
  auto exit = co_await run(std::move(command));
  if (!exit) co_return fail(exit);
  if (exit->code != 0) {
    co_return fail(ErrorCode::kInternal, program + " failed with code " +
                                             std::to_string(exit->code) + ": " +
                                             last_lines(exit->output));
  }
  co_return std::move(exit->output);
}

}  // namespace slipway::base
