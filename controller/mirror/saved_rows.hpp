// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "controller/mirror/table.hpp"
#include "controller/store/database.hpp"

namespace slipway::mirror {

inline constexpr std::size_t kSaveRows = 1000;  ///< in one transaction, so that nobody waits long

/// The mirror's tables in the store: only what changed is written.
class SavedRows {
 public:
  explicit SavedRows(store::Database& database) : database_(database) {}

  /// Calls `table` for each saved kind, which puts its rows there.
  void load(const std::function<Table&(const ClusterId&, const std::string& kind)>& table);
  /// Writes at most `room` rows of what changed; returns how many. kUnavailable: nothing was
  /// written, all of it is to be saved still.
  base::Result<std::size_t> save(const ClusterId& cluster, const std::string& kind, Table& table,
                                 std::size_t room);
  void forget(const ClusterId& cluster);

 private:
  store::Database& database_;
};

}  // namespace slipway::mirror
