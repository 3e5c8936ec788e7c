// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "controller/mirror/mirror.hpp"
#include "report.pb.h"

namespace slipway::mirror {

/// What a batch changed, for those who are told.
struct Changes {
  std::vector<const wire::MirrorRow*> upserts;  ///< in the table
  std::vector<wire::MirrorRow> gone;
};

/// The rows of one kind of one cluster, sorted; without I/O.
class Table {
 public:
  struct Key {
    std::string name_space;
    std::string name;
    std::string uid;
    auto operator<=>(const Key&) const = default;
  };

  /// Takes a batch. Rows that no API server makes (no uid, a slash in a name) are left out.
  Changes take(wire::MirrorBatch batch, base::UtcTime now);
  /// Puts back a saved row, as the last state before a restart.
  void restore(wire::MirrorRow row);
  void restore(base::UtcTime as_of, std::string error);

  std::vector<wire::MirrorRow> page(const Query& query, const std::optional<Key>& after,
                                    std::optional<Key>& next) const;
  const wire::MirrorRow* find(const std::string& name_space, const std::string& name) const;
  const wire::MirrorRow* by_uid(const std::string& uid) const;
  std::size_t size() const { return rows_.size(); }

  bool known() const { return known_; }
  base::UtcTime as_of() const { return as_of_; }
  void still_true(base::UtcTime at);  ///< the watch ran till then
  const std::string& error() const { return error_; }

  /// At most `limit` uids whose row changed since they were taken before; they count as saved then.
  std::vector<std::string> take_unsaved(std::size_t limit);
  void keep_unsaved(const std::vector<std::string>& uids) {
    unsaved_.insert(uids.begin(), uids.end());
  }
  bool unsaved() const { return changed_ || !unsaved_.empty(); }
  void saved() { changed_ = false; }

 private:
  struct Entry {
    wire::MirrorRow row;
    std::uint64_t pass = 0;
  };
  void put(wire::MirrorRow row, Changes& changes);
  void drop(const std::string& uid, Changes& changes);
  void drop_unseen(Changes& changes);

  std::map<Key, Entry> rows_;
  std::unordered_map<std::string, Key> keys_;  ///< by uid
  std::set<std::string> unsaved_;
  std::uint64_t pass_ = 0;  ///< counts full lists
  bool listing_ = false;    ///< a full list has begun and is not complete
  bool known_ = false;
  bool overflow_ = false;
  bool changed_ = false;  ///< as_of or error, since saved()
  base::UtcTime as_of_;
  std::string error_;
};

}  // namespace slipway::mirror
