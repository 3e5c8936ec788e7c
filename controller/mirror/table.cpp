// SPDX-License-Identifier: Apache-2.0
#include "controller/mirror/table.hpp"

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

Table::Key key_of(const wire::MirrorRow& row) {
  return {row.meta().pod_namespace(), row.meta().name(), row.meta().uid()};
}

bool matches(const wire::MirrorRow& row, const Query& query) {
  const auto& labels = row.meta().labels();
  for (const auto& [name, value] : query.labels) {
    const auto found = labels.find(name);
    if (found == labels.end() || found->second != value) return false;
  }
  return !query.where || query.where(row);
}

}  // namespace

void Table::put(wire::MirrorRow row, Changes& changes) {
  if (!sound(row.meta())) return;
  const std::string uid = row.meta().uid();
  Key key = key_of(row);
  if (const auto known = keys_.find(uid); known != keys_.end()) {
    if (known->second == key) {
      Entry& entry = rows_.at(key);
      entry.pass = pass_;
      const std::string& version = row.meta().resource_version();
      if (!version.empty() && version == entry.row.meta().resource_version()) return;
      entry.row = std::move(row);
      changes.upserts.push_back(&entry.row);
      unsaved_.insert(uid);
      return;
    }
    drop(uid, changes);  // an object never changes its name; believe the newer word
  }
  if (rows_.size() >= kMaxRows) {
    overflow_ = true;
    return;
  }
  keys_[uid] = key;
  Entry& entry = rows_[std::move(key)];
  entry = {std::move(row), pass_};
  changes.upserts.push_back(&entry.row);
  unsaved_.insert(uid);
}

void Table::drop(const std::string& uid, Changes& changes) {
  const auto known = keys_.find(uid);
  if (known == keys_.end()) return;
  const auto place = rows_.find(known->second);
  std::erase(changes.upserts, &place->second.row);
  changes.gone.push_back(std::move(place->second.row));
  rows_.erase(place);
  keys_.erase(known);
  unsaved_.insert(uid);
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
  for (const std::string& uid : batch.deleted()) drop(uid, changes);
  for (wire::MirrorRow& row : *batch.mutable_upserts()) put(std::move(row), changes);
  if (batch.complete() && listing_) {
    drop_unseen(changes);
    listing_ = false;
    known_ = true;
  }
  changed_ = true;
  error_ = batch.error();
  if (!error_.empty()) return changes;
  if (overflow_) error_ = "there are more than " + std::to_string(kMaxRows) + "; some are left out";
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

std::vector<wire::MirrorRow> Table::page(const Query& query, const std::optional<Key>& after,
                                         std::optional<Key>& next) const {
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, kMaxPage);
  auto row = after ? rows_.upper_bound(*after) : rows_.begin();
  if (const Key first{query.name_space, {}, {}}; !after || *after < first) {
    row = rows_.lower_bound(first);
  }
  std::vector<wire::MirrorRow> found;
  const Key* last = nullptr;
  next.reset();
  for (; row != rows_.end(); ++row) {
    if (!query.name_space.empty() && row->first.name_space != query.name_space) break;
    if (!matches(row->second.row, query)) continue;
    if (found.size() == limit) {
      next = *last;
      break;
    }
    found.push_back(row->second.row);
    last = &row->first;
  }
  return found;
}

const wire::MirrorRow* Table::find(const std::string& name_space, const std::string& name) const {
  const auto row = rows_.lower_bound({name_space, name, {}});
  if (row == rows_.end() || row->first.name_space != name_space || row->first.name != name) {
    return nullptr;
  }
  return &row->second.row;
}

const wire::MirrorRow* Table::by_uid(const std::string& uid) const {
  const auto key = keys_.find(uid);
  return key == keys_.end() ? nullptr : &rows_.at(key->second).row;
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
