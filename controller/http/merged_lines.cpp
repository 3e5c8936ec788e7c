// SPDX-License-Identifier: Apache-2.0
#include "controller/http/merged_lines.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "protocol/base/clock.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxStamp = 35;  // with nine decimals and an offset
constexpr std::int64_t kNanosInMilli = 1'000'000;
constexpr std::int64_t kLastMilli = std::numeric_limits<std::int64_t>::max() / kNanosInMilli - 1;

}  // namespace

std::optional<std::int64_t> line_time_ns(std::string_view time) {
  const auto known = base::from_rfc3339(time);
  if (!known) return std::nullopt;
  std::int64_t below_milli = 0;
  if (const auto dot = time.find('.'); dot != std::string_view::npos) {
    std::int64_t worth = kNanosInMilli * 1000;
    for (auto at = dot + 1; at < time.size() && worth > 1; ++at) {
      if (time[at] < '0' || time[at] > '9') break;
      worth /= 10;
      if (worth < kNanosInMilli) below_milli += (time[at] - '0') * worth;
    }
  }
  // A log may say any year; beyond 2262 there is no more order.
  const auto milli = std::clamp(base::to_unix_ms(*known), -kLastMilli, kLastMilli);
  return milli * kNanosInMilli + below_milli;
}

MergedLines::MergedLines(std::vector<std::string> names) {
  for (auto& name : names) {
    Source source;
    source.name = std::move(name);
    sources_.push_back(std::move(source));
  }
}

void MergedLines::look(Source& source) {
  if (source.line_end != 0) return;
  const auto rest = std::string_view(source.text).substr(source.at);
  const auto end = rest.substr(0, kMaxMergedLine).find('\n');
  if (end != std::string_view::npos) {
    source.line_end = source.at + end + 1;
  } else if (rest.size() >= kMaxMergedLine) {
    source.line_end = source.at + kMaxMergedLine;
  } else if (source.ended && !rest.empty()) {
    source.line_end = source.text.size();
  } else {
    return;
  }
  source.stamp_size = 0;
  const auto space = rest.substr(0, kMaxStamp + 1).find(' ');
  if (space == std::string_view::npos) return;
  const auto time = line_time_ns(rest.substr(0, space));
  if (!time) return;
  source.stamp_size = space + 1;
  // A log whose clock was set back keeps its own order.
  source.time_ns = std::max(source.time_ns, *time);
  source.stamp = rest.substr(0, space);
}

void MergedLines::add(std::size_t source, std::string_view text) {
  auto& to = sources_[source];
  to.text.erase(0, to.at);
  if (to.line_end != 0) to.line_end -= to.at;
  to.at = 0;
  to.text += text;
  look(to);
}

void MergedLines::end(std::size_t source) {
  sources_[source].ended = true;
  look(sources_[source]);
}

std::optional<std::size_t> MergedLines::wants() const {
  const auto found = std::ranges::find_if(
      sources_, [](const Source& one) { return one.line_end == 0 && !one.ended; });
  if (found == sources_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - sources_.begin());
}

std::optional<std::string> MergedLines::take() {
  if (wants()) return std::nullopt;
  Source* first = nullptr;
  for (auto& one : sources_) {
    if (one.line_end == 0) continue;
    if (first == nullptr || one.time_ns < first->time_ns) first = &one;
  }
  if (first == nullptr) return std::nullopt;
  const auto begin = first->at + first->stamp_size;
  std::string line = first->stamp.empty() ? "-" : first->stamp;
  line += " " + first->name + " ";
  line.append(first->text, begin, first->line_end - begin);
  if (line.back() != '\n') line += '\n';
  first->at = first->line_end;
  first->line_end = 0;
  look(*first);
  return line;
}

}  // namespace slipway::http
