// SPDX-License-Identifier: Apache-2.0
#include "controller/recordings/whole_characters.hpp"

#include <boost/locale/utf.hpp>
#include <iterator>

namespace slipway::recordings {

std::string take_whole_characters(std::string& bytes) {
  using Utf8 = boost::locale::utf::utf_traits<char>;
  constexpr boost::locale::utf::code_point kReplacement = 0xFFFD;
  std::string text;
  auto at = bytes.begin();
  while (at != bytes.end()) {
    auto next = at;
    const auto character = Utf8::decode(next, bytes.end());
    if (character == boost::locale::utf::incomplete) break;
    const bool illegal = character == boost::locale::utf::illegal;
    // A wrong byte is replaced by itself: what follows it may be the beginning of another
    // character.
    if (illegal) next = std::next(at);
    Utf8::encode(illegal ? kReplacement : character, std::back_inserter(text));
    at = next;
  }
  bytes.erase(bytes.begin(), at);
  return text;
}

}  // namespace slipway::recordings
