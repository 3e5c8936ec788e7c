// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "protocol/base/task_scope.hpp"
#include "protocol/net/http_client.hpp"
#include "protocol/net/http_server.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::net {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

inline constexpr auto kUse = asio::as_tuple(asio::use_awaitable);

/// Runs one coroutine on an io_context of its own, to its end or for 20 s at most.
template <class Body>
void run(Body body) {
  asio::io_context io;
  bool ended = false;
  asio::co_spawn(io, body(asio::any_io_executor(io.get_executor())), [&](std::exception_ptr error) {
    ended = true;
    if (error) std::rethrow_exception(error);
  });
  io.run_for(20s);
  EXPECT_TRUE(ended) << "the test's coroutine hangs";
}

/// Something that coroutines wait for.
class Signal {
 public:
  explicit Signal(asio::any_io_executor executor)
      : timer_(executor, asio::steady_timer::time_point::max()) {}
  void set() {
    set_ = true;
    timer_.cancel();
  }
  bool is_set() const { return set_; }
  Task<> wait() {
    while (!set_) co_await timer_.async_wait(kUse);
  }

 private:
  bool set_ = false;
  asio::steady_timer timer_;
};

/// A body of given pieces; between them it waits for `gate` when there is one.
class Pieces : public BodySource {
 public:
  explicit Pieces(std::vector<std::string> pieces, std::shared_ptr<Signal> gate = nullptr,
                  std::shared_ptr<Signal> dropped = nullptr)
      : pieces_(std::move(pieces)), gate_(std::move(gate)), dropped_(std::move(dropped)) {}
  ~Pieces() override {
    if (dropped_) dropped_->set();
  }
  Task<Result<std::optional<std::string>>> next() override {
    if (at_ > 0 && gate_) co_await gate_->wait();
    if (at_ == pieces_.size()) co_return std::nullopt;
    co_return pieces_[at_++];
  }

 private:
  std::vector<std::string> pieces_;
  std::size_t at_ = 0;
  std::shared_ptr<Signal> gate_;
  std::shared_ptr<Signal> dropped_;
};

/// A CA and what it issues, valid now.
struct Authority {
  pki::KeyPair ca = pki::make_ca("test ca", now() - 1h, now() + 24h);

  static base::UtcTime now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  pki::KeyPair issue(const std::string& name, pki::Usage usage, base::UtcTime end = now() + 1h) {
    return *pki::issue(ca, {.common_name = name,
                            .dns_names = {"localhost"},
                            .ip_addresses = {"127.0.0.1"},
                            .usage = usage,
                            .not_before = now() - 1h,
                            .not_after = end});
  }
  TlsServer server(bool asks_clients = true) {
    const pki::KeyPair own = issue("controller", pki::Usage::kServer);
    return {.certificate_chain_pem = own.certificate_pem + ca.certificate_pem,
            .key_pem = own.key_pem,
            .client_ca_pem = asks_clients ? ca.certificate_pem : ""};
  }
  std::string pin() { return pki::inspect(ca.certificate_pem)->sha256; }
};

inline HttpClientOptions to(const HttpServer& server) {
  return {.endpoint = {.host = "127.0.0.1", .port = server.port()}};
}

/// Sends raw bytes and reads until the server closes.
inline Task<std::string> raw(unsigned short port, std::string bytes) {
  asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), port}, kUse);
  co_await asio::async_write(socket, asio::buffer(bytes), kUse);
  std::string answer;
  co_await asio::async_read(socket, asio::dynamic_buffer(answer), asio::transfer_all(), kUse);
  co_return answer;
}

}  // namespace slipway::net
