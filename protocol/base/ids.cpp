// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/ids.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace slipway::base {

std::string new_id() {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  constexpr std::size_t letters = 26;
  std::array<unsigned char, 16> bytes;
  // Up to 256 bytes come whole, once the generator is seeded.
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  std::string id;
  id.reserve(bytes.size());
  // A letter first, so that an id can begin a DNS label or a unit name.
  id.push_back(alphabet[bytes[0] % letters]);
  for (std::size_t i = 1; i < bytes.size(); ++i) id.push_back(alphabet[bytes[i] % 32]);
  return id;
}

}  // namespace slipway::base
