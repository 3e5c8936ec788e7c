// SPDX-License-Identifier: Apache-2.0
#include "protocol/link/splice.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

#include "protocol/base/wakeup.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::link {

namespace {

using base::Task;
using Clock = std::chrono::steady_clock;

/// Both ends and what is known of them; its parts run beside each other.
class Splice {
 public:
  Splice(boost::asio::any_io_executor executor, std::unique_ptr<net::ByteStream> connection,
         StreamPtr stream, std::shared_ptr<Spliced> told, SpliceLimits limits)
      : connection_(std::move(connection)),
        stream_(std::move(stream)),
        told_(std::move(told)),
        limits_(limits),
        gone_(executor) {}

  Task<> run() {
    using namespace boost::asio::experimental::awaitable_operators;
    co_await ((up() && down()) || watch_connection() || watch_stream() || watch_idle());
    connection_->close();
  }

 private:
  void ended_by(Spliced::End end) {
    if (told_->end == Spliced::End::kCut) told_->end = end;
  }
  void moved(std::uint64_t& count, std::size_t bytes) {
    count += bytes;
    moved_at_ = Clock::now();
  }
  void lose_connection() {
    connection_gone_ = true;
    gone_.notify();
  }
  Task<> last_word() {
    while (!up_over_) co_await gone_.wait();
  }

  Task<> up() {
    co_await copy_up();
    up_over_ = true;
    gone_.notify();
  }

  Task<> copy_up() {
    for (;;) {
      auto bytes = co_await connection_->read();
      if (!bytes || bytes->empty()) {
        ended_by(Spliced::End::kConnection);
        stream_->finish();  // also where it broke: what it sent before arrives
        if (!bytes) lose_connection();
        co_return;
      }
      moved(told_->up_bytes, bytes->size());
      // A stream that broke is down()'s to tell: something may be left to read from it.
      if (!co_await stream_->write(std::move(*bytes))) co_return;
    }
  }

  Task<> down() {
    using namespace boost::asio::experimental::awaitable_operators;
    for (;;) {
      auto chunk = co_await stream_->read();
      if (!chunk) {
        ended_by(Spliced::End::kBroken);
        co_return lose_connection();
      }
      if (!*chunk) {
        ended_by(Spliced::End::kStream);
        if (!co_await connection_->finish()) lose_connection();
        co_return;
      }
      auto& bytes = (*chunk)->bytes;
      if (bytes.empty()) continue;
      moved(told_->down_bytes, bytes.size());
      if (!co_await connection_->write(std::move(bytes))) {
        ended_by(Spliced::End::kConnection);
        // It may have closed after a last word that up() still reads, and then finishes in order.
        co_await (last_word() || base::sleep_for(limits_.farewell));
        co_return lose_connection();
      }
    }
  }

  Task<> watch_connection() {
    while (!connection_gone_) co_await gone_.wait();
  }

  /// Returns some time after the stream broke: a connection that takes nothing would not tell.
  Task<> watch_stream() {
    (void)co_await stream_->closed();
    if (!stream_->failed()) co_return co_await watch_connection();  // finished by both, in order
    ended_by(Spliced::End::kBroken);
    co_await base::sleep_for(limits_.farewell);
  }

  Task<> watch_idle() {
    for (;;) {
      const auto left = moved_at_ + limits_.idle - Clock::now();
      if (left <= Clock::duration::zero()) break;
      co_await base::sleep_for(left);
    }
    ended_by(Spliced::End::kIdle);
  }

  std::unique_ptr<net::ByteStream> connection_;
  StreamPtr stream_;
  std::shared_ptr<Spliced> told_;
  SpliceLimits limits_;
  Clock::time_point moved_at_ = Clock::now();
  bool connection_gone_ = false;
  bool up_over_ = false;
  base::Wakeup gone_;  ///< of either of the two
};

}  // namespace

Task<> splice(std::unique_ptr<net::ByteStream> connection, StreamPtr stream,
              std::shared_ptr<Spliced> told, SpliceLimits limits) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Splice both(executor, std::move(connection), std::move(stream), std::move(told), limits);
  co_await both.run();
}

}  // namespace slipway::link
