// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/live_session.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include "agent/terminal/read_pace.hpp"
#include "tests/unit/agent/terminal/live_terminals.hpp"

namespace slipway::terminal {
namespace {

using base::ErrorCode;
using base::Task;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

TEST_F(LiveTerminals, OutliveTheirStreamAndGoOnAtTheByte) {
  run([&](Terminal&) -> Task<> {
    auto first = co_await open(shell());
    const auto begun = co_await first.attached();
    EXPECT_EQ(begun.output() + begun.input(), 0U);
    process().print("hello world");
    co_await first.until("hello world");
    co_await first.acknowledge(5);
    first.lose();
    while ((co_await list())[0].attached()) co_await turn();
    process().print("; more");

    auto second = co_await open(take_up(begun.id(), 7));
    const auto again = co_await second.attached();
    EXPECT_EQ(again.id(), begun.id());
    EXPECT_EQ(again.output(), 7U);
    co_await second.until("; more");
    EXPECT_EQ(second.seen, "orld; more");
    EXPECT_THAT(runtime_.calls, Not(Contains("kill")));
    first_ = 7;
    co_await finish(second, 4);
  });
}

TEST_F(LiveTerminals, CountTheInputThatTheProcessGot) {
  run([&](Terminal&) -> Task<> {
    auto first = co_await open(shell());
    const auto id = (co_await first.attached()).id();
    co_await first.stream->write(std::string("typed"));
    std::string got;
    while (got.size() < 5) {
      co_await turn();
      got += process().read();
    }
    first.lose();
    auto second = co_await open(take_up(id, 0));
    EXPECT_EQ((co_await second.attached()).input(), 5U);
    co_await finish(second);
  });
}

TEST_F(LiveTerminals, CountInputThatWasCutOffInTheMiddle) {
  run([&](Terminal&) -> Task<> {
    auto first = co_await open(shell());
    const auto id = (co_await first.attached()).id();
    std::string typed;
    for (int i = 0; typed.size() < 200'000; ++i) typed += std::to_string(i) + ",";
    // One page is full whatever the pieces are; of more, a piece may leave some of a page unused.
    const int size = ::fcntl(process().input, F_SETPIPE_SZ, 1);
    co_await first.stream->write(typed);
    int held = 0;
    while (held < size) {
      co_await turn();
      EXPECT_EQ(::ioctl(process().input, FIONREAD, &held), 0);
    }
    std::string got;
    first.lose();
    auto second = co_await open(take_up(id, 0));
    const auto known = (co_await second.attached()).input();
    EXPECT_EQ(known, static_cast<std::uint64_t>(size));
    co_await second.stream->write(typed.substr(known));
    while (got.size() < typed.size()) {
      co_await turn();
      got += process().read();
    }
    EXPECT_EQ(got, typed);
    co_await finish(second);
  });
}

TEST_F(LiveTerminals, AcknowledgeInputNowAndThen) {
  run([&](Terminal&) -> Task<> {
    auto client = co_await open(shell());
    co_await client.attached();
    co_await client.stream->write(std::string(kInputTold, 'x'));
    const auto told = co_await client.note(wire::StreamNote::kAcknowledged);
    EXPECT_EQ(told.acknowledged(), kInputTold);
    co_await finish(client);
  });
}

TEST_F(LiveTerminals, HoldTheProcessWhenNobodyHasSeenWhatIsKept) {
  run([&](Terminal&) -> Task<> {
    auto first = co_await open(shell());
    const auto id = (co_await first.attached()).id();
    first.lose();
    std::string printed;
    const auto print = [&]() -> Task<> {
      std::string block;  // one that is read without a pause
      while (block.size() < kLittle) block += std::to_string(printed.size() + block.size()) + "\n";
      const auto count = ::write(process().output, block.data(), block.size());
      if (count > 0) printed.append(block, 0, static_cast<std::size_t>(count));
      co_await turn();
    };
    for (int i = 0; i < 4000; ++i) co_await print();
    const auto held = printed.size();
    EXPECT_GE(held, kKeptOutputBytes);
    EXPECT_LT(held, kKeptOutputBytes + (256 << 10)) << "the fifo's own";
    auto second = co_await open(take_up(id, 0));
    while (second.seen.size() < held) {
      co_await second.step();
      co_await second.acknowledge(second.seen.size());
    }
    EXPECT_EQ(second.seen, printed) << "not a byte lost or doubled";
    co_await finish(second);
  });
}

TEST_F(LiveTerminals, KeepTheirExitForWhoWasAway) {
  run([&](Terminal&) -> Task<> {
    auto first = co_await open(shell());
    const auto id = (co_await first.attached()).id();
    first.lose();
    process().print("last words");
    runtime_.end(co_await runtime_.started(), 9);
    auto second = co_await open(take_up(id, 0));
    EXPECT_EQ((co_await second.note(wire::StreamNote::kExit)).exit().code(), 9);
    EXPECT_EQ(second.seen, "last words");
    second.lose();  // before it said that it knows
    auto third = co_await open(take_up(id, 4));
    EXPECT_EQ((co_await third.note(wire::StreamNote::kExit)).exit().code(), 9);
    EXPECT_EQ(third.seen, " words");
    co_await third.acknowledge(10);
    co_await third.until_over();
    EXPECT_FALSE(third.failure);
    auto fourth = co_await open(take_up(id, 10));
    co_await fourth.until_over();
    EXPECT_EQ(fourth.failure->code, ErrorCode::kNotFound);
  });
}

TEST_F(LiveTerminals, AreTakenFromAnOlderStream) {
  run([&](Terminal&) -> Task<> {
    auto first = co_await open(shell());
    const auto id = (co_await first.attached()).id();
    auto second = co_await open(take_up(id, 0));
    co_await second.attached();
    co_await first.until_over();
    EXPECT_EQ(first.failure->code, ErrorCode::kConflict);
    process().print("for the second");
    co_await second.until("for the second");
    co_await finish(second);
  });
}

TEST_F(LiveTerminals, AreSizedAnewByWhoTakesThemUp) {
  run([&](Terminal&) -> Task<> {
    auto first = co_await open(shell());
    auto how = take_up((co_await first.attached()).id(), 0);
    how.mutable_size()->set_columns(132);
    how.mutable_size()->set_rows(50);
    auto second = co_await open(how);
    co_await second.attached();
    co_await runtime_.called("resize 132x50");
    wire::StreamNote note;
    note.mutable_resize()->set_columns(100);
    note.mutable_resize()->set_rows(30);
    co_await second.stream->write(note);
    co_await runtime_.called("resize 100x30");
    co_await finish(second);
  });
}

TEST_F(LiveTerminals, SayWhereTheyGoOnWhenTheirNewSizeHasMadeThemPrint) {
  run([&](Terminal&) -> Task<> {
    auto first = co_await open(shell());
    const auto id = (co_await first.attached()).id();
    const std::string block(kLittle, 'x');
    for (std::size_t printed = 0; printed < kKeptOutputBytes;) {
      process().print(block);
      printed += block.size();
      while (!first.over && first.seen.size() < printed) co_await first.step();
      co_await first.acknowledge(printed);
    }
    first.lose();
    runtime_.resizing = [&]() -> Task<> {  // until it is stored, and as much dropped
      process().print(block);
      for (int unread = 1; unread > 0;) {
        co_await turn();
        EXPECT_EQ(::ioctl(process().output, FIONREAD, &unread), 0);
      }
      for (int i = 0; i < 10; ++i) co_await turn();
    };
    auto how = use(id, wire::TerminalOpen::TAKE_UP);  // all that is kept
    how.mutable_size()->set_columns(132);
    how.mutable_size()->set_rows(50);
    auto second = co_await open(how);
    first_ = (co_await second.attached()).output();
    EXPECT_EQ(first_, block.size());
    while (!second.over && second.seen.size() < kKeptOutputBytes) co_await second.step();
    for (const auto& note : second.notes) EXPECT_NE(note.note_case(), wire::StreamNote::kGap);
    co_await finish(second);
  });
}

TEST_F(LiveTerminals, EndByTheirOwner) {
  run([&](Terminal&) -> Task<> {
    auto client = co_await open(shell());
    co_await client.attached();
    wire::StreamNote note;
    note.set_end_terminal(true);
    co_await client.stream->write(note);
    const auto exit = (co_await client.note(wire::StreamNote::kExit)).exit();
    EXPECT_EQ(exit.code(), 137);
    EXPECT_EQ(exit.message(), "ended by its owner");
    client.lose();
    co_await runtime_.called("remove");
    EXPECT_THAT(runtime_.calls, Contains("kill"));
  });
}

TEST_F(LiveTerminals, RefuseAcknowledgementsOfWhatWasNotPrinted) {
  run([&](Terminal& terminal) -> Task<> {
    auto first = co_await open(shell());
    const auto id = (co_await first.attached()).id();
    co_await first.acknowledge(1);
    co_await first.until_over();
    EXPECT_EQ(first.failure->code, ErrorCode::kInvalid);
    auto second = co_await open(take_up(id, 1));
    co_await second.until_over();
    EXPECT_EQ(second.failure->code, ErrorCode::kInvalid);
    EXPECT_EQ(terminal.sessions(), 1U) << "it lives on";
  });
}

TEST_F(LiveTerminals, SayOnceHowTheyCouldNotStart) {
  runtime_.programs = {"/none"};
  run([&](Terminal& terminal) -> Task<> {
    auto client = co_await open(shell());
    const auto exit = (co_await client.note(wire::StreamNote::kExit)).exit();
    EXPECT_EQ(exit.code(), 127);
    co_await client.until_over();
    while (terminal.sessions() > 0) co_await turn();
    auto other = shell();
    other.set_pod("nobody");
    auto refused = co_await open(other);
    co_await refused.until_over();
    EXPECT_EQ(refused.failure->code, ErrorCode::kNotFound);
    while (terminal.sessions() > 0) co_await turn();
  });
}

}  // namespace
}  // namespace slipway::terminal
