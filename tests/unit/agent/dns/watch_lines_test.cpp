// SPDX-License-Identifier: Apache-2.0
#include "agent/dns/watch_lines.hpp"

#include <gtest/gtest.h>

namespace slipway::dns {
namespace {

TEST(WatchLinesTest, EventsMayComeInPieces) {
  const std::string text =
      "{\"type\":\"ADDED\",\"object\":{\"a\":1}}\n\n{\"type\":\"DELETED\",\"object\":{}}\n";
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    WatchLines lines;
    std::string types;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      auto events = lines.add(std::string_view(text).substr(at, piece));
      ASSERT_TRUE(events.has_value());
      for (const auto& event : *events) types += event.type + " ";
    }
    EXPECT_EQ(types, "ADDED DELETED ") << piece;
  }
}

TEST(WatchLinesTest, WhatIsNoEventIsRefused) {
  for (const char* text : {"x\n", "[]\n", "{}\n", "{\"type\":1,\"object\":{}}\n",
                           "{\"type\":\"ADDED\",\"object\":[]}\n"}) {
    WatchLines lines;
    EXPECT_FALSE(lines.add(text).has_value()) << text;
  }
}

TEST(WatchLinesTest, AnEventHasALimit) {
  WatchLines lines;
  const auto result = lines.add(std::string(kMaxEventBytes + 1, 'x'));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, base::ErrorCode::kExhausted);
}

}  // namespace
}  // namespace slipway::dns
