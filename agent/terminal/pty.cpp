// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/pty.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace slipway::terminal {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Result;

std::unexpected<base::Error> system_failure(const std::string& what) {
  return base::fail(ErrorCode::kInternal, what + ": " + std::strerror(errno));
}

winsize as_winsize(const wire::TerminalSize& size) {
  auto bounded = [](std::uint32_t value, unsigned short fallback) {
    return value == 0 || value > USHRT_MAX ? fallback : static_cast<unsigned short>(value);
  };
  return {.ws_row = bounded(size.rows(), 24), .ws_col = bounded(size.columns(), 80)};
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (auto& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Everything that the child needs, made before the fork: after it only system calls are safe.
struct Child {
  const char* program;
  char* const* argv;
  char* const* environment;
  const char* directory;
  const char* terminal;
  int report;  // closed by a successful exec; else gets errno
};

[[noreturn]] void run_child(const Child& child) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  ::setsid();
  const int terminal = ::open(child.terminal, O_RDWR);
  if (terminal >= 0 && ::ioctl(terminal, TIOCSCTTY, 0) == 0 && ::dup2(terminal, 0) == 0 &&
      ::dup2(terminal, 1) == 1 && ::dup2(terminal, 2) == 2) {
    ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    if (::chdir(child.directory) != 0) (void)!::chdir("/");
    ::execve(child.program, child.argv, child.environment);
  }
  const int error = errno;
  (void)!::write(child.report, &error, sizeof error);
  ::_exit(127);
}

/// The errno of a failed exec, 0 when it succeeded.
int read_report(int fd) {
  int error = 0;
  ssize_t count = 0;
  do {
    count = ::read(fd, &error, sizeof error);
  } while (count < 0 && errno == EINTR);
  return count == sizeof error ? error : 0;
}

}  // namespace

Result<PtyProcess> PtyProcess::start(asio::any_io_executor executor, PtyCommand command) {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (master < 0) return system_failure("open a pseudo terminal");
  Descriptor terminal(executor, master);
  char name[64];
  if (::grantpt(master) != 0 || ::unlockpt(master) != 0 ||
      ::ptsname_r(master, name, sizeof name) != 0) {
    return system_failure("set up a pseudo terminal");
  }
  const auto size = as_winsize(command.size);
  ::ioctl(master, TIOCSWINSZ, &size);
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) return system_failure("pipe");
  const auto argv = pointers(command.argv);
  const auto environment = pointers(command.environment);
  const Child child{command.program.c_str(),   argv.data(), environment.data(),
                    command.directory.c_str(), name,        report[1]};
  const pid_t pid = ::fork();
  if (pid == 0) run_child(child);
  ::close(report[1]);
  const int failure = pid < 0 ? errno : read_report(report[0]);
  ::close(report[0]);
  if (failure != 0) {
    if (pid > 0) ::waitpid(pid, nullptr, 0);
    errno = failure;
    return system_failure("start " + command.program);
  }
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) {
    const int error = errno;
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    errno = error;
    return system_failure("pidfd_open");
  }
  return PtyProcess(pid, std::move(terminal), Descriptor(executor, pidfd));
}

PtyProcess::PtyProcess(PtyProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      terminal_(std::move(other.terminal_)),
      exited_(std::move(other.exited_)) {}

PtyProcess::~PtyProcess() {
  if (pid_ == 0) return;
  kill();
  ::waitpid(pid_, nullptr, 0);
}

void PtyProcess::resize(const wire::TerminalSize& size) {
  const auto window = as_winsize(size);
  ::ioctl(terminal_.native_handle(), TIOCSWINSZ, &window);
}

base::Task<Result<int>> PtyProcess::wait() {
  const auto [error] =
      co_await exited_.async_wait(Descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
  if (error) co_return base::fail(ErrorCode::kUnavailable, "no longer waiting for the process");
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) co_return system_failure("waitpid");
  pid_ = 0;
  co_return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void PtyProcess::kill() {
  if (terminal_.is_open()) {
    const pid_t foreground = ::tcgetpgrp(terminal_.native_handle());
    if (foreground > 1 && foreground != pid_) ::kill(-foreground, SIGKILL);
  }
  if (pid_ > 1) {
    ::kill(-pid_, SIGHUP);
    ::kill(-pid_, SIGKILL);
  }
}

}  // namespace slipway::terminal
