// SPDX-License-Identifier: Apache-2.0
#include "protocol/wire/stream_table.hpp"

#include <limits>

namespace slipway::wire {

StreamTable::StreamTable(Side side) : side_(side), next_own_(side == Side::kAgent ? 1 : 2) {}

OpenStream* StreamTable::find(StreamId id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : &found->second;
}

bool StreamTable::is_own(StreamId id) const {
  return (id % 2 == 1) == (side_ == Side::kAgent);
}

bool StreamTable::was_opened(StreamId id) const {
  if (id == 0) return false;
  return is_own(id) ? id < next_own_ : id <= highest_of_peer_;
}

std::optional<StreamId> StreamTable::add_own(bool interactive) {
  if (next_own_ > std::numeric_limits<StreamId>::max()) return std::nullopt;
  const auto id = static_cast<StreamId>(next_own_);
  next_own_ += 2;
  auto& stream = streams_[id];
  stream.interactive = interactive;
  stream.own = true;
  return id;
}

OpenStream& StreamTable::add_peers(StreamId id, bool interactive) {
  highest_of_peer_ = id;
  ++opened_by_peer_;
  auto& stream = streams_[id];
  stream.interactive = interactive;
  stream.announced = true;
  stream.confirmed = true;
  return stream;
}

void StreamTable::note_refused(StreamId id) {
  highest_of_peer_ = id;
}

void StreamTable::erase(StreamId id) {
  if (streams_.erase(id) > 0 && !is_own(id)) --opened_by_peer_;
}

}  // namespace slipway::wire
