// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "controller/store/database.hpp"

namespace slipway::store {

/// What was read of the database, by key, for as long as nobody has written anything since: this
/// process (Database::revision) or another (Database::others_revision). For what every request
/// asks; at most `most` keys, and all go when one more comes.
template <class Key, class Value>
class Memo {
 public:
  Memo(Database& database, std::size_t most) : database_(database), most_(most) {}

  /// The value of `key`, by `read()` where it is not known. Good until the next call.
  template <class Read>
  const Value& get(const Key& key, Read&& read) {
    if (const Stamp now{database_.revision(), database_.others_revision()}; now != stamp_) {
      known_.clear();
      stamp_ = now;
    }
    if (const auto found = known_.find(key); found != known_.end()) return found->second;
    if (known_.size() >= most_) known_.clear();
    return known_.emplace(key, std::forward<Read>(read)()).first->second;
  }

 private:
  using Stamp = std::pair<std::int64_t, std::int64_t>;

  Database& database_;
  std::size_t most_;
  Stamp stamp_{-1, -1};
  std::unordered_map<Key, Value> known_;
};

}  // namespace slipway::store
