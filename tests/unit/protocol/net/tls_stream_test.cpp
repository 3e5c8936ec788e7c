// SPDX-License-Identifier: Apache-2.0
// Bytes over TLS where the socket takes or gives only a part.
#include <sys/socket.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <csignal>
#include <thread>

#include "tests/unit/protocol/net/tls_pair.hpp"

namespace slipway::net {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr std::size_t kMuch = 2 << 20;

Task<> turns(unsigned count) {
  while (count-- > 0) co_await asio::post(asio::use_awaitable);
}

TEST(TlsStream, BigWritesGoThroughASlowReaderBothWaysAtOnce) {
  run([](asio::any_io_executor executor) -> Task<> {
    Ends ends = co_await tls_ends(executor);
    const auto slowly = [](Connection& end) -> Task<std::string> {
      while (end.unread().size() < kMuch) {
        co_await turns(20);
        auto more = co_await end.read_more();
        if (!more || *more == 0) break;
      }
      co_return std::exchange(end.unread(), {});
    };
    const std::string there = random_bytes(kMuch, 1);
    const std::string back = random_bytes(kMuch, 2);
    auto [up, down, at_server, at_client] = co_await (
        ends.client->write("", there) && ends.server->write(back.substr(0, 9), back.substr(9)) &&
        slowly(*ends.server) && slowly(*ends.client));
    EXPECT_TRUE(up && down);
    EXPECT_TRUE(at_server == there);
    EXPECT_TRUE(at_client == back);
  });
}

TEST(TlsStream, WhatIsDecryptedAlreadyIsReadThoughTheSocketIsEmpty) {
  run([](asio::any_io_executor executor) -> Task<> {
    Ends ends = co_await tls_ends(executor);
    const std::string bytes = random_bytes(9'000, 3);
    for (std::size_t at = 0; at < bytes.size(); at += 3'000) {
      EXPECT_TRUE(co_await ends.client->write(bytes.substr(at, 3'000)));
    }
    std::string seen;
    std::array<char, 7> few{};
    while (seen.size() < bytes.size()) {
      auto [error, size] = co_await ends.server->stream().async_read_some(asio::buffer(few), kUse);
      EXPECT_FALSE(error) << error.message();
      if (error) break;
      seen.append(few.data(), size);
    }
    EXPECT_TRUE(seen == bytes);
    EXPECT_TRUE(ends.server->is_idle());
    // Two records in one go of the socket: the second one is there and not yet decrypted.
    EXPECT_TRUE(co_await ends.client->write("one"));
    EXPECT_TRUE(co_await ends.client->write("two"));
    auto [error, size] = co_await ends.server->stream().async_read_some(asio::buffer(few), kUse);
    EXPECT_EQ(std::string(few.data(), size), "one");
    EXPECT_FALSE(ends.server->is_idle());
    EXPECT_EQ(co_await read_bytes(*ends.server, 3), "two");
  });
}

/// Reads `size` bytes, giving up each time after a few turns and beginning anew.
Task<std::string> read_with_interruptions(Connection& end, std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  while (end.unread().size() < size) {
    auto first = co_await (end.read_more() || turns(random() % 4));
    const auto* more = std::get_if<0>(&first);
    if (more && *more && **more == 0) break;
  }
  co_return std::exchange(end.unread(), {});
}

/// Writes all, cancelling after a few turns; goes on after what was said to be written.
Task<bool> write_with_interruptions(Stream& stream, std::string bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  unsigned cancelled = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    asio::cancellation_signal cut;
    bool over = false;
    boost::system::error_code why;
    const std::size_t size = std::min<std::size_t>(1 + random() % 40'000, bytes.size() - at);
    stream.async_write_some(asio::buffer(bytes.data() + at, size),
                            asio::bind_cancellation_slot(cut.slot(), [&](auto error, auto taken) {
                              over = true;
                              why = error;
                              at += taken;
                            }));
    co_await turns(random() % 6);
    if (!over) cut.emit(asio::cancellation_type::terminal);
    while (!over) co_await turns(1);
    if (why == asio::error::operation_aborted) ++cancelled;
    if (why && why != asio::error::operation_aborted) co_return false;
  }
  EXPECT_GT(cancelled, 0u) << "nothing was cancelled in the middle";
  co_return true;
}

TEST(TlsStream, CancelledReadsAndWritesLoseNothing) {
  const char* given = std::getenv("SLIPWAY_SEED");
  const std::uint64_t first = given ? std::stoull(given) : std::random_device{}();
  for (std::uint64_t seed = first; seed < first + (given ? 1 : 5); ++seed) {
    SCOPED_TRACE("run again with SLIPWAY_SEED=" + std::to_string(seed));
    run([seed](asio::any_io_executor executor) -> Task<> {
      Ends ends = co_await tls_ends(executor);
      const std::string bytes = random_bytes(kMuch, seed);
      const std::string last = "the end";
      auto [seen, whole] =
          co_await (read_with_interruptions(*ends.server, bytes.size() + last.size(), seed) &&
                        [&]() -> Task<bool> {
            auto& stream = ends.client->stream();
            const bool good = co_await write_with_interruptions(stream, bytes, seed);
            co_return good&& co_await ends.client->write(last);
          }());
      EXPECT_TRUE(whole);
      EXPECT_TRUE(seen == bytes + last);
    });
  }
}

TEST(TlsStream, AnEndWithAFarewellIsAnEndAndOneWithoutIsATruth) {
  run([](asio::any_io_executor executor) -> Task<> {
    Ends ends = co_await tls_ends(executor);
    EXPECT_TRUE(co_await ends.client->write("last words"));
    EXPECT_TRUE(co_await ends.client->finish());
    EXPECT_EQ(co_await read_bytes(*ends.server, 11), "last words");
    auto end = co_await ends.server->read_more();
    EXPECT_TRUE(end && *end == 0);
    EXPECT_TRUE(co_await ends.server->write("heard"));  // the other half lives on
    EXPECT_EQ(co_await read_bytes(*ends.client, 5), "heard");

    Ends cut = co_await tls_ends(executor);
    EXPECT_TRUE(co_await cut.client->write("last wor"));
    ::shutdown(cut.client->stream().socket().native_handle(), SHUT_WR);
    EXPECT_EQ(co_await read_bytes(*cut.server, 9), "last wor");
    auto truncated = co_await cut.server->read_more();
    EXPECT_FALSE(truncated);
    if (!truncated) EXPECT_EQ(truncated.error().code, ErrorCode::kUnavailable);
    EXPECT_TRUE(co_await cut.server->write("heard"));
    EXPECT_EQ(co_await read_bytes(*cut.client, 5), "heard");
  });
}

TEST(TlsStream, WritingToOneWhoHasGoneRaisesNoSignal) {
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  run([](asio::any_io_executor executor) -> Task<> {
    for (const bool secure : {true, false}) {
      Ends ends;
      if (secure) {
        ends = co_await tls_ends(executor);
      } else {
        ends = co_await tcp_ends(executor);
      }
      ends.client->close();
      Result<> written;
      for (int i = 0; written && i < 100; ++i) written = co_await ends.server->write("hello?");
      EXPECT_FALSE(written);
      if (!written) EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
    }
  });
  std::signal(SIGPIPE, before);
}

TEST(TlsStream, ADeadlineEndsWhatNobodyTakesAndNothingHangsAfterIt) {
  run([](asio::any_io_executor executor) -> Task<> {
    for (const bool secure : {true, false}) {
      Ends ends;
      if (secure) {
        ends = co_await tls_ends(executor);
      } else {
        ends = co_await tcp_ends(executor);
      }
      ends.server->expires_after(50ms);
      auto written = co_await ends.server->write(random_bytes(16 << 20, 4));
      EXPECT_EQ(written.error().code, ErrorCode::kTimeout);
      EXPECT_EQ((co_await ends.server->read_more()).error().code, ErrorCode::kTimeout);
      EXPECT_EQ((co_await ends.server->write("x")).error().code, ErrorCode::kTimeout);
      ends.server->expires_after(50ms);
      EXPECT_EQ((co_await ends.server->read_more()).error().code, ErrorCode::kTimeout);
    }
  });
}

TEST(TlsStream, EndlessDataStarvesNobody) {
  run([](asio::any_io_executor executor) -> Task<> {
    Ends ends = co_await tcp_ends(executor);
    const int socket = ends.client->stream().socket().native_handle();
    ends.client->stream().socket().native_non_blocking(false);
    std::thread flood([socket] {
      const std::string piece(64 << 10, 'x');
      while (::send(socket, piece.data(), piece.size(), MSG_NOSIGNAL) > 0) {
      }
    });
    const std::size_t much = 1 << 20;  // a busy host takes longer for it, not less
    std::size_t came = 0;
    const auto drink = [&]() -> Task<> {
      for (;;) {
        auto more = co_await ends.server->read_more();
        if (!more || *more == 0) co_return;
        came += *more;
        ends.server->unread().clear();
      }
    };
    const auto tick = [&]() -> Task<> {
      asio::steady_timer timer(executor);
      for (int i = 0; i < 20 || came <= much; ++i) {
        timer.expires_after(1ms);
        co_await timer.async_wait(kUse);
      }
    };
    co_await (drink() || tick());
    EXPECT_GT(came, much);
    ::shutdown(socket, SHUT_RDWR);
    flood.join();
  });
}

}  // namespace
}  // namespace slipway::net
