// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/percent.hpp"

#include <cctype>

namespace slipway::net {

std::string percent_encoded(const std::string& segment) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : segment) {
    if (std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '~' || c == ':') {
      out.push_back(static_cast<char>(c));
    } else {
      out += {'%', kHex[c >> 4], kHex[c & 15]};
    }
  }
  if (out == ".") return "%2E";
  if (out == "..") return "%2E%2E";
  return out;
}

}  // namespace slipway::net
