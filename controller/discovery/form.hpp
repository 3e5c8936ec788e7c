// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::discovery {

/// Percent escapes and plus signs undone; what is no escape stays as it is.
std::string unescape(std::string_view text);

/// `a=1&b=2`, unescaped; the last of a name wins.
std::map<std::string, std::string> parse_form(std::string_view text);

/// A path with query, taken apart.
struct Target {
  std::string path;
  std::vector<std::string> segments;
  std::map<std::string, std::string> query;

  /// Empty where there is none.
  std::string segment(std::size_t n) const { return n < segments.size() ? segments[n] : ""; }
  bool is_set(const std::string& name) const;
  /// `absent` without the parameter; nullopt where it is no number.
  std::optional<std::uint64_t> number(const std::string& name, std::uint64_t absent) const;
};
Target target_of(std::string_view path_and_query);

}  // namespace slipway::discovery
