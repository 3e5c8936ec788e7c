// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/console.hpp"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>

#include <array>
#include <charconv>

#include "controller/cloud/local/spawn.hpp"
#include "protocol/base/files.hpp"

namespace slipway::cloud::local {
namespace fs = std::filesystem;
using base::ErrorCode;
using base::fail;

namespace {
constexpr std::chrono::seconds kSpawnLimit{10};

fs::path keeper_file(const MachineFiles& files) {
  return files.directory / "console.pid";
}

// The keeper's pid, if that process still is one: its output goes to this console's log.
pid_t keeper_of(const MachineFiles& files) {
  auto text = base::read_file(keeper_file(files), 64);
  if (!text) return 0;
  pid_t pid = 0;
  std::from_chars(text->data(), text->data() + text->size(), pid);
  std::error_code error;
  fs::path output = fs::read_symlink("/proc/" + std::to_string(pid) + "/fd/1", error);
  return pid > 1 && output == files.console() ? pid : 0;
}

base::Result<std::pair<Fd, Console>> open_terminal() {
  Fd keeper(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  std::array<char, 64> name{};
  if (!keeper || grantpt(keeper.get()) != 0 || unlockpt(keeper.get()) != 0 ||
      ptsname_r(keeper.get(), name.data(), name.size()) != 0) {
    return system_failure("a terminal for the console");
  }
  Console console{Fd(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC)), name.data()};
  if (!console.terminal) return system_failure(name.data());
  termios settings{};
  tcgetattr(console.terminal.get(), &settings);
  cfmakeraw(&settings);
  tcsetattr(console.terminal.get(), TCSANOW, &settings);
  return std::pair{std::move(keeper), std::move(console)};
}
}  // namespace

base::Result<Console> open_console(const MachineFiles& files) {
  close_console(files);
  auto pair = open_terminal();
  if (!pair) return fail(pair);
  auto& [keeper, console] = *pair;
  Fd log(open(files.console().c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!log) return system_failure(files.console().string());
  // cat holds the machine's side too (as stderr), so that it never sees a hang-up between two
  // writers. The shell tells its pid; setsid --fork leaves it to the host's first process.
  std::vector<std::string> argv{
      "setsid", "--fork", "sh", "-c", "echo $$ >\"$0\" && exec cat", keeper_file(files)};
  Stdio stdio{keeper.get(), log.get(), console.terminal.get()};
  auto code = spawn_and_wait(argv, stdio, kSpawnLimit);
  if (!code) return fail(code);
  if (*code != 0) {
    return fail(ErrorCode::kInternal, "setsid ended with status " + std::to_string(*code));
  }
  return std::move(console);
}

void close_console(const MachineFiles& files) {
  if (pid_t pid = keeper_of(files); pid > 1) kill(pid, SIGTERM);
  std::error_code ignored;
  fs::remove(keeper_file(files), ignored);
}

base::Result<std::string> read_console(const MachineFiles& files, std::size_t lines) {
  bound_console(files);
  auto log = base::read_file(files.console(), 4 * kConsoleLimitBytes);
  if (!log && log.error().code == ErrorCode::kNotFound) return std::string{};
  if (!log) return log;
  return last_lines(without_controls(*log), lines);
}

void bound_console(const MachineFiles& files) {
  Fd log(open(files.console().c_str(), O_RDWR | O_CLOEXEC));
  struct stat facts{};
  if (!log || fstat(log.get(), &facts) != 0) return;
  auto size = static_cast<std::size_t>(facts.st_size);
  if (size <= kConsoleLimitBytes) return;
  // The writer appends, so cutting whole blocks off the head disturbs it in nothing.
  off_t block = facts.st_blksize;
  off_t cut = static_cast<off_t>(size - kConsoleLimitBytes / 2) / block * block;
  if (fallocate(log.get(), FALLOC_FL_COLLAPSE_RANGE, 0, cut) == 0) return;
  // Elsewhere: a line written between these two steps is lost.
  std::string tail(kConsoleLimitBytes / 2, '\0');
  ssize_t got = pread(log.get(), tail.data(), tail.size(), static_cast<off_t>(size - tail.size()));
  if (got < 0 || ftruncate(log.get(), 0) != 0) return;
  [[maybe_unused]] ssize_t put = pwrite(log.get(), tail.data(), static_cast<std::size_t>(got), 0);
}

std::string last_lines(std::string_view log, std::size_t lines) {
  if (lines == 0) return {};
  std::size_t at = log.size();
  if (at > 0 && log[at - 1] == '\n') --at;
  while (at > 0) {
    std::size_t newline = log.rfind('\n', at - 1);
    if (newline == std::string_view::npos) break;
    if (--lines == 0) return std::string(log.substr(newline + 1));
    at = newline;
  }
  return std::string(log);
}

std::string without_controls(std::string_view log) {
  std::string plain;
  for (std::size_t at = 0; at < log.size(); ++at) {
    char c = log[at];
    if (c == '\x1b' && at + 1 < log.size() && log[at + 1] == '[') {
      for (at += 2; at < log.size() && (log[at] < '@' || log[at] > '~'); ++at) {
      }
    } else if (c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20) {
      if (c != '\x7f') plain += c;
    }
  }
  return plain;
}

}  // namespace slipway::cloud::local
