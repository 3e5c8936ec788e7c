// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "controller/mirror/mirror.hpp"
#include "controller/mirror/place.hpp"
#include "report.pb.h"

namespace slipway::mirror {

/// What a batch changed, for those who are told.
struct Changes {
  std::vector<wire::MirrorRow> upserts;
  std::vector<wire::MirrorRow> gone;
};

/// The rows of one kind of one cluster, sorted; without I/O. A row is kept as the bytes that it
/// travelled in: a pod is half a KiB then, where the message itself is two. Whoever looks at it
/// has it unpacked.
class Table {
 public:
  Table() = default;
  Table(const Table&) = delete;  // its index points into its rows
  Table& operator=(const Table&) = delete;

  /// Takes a batch. Rows that no API server makes (no uid, a slash in a name) are left out.
  Changes take(wire::MirrorBatch batch, base::UtcTime now);
  /// Puts back a saved row, as the last state before a restart.
  void restore(wire::MirrorRow row);
  void restore(base::UtcTime as_of, std::string error);

  struct Found {
    std::vector<wire::MirrorRow> rows;
    std::optional<Place> next;  ///< the last row's, if more follow
    std::size_t total = 0;      ///< with Query::count: all that match, on whichever page
  };
  Found page(const Query& query, const std::optional<Place>& after) const;
  void each(const std::function<void(wire::MirrorRow)>& visit) const;
  std::optional<wire::MirrorRow> find(const std::string& name_space, const std::string& name) const;
  std::optional<wire::MirrorRow> by_uid(const std::string& uid) const;
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
    std::string bytes;  ///< of the row without what its key says
    std::uint64_t pass = 0;
  };
  using Rows = std::map<RowKey, Entry>;
  using Visit = std::function<bool(Rows::const_iterator)>;  ///< false: enough

  void put(wire::MirrorRow row, Changes& changes);
  void drop(const std::string& uid, Changes& changes);
  void drop_unseen(Changes& changes);
  /// Calls `visit` for the rows of the query's namespaces that lie behind `after`, in order.
  void walk(const Query& query, const RowKey* after, const Visit& visit) const;
  Found first_of(const Query& query, const RowKey* after) const;
  Found best_of(const Query& query, const std::optional<Place>& after) const;

  Rows rows_;
  std::unordered_map<std::string_view, Rows::iterator> by_uid_;  ///< views of the rows' keys
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
