// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/tail.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "agent/logs/cri_record.hpp"

namespace slipway::logs {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kBlockBytes = 64 << 10;
constexpr std::size_t kMaxLineBytes = 1 << 20;  // what is longer is no record

/// Reads a whole block at a place; false when it cannot.
bool read_at(int fd, char* into, std::size_t size, off_t at) {
  while (size > 0) {
    const ssize_t count = ::pread(fd, into, size, at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    into += count;
    size -= static_cast<std::size_t>(count);
    at += count;
  }
  return true;
}

/// From the end of a plain file backwards, a block at a time; `held` is the text from `at` up to
/// the end of the line that is not yet looked at.
Result<TailStart> tail_of_plain(LogFile& file, std::uint64_t wanted) {
  off_t at = file.size();
  TailStart start{.offset = at};
  std::string held;
  std::string block;
  bool at_file_end = true;
  while (at > 0) {
    const auto size = static_cast<std::size_t>(std::min<off_t>(at, kBlockBytes));
    block.resize(size);
    at -= static_cast<off_t>(size);
    if (!read_at(file.fd(), block.data(), size, at)) {
      return base::fail(ErrorCode::kInternal, "a log file cannot be read");
    }
    held.insert(0, block);
    while (true) {
      const auto newline = held.rfind('\n');
      if (newline == std::string::npos) break;
      const std::string_view line = std::string_view(held).substr(newline + 1);
      if (!at_file_end && ends_line(line) && ++start.lines > wanted) {
        --start.lines;
        start.offset = at + static_cast<off_t>(held.size()) + 1;
        return start;
      }
      at_file_end = false;  // what follows the last newline is no whole line yet
      held.resize(newline);
    }
    if (held.size() > kMaxLineBytes) held.resize(kMaxLineBytes);
  }
  if (!at_file_end && ends_line(held) && ++start.lines > wanted) {
    --start.lines;
    start.offset = static_cast<off_t>(held.size()) + 1;
    return start;
  }
  start.offset = 0;
  return start;
}

/// Reads from the file's start until so many lines have ended, or to its end.
Result<TailStart> pass_lines(LogFile& file, std::uint64_t most) {
  file.rewind();
  TailStart passed;
  std::string held;
  std::string block(kBlockBytes, '\0');
  while (passed.lines < most) {
    auto count = file.read(block.data(), block.size());
    if (!count) return base::fail(count);
    if (*count == 0) break;
    held.append(block.data(), *count);
    std::string_view lines = held;
    auto end = lines.find('\n');
    for (; end != std::string_view::npos && passed.lines < most; end = lines.find('\n')) {
      if (ends_line(lines.substr(0, end))) ++passed.lines;
      lines.remove_prefix(end + 1);
    }
    passed.offset = file.position() - static_cast<off_t>(lines.size());
    held.erase(0, held.size() - lines.size());
    if (held.size() > kMaxLineBytes) held.clear();
  }
  return passed;
}

Result<TailStart> tail_of_compressed(LogFile& file, std::uint64_t wanted) {
  const auto all = pass_lines(file, std::numeric_limits<std::uint64_t>::max());
  if (!all) return base::fail(all);
  const auto lines = std::min(all->lines, wanted);
  auto passed = pass_lines(file, all->lines - lines);
  if (!passed) return base::fail(passed);
  return TailStart{.offset = passed->offset, .lines = lines};
}

}  // namespace

Result<TailStart> find_tail(LogFile& file, std::uint64_t lines) {
  return file.compressed() ? tail_of_compressed(file, lines) : tail_of_plain(file, lines);
}

}  // namespace slipway::logs
