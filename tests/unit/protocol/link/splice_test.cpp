// SPDX-License-Identifier: Apache-2.0
#include "protocol/link/splice.hpp"

#include "tests/fakes/byte_pipe.hpp"
#include "tests/fakes/linked_streams.hpp"

namespace slipway::link {
namespace {

using base::Task;
using End = Spliced::End;
using fakes::BytePipe;
using fakes::LinkedStreams;

/// A client's pipe, spliced to a stream at the controller; at the agent the other way round: what a
/// kubectl and an API server see of each other.
class SpliceTest : public testing::Test {
 protected:
  struct Ends {
    std::unique_ptr<net::ByteStream> client;
    std::unique_ptr<net::ByteStream> server;
    std::shared_ptr<Spliced> at_controller = std::make_shared<Spliced>();
    std::shared_ptr<Spliced> at_agent = std::make_shared<Spliced>();
    int running = 2;
  };
  using Talk = std::function<Task<>(Ends&)>;

  void run(Talk talk, SpliceLimits limits = {}) {
    links_.run([&](LinkedStreams& own, base::TaskScope& scope) -> Task<> {
      wire::StreamOpen what;
      what.mutable_http()->set_upgrade("SPDY/3.1");
      auto pair = co_await own.open(what);
      Ends ends;
      BytePipe near(own.io.get_executor());
      BytePipe far(own.io.get_executor());
      ends.client = std::move(near.near);
      ends.server = std::move(far.near);
      scope.spawn("controller", one(std::move(near.far), std::exchange(pair.controller, nullptr),
                                    ends.at_controller, limits, ends.running));
      scope.spawn("agent", one(std::move(far.far), std::exchange(pair.agent, nullptr),
                               ends.at_agent, limits, ends.running));
      co_await talk(ends);
      ends.client.reset();
      ends.server.reset();
      while (ends.running > 0) co_await boost::asio::post(boost::asio::use_awaitable);
    });
  }
  static Task<> one(std::unique_ptr<net::ByteStream> connection, StreamPtr stream,
                    std::shared_ptr<Spliced> told, SpliceLimits limits, int& running) {
    co_await splice(std::move(connection), std::move(stream), std::move(told), limits);
    --running;
  }
  static Task<std::string> read_all(net::ByteStream& from) {
    std::string all;
    while (true) {
      auto piece = co_await from.read();
      if (!piece || piece->empty()) co_return all;
      all += *piece;
    }
  }
  static Task<> until(std::function<bool()> done) {
    while (!done()) co_await boost::asio::post(boost::asio::use_awaitable);
  }
  static Task<> turns(int count) {
    while (count-- > 0) co_await boost::asio::post(boost::asio::use_awaitable);
  }

  /// Until nothing moves any more.
  static Task<> until_still(const std::size_t& moved) {
    for (std::size_t before = moved + 1; moved != before;) {
      before = moved;
      co_await turns(500);
    }
  }

  LinkedStreams links_;
};

TEST_F(SpliceTest, BytesGoBothWaysUnchanged) {
  run([](Ends& ends) -> Task<> {
    std::string every;
    for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
    for (int round = 0; round < 3; ++round) {
      EXPECT_TRUE(co_await ends.client->write(every));
      std::string seen;
      while (seen.size() < every.size()) seen += *co_await ends.server->read();
      EXPECT_EQ(seen, every);
      EXPECT_TRUE(co_await ends.server->write("answer"));
      EXPECT_EQ(*co_await ends.client->read(), "answer");
    }
    EXPECT_EQ(ends.at_controller->up_bytes, 768U);
    EXPECT_EQ(ends.at_controller->down_bytes, 18U);
    EXPECT_EQ(ends.at_agent->down_bytes, 768U);
  });
}

TEST_F(SpliceTest, OneDirectionEndsAndTheOtherGoesOn) {
  run([](Ends& ends) -> Task<> {
    EXPECT_TRUE(co_await ends.client->write("all that is asked"));
    EXPECT_TRUE(co_await ends.client->finish());
    EXPECT_EQ(co_await read_all(*ends.server), "all that is asked");
    EXPECT_EQ(ends.running, 2);
    EXPECT_TRUE(co_await ends.server->write("first, "));
    co_await turns(50);
    EXPECT_TRUE(co_await ends.server->write("second"));
    EXPECT_TRUE(co_await ends.server->finish());
    EXPECT_EQ(co_await read_all(*ends.client), "first, second");
    co_await until([&] { return ends.running == 0; });
    EXPECT_EQ(ends.at_controller->end, End::kConnection);
    EXPECT_EQ(ends.at_agent->end, End::kStream);
  });
}

TEST_F(SpliceTest, AReaderThatStallsHoldsItsWriterUpWithinTheCredit) {
  run([](Ends& ends) -> Task<> {
    std::size_t taken = 0;
    bool stopped = false;
    co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
      scope.spawn("flood", [](Ends& to, std::size_t& count, bool& over) -> Task<> {
        while (co_await to.server->write(std::string(16 << 10, 'x'))) count += 16 << 10;
        over = true;
      }(ends, taken, stopped));
      co_await until_still(taken);
      // A pipe's 64 KiB at each side, the stream's window, a piece on its way here and there.
      EXPECT_GE(taken, wire::kWindowBytes);
      EXPECT_LE(taken, wire::kWindowBytes + (6 * 64 << 10));
      std::size_t read = 0;
      while (read < (4 << 20)) read += (co_await ends.client->read())->size();
      ends.client->close();
      co_await until([&] { return stopped; });
    });
  });
}

TEST_F(SpliceTest, AClientThatGoesAwayEndsBothEnds) {
  run([](Ends& ends) -> Task<> {
    EXPECT_TRUE(co_await ends.client->write("hello"));
    EXPECT_EQ(*co_await ends.server->read(), "hello");
    ends.client->close();
    co_await until([&] { return ends.at_controller->end != End::kCut; });
    EXPECT_EQ(ends.at_controller->end, End::kConnection);
    EXPECT_EQ(co_await read_all(*ends.server), "");
    ends.server->close();
    co_await until([&] { return ends.running == 0; });
  });
}

TEST_F(SpliceTest, WhatAServerSentBeforeItBrokeStillArrives) {
  run([](Ends& ends) -> Task<> {
    EXPECT_TRUE(co_await ends.server->write(std::string(40'000, 'y')));
    co_await turns(100);  // it is on its way
    ends.server->close();
    EXPECT_EQ((co_await read_all(*ends.client)).size(), 40'000U);
    ends.client->close();
    co_await until([&] { return ends.running == 0; });
    EXPECT_EQ(ends.at_agent->end, End::kConnection);
  });
}

TEST_F(SpliceTest, WhatAServerSentBeforeItClosedArrivesThoughItTakesNoMore) {
  run([](Ends& ends) -> Task<> {
    std::size_t taken = 0;
    bool enough = false;
    co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
      scope.spawn("flood", [](Ends& to, std::size_t& count, bool& over) -> Task<> {
        while (!over && co_await to.server->write(std::string(16 << 10, 'x'))) count += 16 << 10;
      }(ends, taken, enough));
      co_await until_still(taken);  // the client would have to read
      const auto before = taken;
      enough = true;
      EXPECT_TRUE(co_await ends.server->finish());
      ends.server->close();
      EXPECT_TRUE(co_await ends.client->write("not heard any more"));
      co_await until([&] { return ends.at_agent->end != End::kCut; });
      co_await turns(500);
      EXPECT_GE((co_await read_all(*ends.client)).size(), before);
    });
    co_await until([&] { return ends.running == 0; });
    EXPECT_EQ(ends.at_agent->end, End::kConnection);
    EXPECT_EQ(ends.at_controller->end, End::kStream) << "an end in order, not a cut";
  });
}

TEST_F(SpliceTest, AStreamThatBreaksEndsAConnectionThatTakesNothing) {
  links_.run([](LinkedStreams& own, base::TaskScope& scope) -> Task<> {
    auto pair = co_await own.open({});
    BytePipe pipe(own.io.get_executor(), 1);
    auto told = std::make_shared<Spliced>();
    int running = 1;
    scope.spawn("controller", one(std::move(pipe.far), std::exchange(pair.controller, nullptr),
                                  told, {.farewell = std::chrono::milliseconds{1}}, running));
    (void)co_await pair.agent->write(std::string(100'000, 'z'));
    co_await turns(100);  // the first piece is in the pipe, the next waits before it
    pair.agent->reset({base::ErrorCode::kUnavailable, "the agent stops", {}});
    co_await until([&] { return running == 0; });
    EXPECT_EQ(told->end, End::kBroken);
  });
}

TEST_F(SpliceTest, NothingMovesForTooLongAndItIsOver) {
  run(
      [](Ends& ends) -> Task<> {
        EXPECT_EQ(co_await read_all(*ends.client), "");
        co_await until([&] { return ends.running == 0; });
        EXPECT_TRUE(ends.at_controller->end == End::kIdle || ends.at_agent->end == End::kIdle);
      },
      {.idle = std::chrono::milliseconds{1}});
}

}  // namespace
}  // namespace slipway::link
