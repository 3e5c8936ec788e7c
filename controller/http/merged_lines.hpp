// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::http {

inline constexpr std::size_t kMaxMergedLine = 64 << 10;  ///< a longer one is told in pieces

/// Lines of several logs in one order: each log has its own in the order of their times, with which
/// they begin. Pure: text goes in cut anywhere, whole lines come out.
class MergedLines {
 public:
  /// What the lines of each source are called.
  explicit MergedLines(std::vector<std::string> names);

  void add(std::size_t source, std::string_view text);
  void end(std::size_t source);  ///< nothing more comes of it
  /// A source whose next line is not there yet, so that nobody knows which one is next. nullopt:
  /// take() has one, or all is told.
  std::optional<std::size_t> wants() const;
  /// "<time> <name> <text>\n" of the earliest line; nullopt: something is wanted, or all is told.
  std::optional<std::string> take();

 private:
  struct Source {
    std::string name;
    std::string text;  ///< from `at` on not yet told
    std::size_t at = 0;
    std::size_t line_end = 0;  ///< of the next line, beyond its line break; 0: it is not there
    std::size_t stamp_size =
        0;                     ///< of the time that it begins with; 0: none, it has the last one's
    std::int64_t time_ns = 0;  ///< of the next line
    std::string stamp;         ///< of the last line that had one
    bool ended = false;
  };
  static void look(Source& source);

  std::vector<Source> sources_;
};

/// Nanoseconds since 1970 of an RFC 3339 time with up to nine decimals; nullopt: it is none.
std::optional<std::int64_t> line_time_ns(std::string_view time);

}  // namespace slipway::http
