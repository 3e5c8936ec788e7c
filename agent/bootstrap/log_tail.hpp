// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <string_view>

namespace slipway::bootstrap {

inline constexpr std::size_t kTailLines = 50;
inline constexpr std::size_t kTailBytes = 16 << 10;

/// The last lines of a log, bounded in lines and bytes; always valid UTF-8, as protobuf wants it.
class LogTail {
 public:
  void add(std::string_view line);
  void clear();
  std::string text() const;

 private:
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
};

}  // namespace slipway::bootstrap
