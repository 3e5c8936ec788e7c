// SPDX-License-Identifier: Apache-2.0
#include "controller/http/log_cursor.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>

namespace slipway::http {

namespace {

using base::ErrorCode;

constexpr std::string_view kVersion = "log1";
constexpr char kBetween = ' ';
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kSumBytes = 4;
constexpr auto kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
// Far above any log's size; sums of such numbers stay within 64 bits.
constexpr std::int64_t kMaxOffset = std::int64_t{1} << 48;

enum Field : std::size_t {
  kOfVersion,
  kOfCluster,
  kOfPod,
  kOfContainer,
  kOfOptions,
  kOfSince,
  kOfRun,
  kOfInode,
  kOfTime,
  kOfOffset,
  kOfAhead,
  kOfDirectory,
  kOfSum,
  kFieldCount
};
using Parts = std::array<std::string, kFieldCount>;

/// Ids and names of Kubernetes and ours; what an agent says may be anything.
std::string name_or_none(const std::string& text) {
  const bool good = text.size() <= kMaxNameBytes && std::ranges::all_of(text, [](unsigned char c) {
                      return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
                    });
  return good ? text : std::string{};
}

std::string options_of(const LogSubject& subject) {
  return {subject.follow ? 'f' : '-', subject.previous ? 'p' : '-', subject.timestamps ? 't' : '-'};
}

Parts parts_of(const LogSubject& subject, const LogPoint& point) {
  const auto& from = point.from;
  return {std::string(kVersion),
          name_or_none(subject.cluster),
          name_or_none(subject.pod_uid),
          name_or_none(subject.container),
          options_of(subject),
          std::to_string(subject.since_utc_ms),
          std::to_string(from.run()),
          std::to_string(from.inode()),
          std::to_string(from.first_time_ns()),
          std::to_string(from.offset()),
          std::to_string(point.ahead),
          name_or_none(from.pod_uid()),
          {}};
}

/// Against slips, not against forgers: one that lost its end must not lead to an earlier byte.
std::string sum_of(const std::string& text) {
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  std::array<char, 2 * kSumBytes + 1> hex{};
  return sodium_bin2hex(hex.data(), hex.size(), hash.data(), kSumBytes);
}

std::string encode(const Parts& parts) {
  std::string plain;
  for (std::size_t i = 0; i < kOfSum; ++i) plain += parts.at(i) + kBetween;
  plain += sum_of(plain);
  std::string text(sodium_base64_ENCODED_LEN(plain.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(plain.data()),
                    plain.size(), kBase64);
  text.pop_back();  // it writes a terminating zero
  return text;
}

std::optional<Parts> decode(const std::string& text) {
  if (text.size() > kMaxLogCursorBytes) return std::nullopt;
  std::string plain(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(plain.data()), plain.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, kBase64) != 0) {
    return std::nullopt;
  }
  plain.resize(size);
  Parts parts;
  std::size_t at = 0;
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const auto end = plain.find(kBetween, at);
    if ((end == std::string::npos) != (i + 1 == kFieldCount)) return std::nullopt;
    parts.at(i) = plain.substr(at, end == std::string::npos ? end : end - at);
    at = end + 1;
  }
  return parts;
}

/// Whole and within its bounds.
template <class T>
bool number(const std::string& text, T most, T& into) {
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, into);
  return error == std::errc{} && at == end && into >= 0 && into <= most;
}

std::optional<LogPoint> point_of(const Parts& parts, std::int64_t& since_utc_ms) {
  constexpr auto kMaxTime = std::numeric_limits<std::int64_t>::max();
  std::uint32_t run = 0;
  std::uint64_t inode = 0;
  std::int64_t time = 0;
  std::int64_t offset = 0;
  LogPoint point;
  if (!number(parts[kOfSince], kMaxTime / 1'000'000, since_utc_ms) ||
      !number(parts[kOfRun], std::numeric_limits<std::uint32_t>::max(), run) ||
      !number(parts[kOfInode], std::numeric_limits<std::uint64_t>::max(), inode) ||
      !number(parts[kOfTime], kMaxTime, time) || !number(parts[kOfOffset], kMaxOffset, offset) ||
      !number(parts[kOfAhead], static_cast<std::uint64_t>(kMaxOffset), point.ahead)) {
    return std::nullopt;
  }
  point.from.set_run(run);
  point.from.set_inode(inode);
  point.from.set_first_time_ns(time);
  point.from.set_offset(offset);
  point.from.set_pod_uid(parts[kOfDirectory]);
  return point;
}

std::unexpected<base::Error> refuse(const std::string& why) {
  return base::fail(ErrorCode::kInvalid,
                    "cursor " + why +
                        "; leave it out, and the log begins as tailLines and "
                        "since say",
                    "cursor");
}

}  // namespace

std::string log_cursor(const LogSubject& subject, const LogPoint& point) {
  return encode(parts_of(subject, point));
}

base::Result<LogPoint> read_log_cursor(const std::string& text, LogSubject& subject) {
  const auto parts = decode(text);
  if (!parts || (*parts)[kOfVersion] != kVersion) return refuse("is none that a log has told");
  if ((*parts)[kOfCluster] != subject.cluster) return refuse("is of another cluster");
  if ((*parts)[kOfPod] != subject.pod_uid && !subject.is_certain) {
    return base::fail(ErrorCode::kUnavailable,
                      "whether the cursor's pod is still there is not known at present");
  }
  if ((*parts)[kOfPod] != subject.pod_uid) {
    return refuse("is of another pod, or of one that had this name before");
  }
  if ((*parts)[kOfContainer] != subject.container) return refuse("is of another container");
  if ((*parts)[kOfOptions] != options_of(subject)) {
    return refuse("was told with another follow, previous or timestamps: ask with those of then");
  }
  auto asked = subject;
  const auto point = point_of(*parts, asked.since_utc_ms);
  // Only what would be written like this: no spelling of a number or a name beside the one.
  if (!point || log_cursor(asked, *point) != text) return refuse("is none that a log has told");
  subject = asked;
  return *point;
}

}  // namespace slipway::http
