// SPDX-License-Identifier: Apache-2.0
#include "controller/mirror/place.hpp"

#include <boost/algorithm/hex.hpp>
#include <vector>

#include "controller/mirror/mirror.hpp"

namespace slipway::mirror {

namespace {

using base::ErrorCode;
using base::fail;

constexpr std::size_t kMaxCursorBytes = 1200;
constexpr std::size_t kKeyParts = 3;
constexpr std::size_t kAllParts = 6;  // column, direction, value, and the key's

std::string to_hex(const std::string& bytes) {
  return boost::algorithm::hex_lower(bytes);
}

bool from_hex(const std::string& text, std::string& bytes) {
  try {
    bytes = boost::algorithm::unhex(text);
    return true;
  } catch (const boost::algorithm::hex_decode_error&) {
    return false;
  }
}

std::vector<std::string> parts_of(const std::string& cursor) {
  std::vector<std::string> parts(1);
  for (const char c : cursor) {
    if (c != '/') {
      parts.back() += c;
    } else {
      parts.emplace_back();
    }
  }
  return parts;
}

bool is_plain(const Order& order) {
  return !order.value && !order.descending;
}

}  // namespace

std::string cursor_of(const Order& order, const Place& place) {
  auto key = place.key.name_space + "/" + place.key.name + "/" + place.key.uid;
  if (is_plain(order)) return key;
  return order.name + (order.descending ? "/desc/" : "/asc/") + to_hex(place.value) + "/" + key;
}

base::Result<Place> place_at(const Order& order, const std::string& cursor) {
  auto none = fail(ErrorCode::kInvalid, "the cursor is none that a page gave", "cursor");
  if (cursor.size() > kMaxCursorBytes) return none;
  const auto parts = parts_of(cursor);
  if (parts.size() != kKeyParts && parts.size() != kAllParts) return none;
  Place place;
  const auto first = parts.size() - kKeyParts;
  place.key = {parts[first], parts[first + 1], parts[first + 2]};
  if (first > 0 && !from_hex(parts[2], place.value)) return none;
  const bool same = first == 0 ? is_plain(order)
                               : !is_plain(order) && parts[0] == order.name &&
                                     parts[1] == (order.descending ? "desc" : "asc");
  if (same) return place;
  return fail(ErrorCode::kInvalid,
              "the cursor is of another order: keep sort and order, or begin without a cursor",
              "cursor");
}

}  // namespace slipway::mirror
