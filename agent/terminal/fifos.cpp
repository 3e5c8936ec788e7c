// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/fifos.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace slipway::terminal {
namespace {

using base::ErrorCode;
using base::Result;

std::unexpected<base::Error> system_failure(const std::string& what) {
  return base::fail(ErrorCode::kInternal, what + ": " + std::strerror(errno));
}

Result<> open_end(base::asio::any_io_executor executor, const std::string& path, int mode,
                  std::optional<Descriptor>& into) {
  const int fd = ::open(path.c_str(), mode | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return system_failure("open " + path);
  into.emplace(executor, fd);
  return {};
}

}  // namespace

Fifos::Directory::~Directory() {
  std::error_code ignored;
  if (!path.empty()) std::filesystem::remove_all(path, ignored);
}

Fifos::~Fifos() = default;

std::string Fifos::stderr_path() const {
  return has_errors() ? (dir_.path / "stderr").string() : std::string{};
}

Result<Fifos> Fifos::make(base::asio::any_io_executor executor,
                          const std::filesystem::path& run_dir, const std::string& name,
                          bool with_stderr) {
  std::error_code failure;
  std::filesystem::create_directories(run_dir, failure);
  ::chmod(run_dir.c_str(), 0700);
  const auto path = run_dir / name;
  if (::mkdir(path.c_str(), 0700) != 0) return system_failure("mkdir " + path.string());
  Fifos fifos{Directory{path}};
  for (const char* file : {"stdin", "stdout", "stderr"}) {
    if (file == std::string_view("stderr") && !with_stderr) continue;
    if (::mkfifo((path / file).c_str(), 0600) != 0) return system_failure("mkfifo");
  }
  const auto error_path = (path / "stderr").string();
  // Input is opened both ways: for writing alone it cannot be opened before its reader is there.
  auto opened = open_end(executor, fifos.stdin_path(), O_RDWR, fifos.input_);
  if (opened) opened = open_end(executor, fifos.stdout_path(), O_RDONLY, fifos.output_);
  if (opened) opened = open_end(executor, fifos.stdout_path(), O_WRONLY, fifos.held_output_);
  if (opened && with_stderr) opened = open_end(executor, error_path, O_RDONLY, fifos.errors_);
  if (opened && with_stderr) opened = open_end(executor, error_path, O_WRONLY, fifos.held_errors_);
  if (!opened) return base::fail(opened);
  return fifos;
}

void Fifos::started() {
  held_output_.reset();
  held_errors_.reset();
}

}  // namespace slipway::terminal
