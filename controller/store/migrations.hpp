// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace slipway::store {

/// One numbered change of the schema, applied once, in order.
struct Migration {
  int number;
  const char* name;
  const char* sql;
};

/// All that are compiled in, by number.
std::span<const Migration> migrations();

}  // namespace slipway::store
