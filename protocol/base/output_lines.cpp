// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/output_lines.hpp"

#include <algorithm>
#include <utility>

namespace slipway::base {

OutputLines::OutputLines(std::size_t limit_bytes, std::function<void(std::string_view)> on_line)
    : limit_bytes_(limit_bytes), on_line_(std::move(on_line)) {}

void OutputLines::add(std::string_view bytes) {
  kept_.append(bytes);
  // Trimmed at twice the limit, so that each byte is moved once at most.
  if (kept_.size() > 2 * limit_bytes_) kept_.erase(0, kept_.size() - limit_bytes_);
  if (!on_line_) return;
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    const auto room = kLineLimitBytes - line_.size();
    const auto taken = std::min(std::min(newline, bytes.size()), room);
    line_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    const bool complete = !bytes.empty() && bytes.front() == '\n';
    if (complete) bytes.remove_prefix(1);
    if (complete || line_.size() >= kLineLimitBytes) on_line_(std::exchange(line_, {}));
  }
}

void OutputLines::end() {
  if (on_line_ && !line_.empty()) on_line_(std::exchange(line_, {}));
}

std::string OutputLines::take() {
  if (kept_.size() > limit_bytes_) kept_.erase(0, kept_.size() - limit_bytes_);
  return std::move(kept_);
}

std::string last_lines(std::string_view output) {
  constexpr std::size_t limit_bytes = 4 << 10;
  constexpr int limit_lines = 20;
  while (!output.empty() && (output.back() == '\n' || output.back() == '\r')) {
    output.remove_suffix(1);
  }
  if (output.size() > limit_bytes) output.remove_prefix(output.size() - limit_bytes);
  auto begin = output.size();
  for (int lines = 0; lines < limit_lines && begin != std::string_view::npos && begin > 0;
       ++lines) {
    begin = output.rfind('\n', begin - 1);
  }
  if (begin != std::string_view::npos && begin > 0) output.remove_prefix(begin + 1);
  return std::string(output);
}

}  // namespace slipway::base
