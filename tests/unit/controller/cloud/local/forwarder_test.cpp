// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/forwarder.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

namespace slipway::cloud::local {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

class ForwarderTest : public testing::Test {
 protected:
  static tcp::endpoint loopback(unsigned short port) {
    return {asio::ip::address_v4::loopback(), port};
  }
  /// Reads to the end, then answers with all of it: half-closed connections must work.
  base::Task<> echo_once() {
    auto socket = co_await server_.async_accept(asio::use_awaitable);
    std::string all;
    boost::system::error_code error;
    co_await asio::async_read(socket, asio::dynamic_buffer(all),
                              asio::redirect_error(asio::use_awaitable, error));
    co_await asio::async_write(socket, asio::buffer(all), asio::use_awaitable);
  }
  base::Task<std::string> ask(unsigned short port, std::string question) {
    tcp::socket socket(io_);
    co_await socket.async_connect(loopback(port), asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(question), asio::use_awaitable);
    socket.shutdown(tcp::socket::shutdown_send);
    std::string answer;
    boost::system::error_code error;
    co_await asio::async_read(socket, asio::dynamic_buffer(answer),
                              asio::redirect_error(asio::use_awaitable, error));
    co_return answer;
  }
  template <class T>
  T run(base::Task<T> task) {
    auto done = asio::co_spawn(io_, std::move(task), asio::use_future);
    io_.restart();
    while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io_.run_one();
    return done.get();
  }

  asio::io_context io_;
  asio::thread_pool pool_{1};
  tcp::acceptor server_{io_, loopback(0)};
  ForwardTarget target_{"", "127.0.0.1", server_.local_endpoint().port()};
};

TEST_F(ForwarderTest, CarriesBothWaysThroughAHalfClose) {
  Forwarder forwarder(io_.get_executor(), pool_, target_);
  auto port = forwarder.start(0);
  ASSERT_TRUE(port) << port.error().message;
  EXPECT_EQ(forwarder.address(), "127.0.0.1:" + std::to_string(*port));
  asio::co_spawn(io_, echo_once(), [](std::exception_ptr) {});
  std::string much(1 << 20, 'x');
  EXPECT_EQ(run(ask(*port, much)), much);
  run(forwarder.stop());
  EXPECT_EQ(forwarder.connections(), 0u);
}

TEST_F(ForwarderTest, TakesAnotherPortWhenTheWantedOneIsTaken) {
  Forwarder forwarder(io_.get_executor(), pool_, target_);
  auto port = forwarder.start(target_.port);
  ASSERT_TRUE(port);
  EXPECT_NE(*port, target_.port);
  EXPECT_GE(*port, 21'000);
  run(forwarder.stop());
  Forwarder again(io_.get_executor(), pool_, target_);
  EXPECT_EQ(again.start(*port).value(), *port);
  run(again.stop());
}

TEST_F(ForwarderTest, ADeadTargetClosesTheConnection) {
  boost::system::error_code ignored;
  server_.close(ignored);
  Forwarder forwarder(io_.get_executor(), pool_, target_);
  auto port = forwarder.start(0);
  EXPECT_EQ(run(ask(*port, "anyone?")), "");
  run(forwarder.stop());
}

TEST_F(ForwarderTest, StopsWithConnectionsOpen) {
  Forwarder forwarder(io_.get_executor(), pool_, target_);
  auto port = forwarder.start(0);
  tcp::socket client(io_);
  client.connect(loopback(*port));
  while (forwarder.connections() == 0) io_.run_one();
  run(forwarder.stop());
  EXPECT_EQ(forwarder.connections(), 0u);
}

}  // namespace
}  // namespace slipway::cloud::local
