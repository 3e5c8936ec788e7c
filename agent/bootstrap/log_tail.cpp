// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/log_tail.hpp"

namespace slipway::bootstrap {
namespace {

constexpr std::size_t kLineBytes = 2 << 10;  // a longer line is cut

/// How many bytes the character at `at` has; 0 where it is not UTF-8.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF && follows(at + 1)) return 2;
  if (first >= 0xE0 && first <= 0xEF && follows(at + 1) && follows(at + 2)) {
    const bool overlong = first == 0xE0 && byte(at + 1) < 0xA0;
    const bool surrogate = first == 0xED && byte(at + 1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4 && follows(at + 1) && follows(at + 2) && follows(at + 3)) {
    const bool overlong = first == 0xF0 && byte(at + 1) < 0x90;
    const bool beyond = first == 0xF4 && byte(at + 1) > 0x8F;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

std::string clean(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  std::string text;
  for (std::size_t at = 0; at < line.size() && text.size() < kLineBytes;) {
    const std::size_t bytes = character_bytes(line, at);
    const bool control =
        bytes == 1 && static_cast<unsigned char>(line[at]) < 0x20 && line[at] != '\t';
    if (bytes == 0 || control)
      text += '?';
    else
      text += line.substr(at, bytes);
    at += bytes == 0 ? 1 : bytes;
  }
  return text;
}

}  // namespace

void LogTail::add(std::string_view line) {
  lines_.push_back(clean(line));
  bytes_ += lines_.back().size() + 1;
  while (lines_.size() > kTailLines || bytes_ > kTailBytes) {
    bytes_ -= lines_.front().size() + 1;
    lines_.pop_front();
  }
}

void LogTail::clear() {
  lines_.clear();
  bytes_ = 0;
}

std::string LogTail::text() const {
  std::string text;
  for (const auto& line : lines_) text += line + '\n';
  return text;
}

}  // namespace slipway::bootstrap
