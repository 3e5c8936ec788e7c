// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/turns.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

namespace slipway::cloud::local {
namespace {
namespace asio = boost::asio;

class TurnsTest : public testing::Test {
 protected:
  base::Task<> work(std::string thing, int number) {
    auto turn = co_await turns_.enter(thing);
    began_.push_back(number);
    for (int n = 0; n < 5; ++n) co_await asio::post(io_, asio::use_awaitable);
    ended_.push_back(number);
  }
  void begin(std::string thing, int number) {
    auto slot = asio::bind_cancellation_slot(cancel_[number].slot(), [](std::exception_ptr) {});
    asio::co_spawn(io_, work(std::move(thing), number), slot);
  }
  asio::io_context io_;
  Turns turns_{io_.get_executor()};
  std::vector<int> began_, ended_;
  asio::cancellation_signal cancel_[8];
};

TEST_F(TurnsTest, OneAtATimeInOrderAndOthersBeside) {
  begin("a", 1);
  begin("a", 2);
  begin("a", 3);
  begin("b", 4);
  io_.run();
  EXPECT_EQ(began_, (std::vector<int>{1, 4, 2, 3}));
  EXPECT_EQ(ended_, (std::vector<int>{1, 4, 2, 3}));
}

TEST_F(TurnsTest, WhoGivesUpWaitingDoesNotHoldUpTheNext) {
  begin("a", 1);
  begin("a", 2);
  begin("a", 3);
  asio::post(io_, [&] { cancel_[2].emit(asio::cancellation_type::terminal); });
  io_.run();
  EXPECT_EQ(ended_, (std::vector<int>{1, 3}));
  began_.clear();
  begin("a", 5);
  io_.restart();
  io_.run();
  EXPECT_EQ(began_, std::vector<int>{5}) << "free again";
}

}  // namespace
}  // namespace slipway::cloud::local
