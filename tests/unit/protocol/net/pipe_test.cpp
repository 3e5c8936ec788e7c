// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "tests/unit/protocol/net/fixture.hpp"

namespace slipway::net {
namespace {

TEST(Pipe, MessagesArriveInOrderAndKeepTheirKind) {
  run([](asio::any_io_executor executor) -> Task<> {
    auto [left, right] = transport_pair(executor);
    EXPECT_TRUE(co_await left->write({"one", true}));
    EXPECT_TRUE(co_await left->write({"two", false}));
    auto one = co_await right->read();
    auto two = co_await right->read();
    EXPECT_EQ(one->bytes, "one");
    EXPECT_TRUE(one->binary);
    EXPECT_EQ(two->bytes, "two");
    EXPECT_FALSE(two->binary);
  });
}

TEST(Pipe, AFullLaneHoldsTheWriterUntilItIsRead) {
  run([](asio::any_io_executor executor) -> Task<> {
    auto [left, right] = transport_pair(executor, 1);
    base::TaskScope scope(executor);
    int written = 0;
    scope.spawn("writer", [](Transport* to, int* count) -> Task<> {
      for (; *count < 3; ++*count) co_await to->write({"x", true});
    }(left.get(), &written));
    EXPECT_TRUE(co_await right->read());
    EXPECT_LE(written, 2);
    EXPECT_TRUE(co_await right->read());
    EXPECT_TRUE(co_await right->read());
    co_await scope.join();
    EXPECT_EQ(written, 3);
  });
}

TEST(Pipe, WhatWasWrittenBeforeTheCloseIsStillRead) {
  run([](asio::any_io_executor executor) -> Task<> {
    auto [left, right] = transport_pair(executor);
    EXPECT_TRUE(co_await left->write({"last words", true}));
    left.reset();
    EXPECT_EQ((co_await right->read())->bytes, "last words");
    EXPECT_EQ((co_await right->read()).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ((co_await right->write({"x", true})).error().code, ErrorCode::kUnavailable);
  });
}

TEST(Pipe, CloseEndsAPendingRead) {
  run([](asio::any_io_executor executor) -> Task<> {
    using namespace asio::experimental::awaitable_operators;
    auto [left, right] = transport_pair(executor);
    const auto close = [](Transport* end) -> Task<> {
      end->close();
      co_return;
    };
    auto read = co_await (right->read() && close(right.get()));
    EXPECT_FALSE(read);
    EXPECT_FALSE(co_await left->write({"x", true}));
  });
}

}  // namespace
}  // namespace slipway::net
