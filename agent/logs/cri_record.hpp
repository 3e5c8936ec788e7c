// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace slipway::logs {

/// One record of a container's log as the CRI writes it: `<RFC3339Nano> stdout|stderr F|P[:…]
/// text`.
struct CriRecord {
  std::string_view time;
  std::string_view text;
  bool from_stderr = false;
  bool partial = false;  ///< the line goes on in the next record of the same stream
};

/// A line without its newline; nothing where it is no record.
std::optional<CriRecord> parse_record(std::string_view line);

/// Nanoseconds since 1970 of an RFC 3339 time with up to nine decimals and any offset.
std::optional<std::int64_t> parse_time_ns(std::string_view time);

/// The end of a line's record that counts when lines are counted: not partial, or not readable.
bool ends_line(std::string_view line);

}  // namespace slipway::logs
