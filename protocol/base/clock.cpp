// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/clock.hpp"

#include <fmt/format.h>

namespace slipway::base {
namespace {

/// Reads fixed-width digits and separators from the front of a text.
struct Scanner {
  std::string_view rest;
  bool ok = true;

  int digits(std::size_t width) {
    int value = 0;
    if (rest.size() < width) return fail_with(0);
    for (std::size_t i = 0; i < width; ++i) {
      if (rest[i] < '0' || rest[i] > '9') return fail_with(0);
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(width);
    return value;
  }
  bool accept(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) ok = false;
  }
  int fail_with(int value) {
    ok = false;
    return value;
  }
};

int fraction_ms(Scanner& in) {
  int value = 0;
  int count = 0;
  while (!in.rest.empty() && in.rest.front() >= '0' && in.rest.front() <= '9') {
    if (count < 3) value = value * 10 + (in.rest.front() - '0');
    ++count;
    in.rest.remove_prefix(1);
  }
  if (count == 0) in.ok = false;
  for (; count < 3; ++count) value *= 10;
  return value;
}

std::chrono::minutes zone_offset(Scanner& in) {
  if (in.accept('Z') || in.accept('z')) return std::chrono::minutes{0};
  const bool west = !in.rest.empty() && in.rest.front() == '-';
  if (!in.accept('-')) in.expect('+');
  const int hours = in.digits(2);
  in.expect(':');
  const int minutes = in.digits(2);
  if (hours > 23 || minutes > 59) in.ok = false;
  const std::chrono::minutes offset{hours * 60 + minutes};
  return west ? -offset : offset;
}

}  // namespace

UtcTime SystemClock::utc() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

MonotonicTime SystemClock::monotonic() const {
  return std::chrono::steady_clock::now();
}

std::string to_rfc3339(UtcTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Result<UtcTime> from_rfc3339(std::string_view text) {
  Scanner in{text};
  const int year = in.digits(4);
  in.expect('-');
  const int month = in.digits(2);
  in.expect('-');
  const int day = in.digits(2);
  if (!in.accept('t')) in.expect('T');
  const int hour = in.digits(2);
  in.expect(':');
  const int minute = in.digits(2);
  in.expect(':');
  const int second = in.digits(2);
  const int millis = in.accept('.') ? fraction_ms(in) : 0;
  const auto offset = zone_offset(in);
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!in.ok || !in.rest.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return fail(ErrorCode::kInvalid, "not an RFC 3339 time (like 2026-01-02T03:04:05Z): " +
                                         std::string(text.substr(0, 64)));
  }
  return UtcTime{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
         std::chrono::minutes{minute} + std::chrono::seconds{second} +
         std::chrono::milliseconds{millis} - offset;
}

}  // namespace slipway::base
