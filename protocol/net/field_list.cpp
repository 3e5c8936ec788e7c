// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/field_list.hpp"

#include <algorithm>

namespace slipway::net {

std::vector<std::string_view> members_of(std::string_view field) {
  constexpr std::string_view kBlanks = " \t";
  std::vector<std::string_view> members;
  while (!field.empty()) {
    const auto comma = std::min(field.find(','), field.size());
    const auto member = field.substr(0, comma);
    field.remove_prefix(std::min(comma + 1, field.size()));
    const auto from = member.find_first_not_of(kBlanks);
    if (from == std::string_view::npos) continue;
    members.push_back(member.substr(from, member.find_last_not_of(kBlanks) - from + 1));
  }
  return members;
}

}  // namespace slipway::net
