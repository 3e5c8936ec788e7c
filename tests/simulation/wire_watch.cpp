// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/wire_watch.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace slipway::simulation {

namespace {

std::size_t index_of(wire::Side side) {
  return side == wire::Side::kAgent ? 0 : 1;
}

}  // namespace

void WireWatch::keys_wait(wire::Side from, wire::StreamId id, std::size_t bytes) {
  // Once a Reset is on its way nobody can say whether the bytes are still queued.
  for (const auto& end : ends_) {
    const auto ended = end.ended.find(id);
    if (ended != end.ended.end() && ended->second) return;
  }
  ends_[index_of(from)].keys[id] += bytes;
}

void WireWatch::keys_dropped(wire::Side from, wire::StreamId id) {
  ends_[index_of(from)].keys.erase(id);
}

void WireWatch::on_other(Direction& mine) {
  mine.others_in_a_row = mine.keys.empty() ? 0 : mine.others_in_a_row + 1;
  EXPECT_LE(mine.others_in_a_row, 1u) << "keys wait behind more than one other frame";
}

void WireWatch::on_data(Direction& mine, const wire::Data& data) {
  const auto id = data.stream();
  EXPECT_FALSE(mine.ended.contains(id)) << "data after the end of stream " << id;
  EXPECT_LE(data.bytes().size(), wire::kChunkBytes);
  std::optional<wire::StreamNote> note;
  if (data.has_note()) note = data.note();
  if (data.finish()) mine.ended.emplace(id, false);
  auto& window = mine.window.at(id);
  window -= static_cast<std::int64_t>(wire::cost_of(data.bytes(), note));
  EXPECT_GE(window, 0) << "stream " << id << " sends more than its credit";
  if (!interactive_.at(id)) return on_other(mine);
  mine.others_in_a_row = 0;
  const auto keys = mine.keys.find(id);
  if (keys == mine.keys.end()) return;
  keys->second -= std::min(keys->second, data.bytes().size());
  if (keys->second == 0) mine.keys.erase(keys);
}

void WireWatch::wrote(wire::Side from, std::string_view bytes) {
  auto& mine = ends_[index_of(from)];
  auto& peer = ends_[1 - index_of(from)];
  wire::Frame frame;
  EXPECT_LE(bytes.size(), wire::kMaxFrameBytes);
  ASSERT_TRUE(frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  if (frame.has_batch()) {
    EXPECT_TRUE(mine.said_hello);
    for (const auto& one : frame.batch().frames()) wrote(from, one);
    return;
  }
  EXPECT_EQ(frame.has_hello(), !mine.said_hello) << "hello comes first, and once";
  mine.said_hello = true;
  switch (frame.body_case()) {
    case wire::Frame::kOpen: {
      const auto id = frame.open().stream();
      EXPECT_FALSE(interactive_.contains(id)) << "stream " << id << " is opened twice";
      interactive_[id] = frame.open().interactive();
      for (auto& end : ends_) end.window[id] = wire::kWindowBytes;
      return;
    }
    case wire::Frame::kData:
      return on_data(mine, frame.data());
    case wire::Frame::kCredit: {
      auto& window = peer.window.at(frame.credit().stream());
      window += frame.credit().bytes();
      EXPECT_LE(window, static_cast<std::int64_t>(wire::kWindowBytes));
      return;
    }
    case wire::Frame::kFinish:
      EXPECT_TRUE(mine.ended.emplace(frame.finish().stream(), false).second);
      return;
    case wire::Frame::kReset: {
      const auto ended = mine.ended.emplace(frame.reset().stream(), true);
      EXPECT_TRUE(ended.second || !ended.first->second) << "a second reset";
      ended.first->second = true;
      for (auto& end : ends_) end.keys.erase(frame.reset().stream());
      return;
    }
    case wire::Frame::kReport:
    case wire::Frame::kOrder:
      return on_other(mine);
    default:
      return;
  }
}

}  // namespace slipway::simulation
