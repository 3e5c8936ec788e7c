// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace slipway::base {

/// Collects a program's output: keeps the newest bytes, tells each line as it is complete.
class OutputLines {
 public:
  static constexpr std::size_t kLineLimitBytes = 64 << 10;  ///< longer lines are told in parts

  OutputLines(std::size_t limit_bytes, std::function<void(std::string_view)> on_line);

  void add(std::string_view bytes);
  void end();          ///< tells a last line without a newline
  std::string take();  ///< what was kept

 private:
  std::size_t limit_bytes_;
  std::function<void(std::string_view)> on_line_;
  std::string kept_;
  std::string line_;
};

/// The last lines of a program's output, for an error message: at most 20, at most 4 KiB.
std::string last_lines(std::string_view output);

}  // namespace slipway::base
