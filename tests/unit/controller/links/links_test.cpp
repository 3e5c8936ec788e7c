// SPDX-License-Identifier: Apache-2.0
#include "controller/links/links.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_agent.hpp"

namespace slipway::links {
namespace {

using base::ErrorCode;
using base::Task;
using fakes::FakeAgent;
using fakes::ManualClock;
using fakes::turns;
using fakes::until;
using fakes::with_links;

const MachineId kM1{"m1"};

/// What a listener was told, as text, in order.
struct Diary : LinkListener {
  void link_up(const MachineId& machine, const wire::NodeState& state) override {
    lines.push_back("up " + machine.value + " " + state.facts().hostname());
  }
  void link_down(const MachineId& machine, const base::Error& why) override {
    lines.push_back("down " + machine.value + " " + std::string(name_of(why.code)));
  }
  void reported(const MachineId& machine, const wire::Report& report) override {
    lines.push_back("reported " + machine.value + " " + std::to_string(report.what_case()));
  }
  std::vector<std::string> lines;
};

struct Desired : DesiredSource {
  base::Result<wire::DesiredNode> desired(const MachineId& machine) override {
    if (error) return std::unexpected(*error);
    wire::DesiredNode node;
    node.set_machine_id(machine.value);
    node.set_generation(++generation);
    return node;
  }
  std::uint64_t generation = 0;
  std::optional<base::Error> error;
};

wire::NodeState state_of(const std::string& hostname) {
  wire::NodeState state;
  state.mutable_facts()->set_hostname(hostname);
  return state;
}

wire::Report health() {
  wire::Report report;
  report.mutable_health()->set_clock_offset_ms(-7);
  return report;
}

TEST(Links, ALinkIsUpOnceItsStateIsInAndIsToldWhatToBe) {
  with_links([](Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Diary diary;
    Desired desired;
    links.add(diary);
    links.set(desired);
    FakeAgent agent(tasks, links, clock, kM1);
    EXPECT_TRUE(co_await until([&] { return agent.ready; }));
    EXPECT_FALSE(links.facts(kM1).connected);  // hello alone is not enough
    EXPECT_FALSE(links.open(kM1, {}, false));
    co_await agent.come_up(state_of("demo"));
    EXPECT_EQ(diary.lines, std::vector<std::string>{"up m1 demo"});
    EXPECT_TRUE(links.facts(kM1).connected);
    EXPECT_EQ(links.facts(kM1).software, "fake-agent 1");
    EXPECT_EQ(agent.count(wire::Order::kDesired), 1u);
    links.refresh(kM1);
    EXPECT_TRUE(co_await until([&] { return agent.count(wire::Order::kDesired) == 2; }));
    co_await fakes::end(links, tasks);
  });
}

TEST(Links, WhatAnAgentSaysIsHandedOnAndHeard) {
  with_links([](Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Diary diary;
    links.add(diary);
    FakeAgent agent(tasks, links, clock, kM1);
    co_await agent.come_up();
    clock.advance(std::chrono::seconds{3});
    const base::UtcTime then = clock.utc();
    agent.tell(health());
    EXPECT_TRUE(co_await until([&] { return diary.lines.size() == 2; }));
    EXPECT_EQ(links.facts(kM1).last_heard, then);
    EXPECT_EQ(links.facts(kM1).clock_offset_ms, -7);
    co_await fakes::end(links, tasks);
  });
}

TEST(Links, AReportBeforeTheStateEndsTheLink) {
  with_links([](Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Diary diary;
    links.add(diary);
    FakeAgent agent(tasks, links, clock, kM1);
    EXPECT_TRUE(co_await until([&] { return agent.ready; }));
    agent.tell(health());
    EXPECT_TRUE(co_await until([&] { return agent.ended; }));
    EXPECT_TRUE(diary.lines.empty());
    EXPECT_FALSE(links.facts(kM1).connected);
    co_await fakes::end(links, tasks);
  });
}

TEST(Links, ALostLinkKeepsItsFactsWithSinceWhenAndWhy) {
  with_links([](Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Diary diary;
    links.add(diary);
    EXPECT_NE(links.facts(kM1).why_down.find("never"), std::string::npos);
    FakeAgent agent(tasks, links, clock, kM1);
    co_await agent.come_up();
    clock.advance(std::chrono::seconds{5});
    agent.drop();
    EXPECT_TRUE(co_await until([&] { return !links.facts(kM1).connected; }));
    EXPECT_EQ(links.facts(kM1).since, clock.utc());
    EXPECT_FALSE(links.facts(kM1).why_down.empty());
    EXPECT_EQ(diary.lines.back().substr(0, 7), "down m1");
    const auto refused = links.send(kM1, {});
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(refused.error().message.find("since 20"), std::string::npos);
    EXPECT_TRUE(links.connected().empty());
    co_await fakes::end(links, tasks);
  });
}

TEST(Links, ANewerLinkEndsTheOlderAndListenersSeeThemInTurn) {
  with_links([](Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Diary diary;
    links.add(diary);
    FakeAgent older(tasks, links, clock, kM1);
    co_await older.come_up(state_of("older"));
    FakeAgent newer(tasks, links, clock, kM1);
    co_await newer.come_up(state_of("newer"));
    EXPECT_TRUE(co_await until([&] { return older.ended; }));
    const std::vector<std::string> told{"up m1 older", "down m1 conflict", "up m1 newer"};
    EXPECT_EQ(diary.lines, told);
    EXPECT_TRUE(links.facts(kM1).connected);
    older.tell(health());  // a zombie's word does not count
    co_await turns(200);
    EXPECT_EQ(diary.lines, told);
    newer.tell(health());
    EXPECT_TRUE(co_await until([&] { return diary.lines.size() == 4; }));
    co_await fakes::end(links, tasks);
  });
}

/// One that cannot write down what it is told.
struct FullDisk : LinkListener {
  void link_down(const MachineId&, const base::Error&) override {
    throw std::runtime_error("database: full");
  }
};

TEST(Links, WhatAListenerCannotWriteDownKeepsNothingFromTheOthers) {
  with_links([](Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    FullDisk full;
    Diary diary;
    links.add(full);
    links.add(diary);
    FakeAgent older(tasks, links, clock, kM1);
    co_await older.come_up();
    FakeAgent newer(tasks, links, clock, kM1);
    co_await newer.come_up();
    EXPECT_EQ(diary.lines, (std::vector<std::string>{"up m1 ", "down m1 conflict", "up m1 "}));
    EXPECT_TRUE(links.facts(kM1).connected);
    links.cut(kM1, {ErrorCode::kDenied, "", {}});
    EXPECT_EQ(diary.lines.back(), "down m1 denied");
    co_await fakes::end(links, tasks);
  });
}

TEST(Links, CutEndsALinkAtOnceAndForgetDropsItsFacts) {
  with_links([](Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Diary diary;
    links.add(diary);
    FakeAgent agent(tasks, links, clock, kM1);
    co_await agent.come_up();
    links.cut(kM1, {ErrorCode::kDenied, "its certificate is revoked", {}});
    EXPECT_EQ(diary.lines.back(), "down m1 denied");
    EXPECT_FALSE(links.open(kM1, {}, true));
    EXPECT_TRUE(co_await until([&] { return agent.ended; }));
    EXPECT_EQ(diary.lines.size(), 2u);
    links.forget(kM1);
    EXPECT_NE(links.facts(kM1).why_down.find("never"), std::string::npos);
    co_await fakes::end(links, tasks);
  });
}

TEST(Links, AListenerMayCutWhatComesUp) {
  struct Bouncer : LinkListener {
    explicit Bouncer(Links& links) : links(links) {}
    void link_up(const MachineId& machine, const wire::NodeState&) override {
      links.cut(machine, {ErrorCode::kDenied, "deleted", {}});
    }
    Links& links;
  };
  with_links([](Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Bouncer bouncer(links);
    Desired desired;
    links.add(bouncer);
    links.set(desired);
    FakeAgent agent(tasks, links, clock, kM1);
    co_await agent.come_up();
    EXPECT_TRUE(co_await until([&] { return agent.ended; }));
    EXPECT_EQ(desired.generation, 0u);
    co_await fakes::end(links, tasks);
  });
}

TEST(Links, StreamsGoToTheirTakerAndEndWithTheLink) {
  struct Taker : StreamTaker {
    bool takes(const wire::StreamOpen& what) const override { return what.has_mirror(); }
    Task<> serve(MachineId, wire::StreamOpen, link::StreamPtr stream) override {
      ++open;
      while (true) {
        auto chunk = co_await stream->read();
        if (!chunk || !*chunk) break;
        bytes += (*chunk)->bytes;
      }
      --open;
    }
    std::string bytes;
    int open = 0;
  };
  with_links([](Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Taker taker;
    links.add(taker);
    FakeAgent agent(tasks, links, clock, kM1);
    co_await agent.come_up();
    wire::StreamOpen what;
    what.mutable_mirror();
    auto stream = agent.link->open(what, false).value();
    (void)co_await stream->write(std::string("abc"));
    EXPECT_TRUE(co_await until([&] { return taker.bytes == "abc"; }));
    wire::StreamOpen strange;
    strange.mutable_journal();
    auto refused = agent.link->open(strange, false).value();
    EXPECT_EQ((co_await refused->read()).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(taker.open, 1);
    agent.drop();
    EXPECT_TRUE(co_await until([&] { return taker.open == 0; }));
    co_await fakes::end(links, tasks);
  });
}

TEST(Links, StopEndsAllAndTakesNoMore) {
  with_links([](Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    FakeAgent one(tasks, links, clock, kM1);
    FakeAgent two(tasks, links, clock, MachineId{"m2"});
    co_await one.come_up();
    co_await two.come_up();
    EXPECT_EQ(links.connected().size(), 2u);
    co_await links.stop();
    EXPECT_TRUE(links.connected().empty());
    FakeAgent late(tasks, links, clock, MachineId{"m3"});
    EXPECT_TRUE(co_await until([&] { return late.ended; }));
    co_await fakes::end(links, tasks);
  });
}

}  // namespace
}  // namespace slipway::links
