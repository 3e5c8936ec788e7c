// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/output_store.hpp"

#include <gtest/gtest.h>

namespace slipway::terminal {
namespace {

TEST(OutputStore, NumbersWhatItKeeps) {
  OutputStore store(8);
  EXPECT_EQ(store.room(), 8U);
  store.append("abc");
  store.append("de");
  EXPECT_EQ(store.begin(), 0U);
  EXPECT_EQ(store.end(), 5U);
  EXPECT_EQ(store.read(0, 100), "abcde");
  EXPECT_EQ(store.read(1, 2), "bc");
  EXPECT_EQ(store.read(5, 10), "");
}

TEST(OutputStore, HasNoRoomForMoreThanIsAcknowledged) {
  OutputStore store(4);
  store.append("abcd");
  EXPECT_EQ(store.room(), 0U);
  EXPECT_TRUE(store.acknowledge(3));
  EXPECT_EQ(store.room(), 3U);
  EXPECT_EQ(store.begin(), 0U) << "kept as long as nothing else needs the place";
  store.append("ef");
  EXPECT_EQ(store.begin(), 2U);
  EXPECT_EQ(store.read(2, 100), "cdef");
  EXPECT_EQ(store.room(), 1U);
}

TEST(OutputStore, TakesNoAcknowledgementOfWhatWasNeverPrinted) {
  OutputStore store(4);
  store.append("ab");
  EXPECT_FALSE(store.acknowledge(3));
  EXPECT_EQ(store.acknowledged(), 0U);
  EXPECT_TRUE(store.acknowledge(2));
  EXPECT_TRUE(store.acknowledge(1)) << "an old one";
  EXPECT_EQ(store.acknowledged(), 2U);
}

TEST(OutputStore, NumbersGoOnOverManyRounds) {
  OutputStore store(5);
  std::string printed;
  for (int i = 0; i < 1000; ++i) {
    const auto piece = std::to_string(i).substr(0, store.room());
    store.append(piece);
    printed += piece;
    ASSERT_EQ(store.end(), printed.size());
    ASSERT_EQ(store.read(store.begin(), 5), printed.substr(store.begin()));
    ASSERT_TRUE(store.acknowledge(store.end() - std::min<std::uint64_t>(2, store.end())));
  }
}

}  // namespace
}  // namespace slipway::terminal
