// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>

#include "protocol/net/transport.hpp"

namespace slipway::net {

namespace {

using base::ErrorCode;
using base::Result;
using base::Task;

/// One direction. A timer that never fires stands for "something changed".
struct Lane {
  Lane(const base::asio::any_io_executor& executor, std::size_t bound)
      : capacity(bound), changed(executor, base::asio::steady_timer::time_point::max()) {}

  Task<> wait() { co_await changed.async_wait(base::asio::as_tuple(base::asio::use_awaitable)); }
  void tell() { changed.cancel(); }

  std::size_t capacity;
  bool closed = false;     ///< nothing more is written
  bool abandoned = false;  ///< nor read: what waits is dropped
  std::deque<Message> messages;
  base::asio::steady_timer changed;
};

/// An end: reads one lane, writes the other. The lanes are shared by both ends.
class PipeEnd : public Transport {
 public:
  PipeEnd(std::shared_ptr<Lane> in, std::shared_ptr<Lane> out)
      : in_(std::move(in)), out_(std::move(out)) {}
  ~PipeEnd() override { close(); }

  Task<Result<Message>> read() override {
    const auto lane = in_;
    while (lane->messages.empty() && !lane->closed) co_await lane->wait();
    // As with a socket: what was written before the close can still be read, but not by who closed.
    if (lane->messages.empty() || lane->abandoned) {
      co_return base::fail(ErrorCode::kUnavailable, "the other end closed");
    }
    Message message = std::move(lane->messages.front());
    lane->messages.pop_front();
    lane->tell();
    co_return message;
  }

  Task<Result<>> write(Message message) override {
    const auto lane = out_;
    while (lane->messages.size() >= lane->capacity && !lane->closed) co_await lane->wait();
    if (lane->closed) co_return base::fail(ErrorCode::kUnavailable, "the other end closed");
    lane->messages.push_back(std::move(message));
    lane->tell();
    co_return Result<>{};
  }

  void close() override {
    in_->abandoned = true;
    for (const auto& lane : {in_, out_}) {
      lane->closed = true;
      lane->tell();
    }
  }

 private:
  std::shared_ptr<Lane> in_;
  std::shared_ptr<Lane> out_;
};

}  // namespace

std::pair<std::unique_ptr<Transport>, std::unique_ptr<Transport>> transport_pair(
    base::asio::any_io_executor executor, std::size_t capacity) {
  auto there = std::make_shared<Lane>(executor, capacity);
  auto back = std::make_shared<Lane>(executor, capacity);
  return {std::make_unique<PipeEnd>(back, there), std::make_unique<PipeEnd>(there, back)};
}

}  // namespace slipway::net
