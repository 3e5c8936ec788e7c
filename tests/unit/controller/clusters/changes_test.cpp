// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/changes.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace slipway::clusters {
namespace {

class ChangesTest : public testing::Test {
 protected:
  boost::asio::io_context io_;
  Changes changes_{io_.get_executor()};
};

TEST_F(ChangesTest, EqualChangesThatAreUnreadCountOnce) {
  auto reader = *changes_.subscribe();
  changes_.publish({"node", "a", "c"});
  changes_.publish({"node", "a", "c"});
  changes_.publish({"node", "b", "c"});
  EXPECT_EQ(reader->take().size(), 2u);
  changes_.publish({"node", "a", "c"});
  EXPECT_EQ(reader->take().size(), 1u);
}

TEST_F(ChangesTest, AStalledReaderLosesChangesAndIsTold) {
  auto reader = *changes_.subscribe();
  for (std::size_t i = 0; i <= kMaxPendingChanges; ++i) {
    changes_.publish({"node", std::to_string(i), "c"});
  }
  EXPECT_EQ(reader->take().size(), kMaxPendingChanges);
  EXPECT_TRUE(reader->take_lost());
  EXPECT_FALSE(reader->take_lost());
}

TEST_F(ChangesTest, NextWaitsForTheFirstAndEndsWhenClosed) {
  auto reader = *changes_.subscribe();
  std::vector<std::size_t> got;
  boost::asio::co_spawn(
      io_,
      [](Subscription& from, std::vector<std::size_t>& into) -> base::Task<> {
        into.push_back((co_await from.next()).size());
        into.push_back((co_await from.next()).size());
      }(*reader, got),
      [](std::exception_ptr failed) { EXPECT_FALSE(failed); });
  io_.poll();
  EXPECT_TRUE(got.empty());
  changes_.publish({"cluster", "c", "c"});
  io_.poll();
  EXPECT_EQ(got, std::vector<std::size_t>{1});
  reader->close();
  io_.poll();
  EXPECT_EQ(got, (std::vector<std::size_t>{1, 0}));
}

TEST_F(ChangesTest, ReadersAreBoundedAndLeave) {
  std::vector<std::unique_ptr<Subscription>> readers;
  while (readers.size() < kMaxSubscribers) readers.push_back(*changes_.subscribe());
  EXPECT_EQ(changes_.subscribe().error().code, base::ErrorCode::kExhausted);
  readers.clear();
  EXPECT_EQ(changes_.subscribers(), 0u);
}

}  // namespace
}  // namespace slipway::clusters
