// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string>

#include "protocol/base/result.hpp"

namespace slipway::mirror {

struct Order;

/// What a row is called; no two rows of a kind are called the same.
struct RowKey {
  std::string name_space;
  std::string name;
  std::string uid;
  auto operator<=>(const RowKey&) const = default;
};

/// Where a row stands in an order: it names the row by what it is sorted by, not by a number, so
/// that rows which come and go meanwhile move nothing.
struct Place {
  std::string value;  ///< that the order sorts by; empty in the order of keys
  RowKey key;
  auto operator<=>(const Place&) const = default;
};

/// A place as text, for the page that comes next.
std::string cursor_of(const Order& order, const Place& place);
/// Back again. kInvalid, field "cursor": none of ours, or of another order.
base::Result<Place> place_at(const Order& order, const std::string& cursor);

}  // namespace slipway::mirror
