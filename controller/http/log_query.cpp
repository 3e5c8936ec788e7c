// SPDX-License-Identifier: Apache-2.0
#include "controller/http/log_query.hpp"

#include <algorithm>

namespace slipway::http {

namespace {

constexpr std::int64_t kMaxTail = 1'000'000;
constexpr std::int64_t kMaxLimit = std::int64_t{1} << 60;  ///< more is none; leaves room for sums
constexpr std::int64_t kMaxSeconds = 10LL * 366 * 24 * 3600;

}  // namespace

wire::LogOpen read_log_query(QueryReader& query, base::UtcTime now) {
  wire::LogOpen log;
  log.set_container(query.text("container"));
  log.set_tail_lines(query.number("tailLines", -1, 0, kMaxTail));
  log.set_previous(query.flag("previous", false));
  log.set_limit_bytes(std::min(query.number("limitBytes", 0, 1), kMaxLimit));
  const auto seconds = query.number("sinceSeconds", 0, 1, kMaxSeconds);
  if (seconds > 0) log.set_since_utc_ms(base::to_unix_ms(now - std::chrono::seconds(seconds)));
  if (auto time = query.text("sinceTime"); !time.empty()) {
    auto since = base::from_rfc3339(time);
    if (!since) query.refuse("sinceTime", "must be a time as 2026-01-02T03:04:05Z");
    if (seconds > 0) query.refuse("sinceTime", "and sinceSeconds exclude each other");
    if (since) log.set_since_utc_ms(base::to_unix_ms(*since));
  }
  return log;
}

}  // namespace slipway::http
