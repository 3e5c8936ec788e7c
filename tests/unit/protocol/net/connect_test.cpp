// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/connect.hpp"

#include "protocol/base/with_timeout.hpp"
#include "tests/unit/protocol/net/fixture.hpp"

namespace slipway::net {
namespace {

/// A port that answers no further connection: its queue is full, and the kernel drops what comes.
class Swallower {
 public:
  Swallower(asio::any_io_executor executor, const asio::ip::address& address)
      : acceptor_(executor), first_(executor) {
    acceptor_.open(asio::ip::tcp::v4());
    acceptor_.bind({address, 0});
    acceptor_.listen(0);
    first_.connect(acceptor_.local_endpoint());
  }
  unsigned short port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::socket first_;
};

/// To a name of these two addresses, the first of which swallows packets, within 400 ms.
Task<Result<asio::ip::tcp::socket>> connect_past(asio::any_io_executor executor,
                                                 unsigned short port) {
  co_return co_await base::with_timeout(
      400ms, "both",
      connect_tcp(executor, {.host = "two.test", .port = port},
                  {asio::ip::make_address("127.0.0.2"), asio::ip::make_address("127.0.0.3")},
                  400ms));
}

TEST(Connect, AnAddressThatSwallowsPacketsDoesNotHideTheNext) {
  run([](asio::any_io_executor executor) -> Task<> {
    Swallower swallower(executor, asio::ip::make_address("127.0.0.2"));
    asio::ip::tcp::acceptor good(executor, {asio::ip::make_address("127.0.0.3"), swallower.port()});
    auto socket = co_await connect_past(executor, swallower.port());
    EXPECT_TRUE(socket) << socket.error().message;
  });
}

TEST(Connect, TheLastAddressesErrorIsTold) {
  run([](asio::any_io_executor executor) -> Task<> {
    Swallower swallower(executor, asio::ip::make_address("127.0.0.2"));
    auto socket = co_await connect_past(executor, swallower.port());
    EXPECT_FALSE(socket);
    if (socket) co_return;
    EXPECT_EQ(socket.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(socket.error().field, "port");
    EXPECT_TRUE(socket.error().message.starts_with("cannot connect to two.test:"));
  });
}

}  // namespace
}  // namespace slipway::net
