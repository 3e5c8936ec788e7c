// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/log_text.hpp"

#include <cstring>

namespace slipway::logs {

void LogText::add(std::string_view lines, std::string& out) {
  out.reserve(out.size() + lines.size());
  while (!lines.empty()) {
    const auto* end = static_cast<const char*>(std::memchr(lines.data(), '\n', lines.size()));
    if (end == nullptr) break;
    const auto length = static_cast<std::size_t>(end - lines.data());
    if (const auto record = parse_record(lines.substr(0, length))) {
      add_record(*record, out);
    } else {
      ++malformed_;
    }
    lines.remove_prefix(length + 1);
  }
}

void LogText::add_record(const CriRecord& record, std::string& out) {
  if (first_time_ns_ == 0 || options_.since_ns > 0) {
    const auto time = parse_time_ns(record.time);
    if (!time) {
      ++malformed_;
      return;
    }
    if (first_time_ns_ == 0) first_time_ns_ = *time;
    if (*time < options_.since_ns) return;
  }
  auto& waiting = waiting_[record.from_stderr ? 1 : 0];
  auto& target = record.partial || !waiting.empty() ? waiting : out;
  if (options_.timestamps && waiting.empty()) {
    target.append(record.time);
    target.push_back(' ');
  }
  target.append(record.text);
  if (!record.partial) target.push_back('\n');
  if (&target == &waiting && (!record.partial || waiting.size() >= kMaxJoinedBytes)) {
    out.append(waiting);
    waiting.clear();
  }
}

void LogText::flush(std::string& out) {
  for (auto& waiting : waiting_) {
    if (waiting.empty()) continue;
    out.append(waiting);
    out.push_back('\n');
    waiting.clear();
  }
}

}  // namespace slipway::logs
