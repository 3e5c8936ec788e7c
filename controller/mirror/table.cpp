// SPDX-License-Identifier: Apache-2.0
#include "controller/mirror/table.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

namespace slipway::mirror {

namespace {

constexpr std::size_t kMaxNameBytes = 253;

bool is_word(const std::string& text) {
  return text.size() <= kMaxNameBytes && text.find('/') == std::string::npos;
}

bool sound(const wire::ObjectMeta& meta) {
  return !meta.uid().empty() && !meta.name().empty() && is_word(meta.uid()) &&
         is_word(meta.name()) && is_word(meta.pod_namespace());
}

bool matches(const wire::MirrorRow& row, const Query& query) {
  const auto& labels = row.meta().labels();
  for (const auto& [name, value] : query.labels) {
    const auto found = labels.find(name);
    if (found == labels.end() || found->second != value) return false;
  }
  return !query.where || query.where(row);
}

/// Takes out of the row what its key says, and packs the rest; the same row gives the same bytes.
std::string pack(wire::MirrorRow row) {
  auto& meta = *row.mutable_meta();
  meta.clear_uid();
  meta.clear_name();
  meta.clear_pod_namespace();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    row.SerializeToCodedStream(&coded);
  }
  bytes.shrink_to_fit();
  return bytes;
}

void unpack(const RowKey& key, const std::string& bytes, wire::MirrorRow& row) {
  row.ParseFromString(bytes);
  auto& meta = *row.mutable_meta();
  meta.set_uid(key.uid);
  meta.set_name(key.name);
  meta.set_pod_namespace(key.name_space);
}

void unpack(const RowKey& key, const std::string& bytes, const Query& query, wire::MirrorRow& row) {
  unpack(key, bytes, row);
  if (query.complete) query.complete(row);
}

/// Keeps the rows of a page out of all that are offered, in any order.
template <class Row>
class PageHeap {
 public:
  PageHeap(std::size_t limit, bool descending) : limit_(limit), descending_(descending) {}

  struct Candidate {
    Place place;
    Row row;
  };
  bool before(const Place& a, const Place& b) const { return descending_ ? b < a : a < b; }
  void offer(Place place, Row row) {
    // One more than the page holds, to know whether there is another page.
    if (heap_.size() > limit_ && !before(place, heap_.front().place)) return;
    heap_.push_back({std::move(place), row});
    std::ranges::push_heap(heap_, by_place());
    if (heap_.size() <= limit_ + 1) return;
    std::ranges::pop_heap(heap_, by_place());
    heap_.pop_back();
  }
  std::vector<Candidate> sorted() && {
    std::ranges::sort_heap(heap_, by_place());
    return std::move(heap_);
  }

 private:
  auto by_place() const {
    return [this](const Candidate& a, const Candidate& b) { return before(a.place, b.place); };
  }

  std::size_t limit_;
  bool descending_;
  std::vector<Candidate> heap_;  // the one that comes last is in front
};

}  // namespace

void Table::put(wire::MirrorRow row, Changes& changes) {
  if (!sound(row.meta())) return;
  RowKey key{row.meta().pod_namespace(), row.meta().name(), row.meta().uid()};
  std::string bytes = pack(row);
  if (const auto known = by_uid_.find(key.uid); known != by_uid_.end()) {
    if (known->second->first == key) {
      Entry& entry = known->second->second;
      entry.pass = pass_;
      // By what it says, not by its version: a newer agent tells more of the same version.
      if (bytes == entry.bytes) return;
      entry.bytes = std::move(bytes);
      unsaved_.insert(key.uid);
      changes.upserts.push_back(std::move(row));
      return;
    }
    drop(key.uid, changes);  // an object never changes its name; believe the newer word
  }
  if (rows_.size() >= kMaxRows) {
    overflow_ = true;
    return;
  }
  unsaved_.insert(key.uid);
  const auto place = rows_.emplace(std::move(key), Entry{std::move(bytes), pass_}).first;
  by_uid_.emplace(place->first.uid, place);
  changes.upserts.push_back(std::move(row));
}

void Table::drop(const std::string& uid, Changes& changes) {
  const auto known = by_uid_.find(uid);
  if (known == by_uid_.end()) return;
  const auto place = known->second;
  std::erase_if(changes.upserts, [&](const auto& row) { return row.meta().uid() == uid; });
  unpack(place->first, place->second.bytes, changes.gone.emplace_back());
  unsaved_.insert(uid);
  by_uid_.erase(known);
  rows_.erase(place);
}

void Table::drop_unseen(Changes& changes) {
  std::vector<std::string> uids;
  for (const auto& [key, entry] : rows_) {
    if (entry.pass != pass_) uids.push_back(key.uid);
  }
  for (const std::string& uid : uids) drop(uid, changes);
}

Changes Table::take(wire::MirrorBatch batch, base::UtcTime now) {
  Changes changes;
  if (batch.full()) {
    ++pass_;
    listing_ = true;
    overflow_ = false;
  }
  // What is deleted stays so, though the batch also tells how it was changed before: an API server
  // marks a pod with no time to end as one that goes, and deletes it, within a millisecond.
  const std::set<std::string_view> deleted(batch.deleted().begin(), batch.deleted().end());
  for (const std::string& uid : batch.deleted()) drop(uid, changes);
  for (wire::MirrorRow& row : *batch.mutable_upserts()) {
    if (!deleted.contains(row.meta().uid())) put(std::move(row), changes);
  }
  if (batch.complete() && listing_) {
    drop_unseen(changes);
    listing_ = false;
    known_ = true;
  }
  changed_ = true;
  error_ = batch.error();
  if (!error_.empty()) return changes;
  if (overflow_) error_ = "there are more than " + std::to_string(kMaxRows) + "; some are left out";
  if (listing_) return changes;  // half a list says nothing of the rest
  as_of_ = std::max(as_of_, std::min(base::from_unix_ms(batch.utc_ms()), now));
  return changes;
}

void Table::restore(wire::MirrorRow row) {
  Changes ignored;
  put(std::move(row), ignored);
  unsaved_.clear();
}

void Table::restore(base::UtcTime as_of, std::string error) {
  known_ = true;
  as_of_ = as_of;
  error_ = std::move(error);
}

void Table::walk(const Query& query, const RowKey* after, const Visit& visit) const {
  const auto range = [&](const std::string& name_space, bool all) {
    const RowKey first{name_space, {}, {}};
    auto row = all ? rows_.begin() : rows_.lower_bound(first);
    if (after != nullptr && (all || first < *after)) row = rows_.upper_bound(*after);
    for (; row != rows_.end(); ++row) {
      if (!all && row->first.name_space != name_space) return true;
      if (!visit(row)) return false;
    }
    return true;
  };
  if (!query.name_spaces) {
    range(query.name_space, query.name_space.empty());
    return;
  }
  for (const auto& name_space : *query.name_spaces) {
    if (!query.name_space.empty() && name_space != query.name_space) continue;
    if (!range(name_space, false)) return;
  }
}

/// In the order of the keys: ends where the page does.
Table::Found Table::first_of(const Query& query, const RowKey* after) const {
  Found found;
  wire::MirrorRow row;
  walk(query, after, [&](Rows::const_iterator at) {
    unpack(at->first, at->second.bytes, query, row);
    if (!matches(row, query)) return true;
    if (found.rows.size() == query.limit) {
      const auto& last = found.rows.back().meta();
      found.next = Place{{}, {last.pod_namespace(), last.name(), last.uid()}};
      return false;
    }
    found.rows.push_back(std::move(row));  // the next one is read into it anew
    return true;
  });
  return found;
}

/// Looks at all rows: in another order the page's may be anywhere.
Table::Found Table::best_of(const Query& query, const std::optional<Place>& after) const {
  const bool opens = query.order.value || query.where || !query.labels.empty();
  Found found;
  PageHeap<Rows::const_iterator> heap(query.limit, query.order.descending);
  wire::MirrorRow row;
  walk(query, nullptr, [&](Rows::const_iterator at) {
    if (opens) {
      unpack(at->first, at->second.bytes, query, row);
      if (!matches(row, query)) return true;
    }
    ++found.total;
    Place place{query.order.value ? query.order.value(row) : std::string{}, at->first};
    if (place.value.size() > kMaxSortBytes) place.value.resize(kMaxSortBytes);
    if (!after || heap.before(*after, place)) heap.offer(std::move(place), at);
    return true;
  });
  auto best = std::move(heap).sorted();
  if (best.size() > query.limit) {
    best.pop_back();
    found.next = best.back().place;
  }
  for (const auto& one : best) {
    unpack(one.row->first, one.row->second.bytes, query, found.rows.emplace_back());
  }
  return found;
}

Table::Found Table::page(const Query& asked, const std::optional<Place>& after) const {
  Query query = asked;
  query.limit = std::clamp<std::size_t>(query.limit, 1, kMaxPage);
  const bool by_keys = !query.order.value && !query.order.descending;
  if (by_keys && !query.count) return first_of(query, after ? &after->key : nullptr);
  return best_of(query, after);
}

void Table::each(const std::function<void(wire::MirrorRow)>& visit) const {
  for (const auto& [key, entry] : rows_) {
    wire::MirrorRow row;
    unpack(key, entry.bytes, row);
    visit(std::move(row));
  }
}

std::optional<wire::MirrorRow> Table::find(const std::string& name_space,
                                           const std::string& name) const {
  const auto at = rows_.lower_bound({name_space, name, {}});
  if (at == rows_.end() || at->first.name_space != name_space || at->first.name != name) {
    return std::nullopt;
  }
  wire::MirrorRow row;
  unpack(at->first, at->second.bytes, row);
  return row;
}

std::optional<wire::MirrorRow> Table::by_uid(const std::string& uid) const {
  const auto known = by_uid_.find(uid);
  if (known == by_uid_.end()) return std::nullopt;
  wire::MirrorRow row;
  unpack(known->second->first, known->second->second.bytes, row);
  return row;
}

void Table::still_true(base::UtcTime at) {
  if (at <= as_of_ || !error_.empty() || !known_) return;
  as_of_ = at;
  changed_ = true;
}

std::vector<std::string> Table::take_unsaved(std::size_t limit) {
  std::vector<std::string> uids;
  while (!unsaved_.empty() && uids.size() < limit) {
    uids.push_back(std::move(unsaved_.extract(unsaved_.begin()).value()));
  }
  return uids;
}

}  // namespace slipway::mirror
