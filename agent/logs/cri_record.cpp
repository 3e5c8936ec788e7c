// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/cri_record.hpp"

#include <chrono>
#include <cstring>

namespace slipway::logs {
namespace {

constexpr std::size_t kMinTime = 20;  // 2026-01-02T03:04:05Z
constexpr std::size_t kMaxTime = 35;  // with nine decimals and an offset

/// Digits at a fixed place; negative where there is another character.
int number(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - '0';
    if (digit > 9) return -1;
    value = value * 10 + static_cast<int>(digit);
  }
  return value;
}

std::optional<std::int64_t> offset_minutes(std::string_view zone) {
  if (zone == "Z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const int hours = number(zone, 1, 2);
  const int minutes = number(zone, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return (zone[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::optional<CriRecord> parse_record(std::string_view line) {
  // The time has no fixed length: zeros at the end of its decimals are left out.
  const auto* space =
      static_cast<const char*>(std::memchr(line.data(), ' ', std::min(line.size(), kMaxTime + 1)));
  if (space == nullptr) return std::nullopt;
  CriRecord record;
  const auto time_length = static_cast<std::size_t>(space - line.data());
  record.time = line.substr(0, time_length);
  if (time_length < kMinTime || line[4] != '-' || line[10] != 'T') return std::nullopt;
  auto rest = line.substr(time_length + 1);
  if (rest.starts_with("stderr ")) {
    record.from_stderr = true;
  } else if (!rest.starts_with("stdout ")) {
    return std::nullopt;
  }
  rest.remove_prefix(7);
  if (rest.empty() || (rest[0] != 'F' && rest[0] != 'P')) return std::nullopt;
  record.partial = rest[0] == 'P';
  // More tags may follow after colons. A record of an empty line may end with its tag.
  std::size_t tags = 1;
  if (rest.size() > 1 && rest[1] == ':') tags = std::min(rest.find(' '), rest.size());
  if (tags < rest.size() && rest[tags] != ' ') return std::nullopt;
  record.text = tags < rest.size() ? rest.substr(tags + 1) : std::string_view{};
  return record;
}

std::optional<std::int64_t> parse_time_ns(std::string_view time) {
  using namespace std::chrono;
  if (time.size() < kMinTime || time.size() > kMaxTime) return std::nullopt;
  if (time[4] != '-' || time[7] != '-' || (time[10] != 'T' && time[10] != 't') || time[13] != ':' ||
      time[16] != ':') {
    return std::nullopt;
  }
  const year_month_day date{year{number(time, 0, 4)},
                            month{static_cast<unsigned>(number(time, 5, 2))},
                            day{static_cast<unsigned>(number(time, 8, 2))}};
  const int hour = number(time, 11, 2);
  const int minute = number(time, 14, 2);
  const int second = number(time, 17, 2);
  if (!date.ok() || number(time, 0, 4) < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60) {
    return std::nullopt;
  }
  std::int64_t nanos = 0;
  std::size_t at = 19;
  if (time[at] == '.') {
    std::int64_t unit = 100'000'000;
    const std::size_t first = ++at;
    for (; at < time.size() && time[at] >= '0' && time[at] <= '9'; ++at, unit /= 10) {
      nanos += (time[at] - '0') * unit;
    }
    if (at == first || at - first > 9) return std::nullopt;
  }
  const auto offset = offset_minutes(time.substr(at));
  if (!offset) return std::nullopt;
  const auto days = sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = ((days * 24LL + hour) * 60 + minute - *offset) * 60 + second;
  return seconds * 1'000'000'000 + nanos;
}

bool ends_line(std::string_view line) {
  const auto record = parse_record(line);
  return !record || !record->partial;
}

}  // namespace slipway::logs
