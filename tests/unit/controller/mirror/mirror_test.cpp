// SPDX-License-Identifier: Apache-2.0
#include "controller/mirror/mirror.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_agent.hpp"
#include "tests/fakes/fake_roster.hpp"
#include "tests/unit/controller/mirror/rows.hpp"

namespace slipway::mirror {
namespace {

using base::ErrorCode;
using base::Task;
using fakes::FakeAgent;
using fakes::ManualClock;
using fakes::turns;
using fakes::until;

const ClusterId kDemo{"demo"};
const MachineId kM1{"m1"};
const MachineId kM2{"m2"};

struct Diary : MirrorListener {
  void row_changed(const ClusterId&, const std::string& kind, const wire::MirrorRow& row) override {
    lines.push_back("+" + kind + "/" + row.meta().name());
  }
  void row_gone(const ClusterId&, const std::string& kind, const wire::MirrorRow& row) override {
    lines.push_back("-" + kind + "/" + row.meta().name());
  }
  void freshness_changed(const ClusterId&, const std::string& kind) override {
    lines.push_back("?" + kind);
  }
  std::vector<std::string> lines;
};

struct Town {
  Town(links::Links& links, base::TaskScope& tasks, ManualClock& clock)
      : links(links), tasks(tasks), clock(clock) {
    roster.members[kM1] = {kDemo, wire::MASTER, "a", "10.0.0.1"};
    roster.members[kM2] = {kDemo, wire::MASTER, "b", "10.0.0.2"};
    roster.members[{"x1"}] = {{"other"}, wire::MASTER, "x", "10.0.1.1"};
    roster.gateways[kDemo] = kM1;
    mirror.add(diary);
    links.add(static_cast<links::StreamTaker&>(mirror));
    links.add(static_cast<links::LinkListener&>(mirror));
    mirror.start();
  }
  static link::StreamPtr open(FakeAgent& agent, const ClusterId& cluster = kDemo) {
    wire::StreamOpen what;
    what.mutable_mirror()->set_cluster_id(cluster.value);
    return agent.link->open(what, false).value();
  }
  Task<> send(link::StreamPtr stream, wire::MirrorBatch rows) {
    rows.set_utc_ms(base::to_unix_ms(clock.utc()));
    (void)co_await stream->write(framed(rows));
    co_await turns(100);
  }

  links::Links& links;
  base::TaskScope& tasks;
  ManualClock& clock;
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  fakes::FakeRoster roster;
  Diary diary;
  Mirror mirror{tasks.executor(), *database, links, roster, clock};
};

template <class Body>
void in_town(Body body) {
  fakes::with_links([&](links::Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Town town(links, tasks, clock);
    co_await body(town);
    co_await fakes::end(links, tasks);
    co_await town.mirror.stop();
  });
}

TEST(Mirror, ShowsWhatTheGatewayTellsAndSaysSo) {
  in_town([](Town& town) -> Task<> {
    EXPECT_FALSE(town.mirror.freshness(kDemo, "pods").known);
    EXPECT_FALSE(town.mirror.freshness(kDemo, "pods").error.empty());
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    auto stream = Town::open(gateway);
    co_await town.send(stream, batch({pod("u1", "a", "x"), pod("u2", "b", "x")}, true, true));
    const auto page = town.mirror.list(kDemo, {.kind = "pods", .limit = 1});
    EXPECT_EQ(page->rows.size(), 1u);
    EXPECT_EQ(page->next, "x/a/u1");
    EXPECT_TRUE(page->freshness.live);
    EXPECT_EQ(page->freshness.as_of, town.clock.utc());
    const auto rest = town.mirror.list(kDemo, {.kind = "pods", .cursor = page->next});
    EXPECT_EQ(rest->rows.size(), 1u);
    EXPECT_TRUE(rest->next.empty());
    EXPECT_EQ(town.mirror.find(kDemo, "pods", "x", "b")->meta().uid(), "u2");
    EXPECT_EQ(town.mirror.kinds(kDemo), (std::vector<std::string>{"pods"}));
    EXPECT_EQ(town.diary.lines, (std::vector<std::string>{"+pods/a", "+pods/b", "?pods"}));
  });
}

TEST(Mirror, HalfAListIsNotBelieved) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    auto stream = Town::open(gateway);
    const auto live = [&] { return town.mirror.freshness(kDemo, "pods").live; };
    co_await town.send(stream, batch({pod("u1", "a", "x")}, true));
    EXPECT_EQ(town.mirror.count(kDemo, "pods"), 1u);
    EXPECT_FALSE(live());
    EXPECT_FALSE(town.mirror.freshness(kDemo, "pods").error.empty());
    EXPECT_EQ(town.mirror.freshness(kDemo, "pods").as_of, base::UtcTime{});
    co_await town.send(stream, batch({pod("u2", "b", "x")}));
    EXPECT_FALSE(live());
    co_await town.send(stream, batch({pod("u3", "c", "x")}, false, true));
    EXPECT_TRUE(live());
    EXPECT_EQ(town.diary.lines,
              (std::vector<std::string>{"+pods/a", "+pods/b", "+pods/c", "?pods"}));
    co_await town.send(stream, batch({pod("u1", "a", "x")}, true));
    EXPECT_TRUE(live()) << "it lists anew, and all rows are here";
    EXPECT_EQ(town.mirror.count(kDemo, "pods"), 3u);
    co_await town.send(stream, batch({pod("u2", "b", "x")}, false, true));
    EXPECT_TRUE(live());
    EXPECT_EQ(town.mirror.count(kDemo, "pods"), 2u);
    auto again = Town::open(gateway);
    co_await town.send(again, batch({pod("u1", "a", "x")}));
    EXPECT_FALSE(live()) << "this stream has not listed them";
  });
}

TEST(Mirror, AKindNeedsNoCodeHere) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    auto stream = Town::open(gateway);
    co_await town.send(stream,
                       batch({pod("u1", "a", "x")}, true, true, "horizontalpodautoscalers"));
    EXPECT_EQ(town.mirror.count(kDemo, "horizontalpodautoscalers"), 1u);
  });
}

TEST(Mirror, BadCursorsAreRefused) {
  in_town([](Town& town) -> Task<> {
    const std::string long_one = "x/" + std::string(2000, 'a') + "/u";
    for (const std::string cursor : {"x", "/", "a/b/c/d", long_one.c_str()}) {
      const auto page = town.mirror.list(kDemo, {.kind = "pods", .cursor = cursor});
      EXPECT_EQ(page.error().field, "cursor") << cursor;
    }
    EXPECT_TRUE(town.mirror.list(kDemo, {.kind = "pods", .cursor = "//"}));
    co_return;
  });
}

TEST(Mirror, RowsOutliveTheLinkWithTheTimeWhenTheyWereTrue) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    auto stream = Town::open(gateway);
    co_await town.send(stream, batch({pod("u1", "a", "x")}, true, true));
    town.clock.advance(std::chrono::seconds{7});
    wire::Report health;
    health.mutable_health()->set_load1(0.5);
    gateway.tell(health);  // heard: the quiet watch was true till now
    EXPECT_TRUE(co_await until([&] { return town.mirror.health(kM1).has_value(); }));
    const base::UtcTime heard = town.clock.utc();
    EXPECT_EQ(town.mirror.freshness(kDemo, "pods").as_of, heard);
    town.clock.advance(std::chrono::seconds{60});
    gateway.drop();
    EXPECT_TRUE(co_await until([&] { return !town.mirror.freshness(kDemo, "pods").live; }));
    const auto fresh = town.mirror.freshness(kDemo, "pods");
    EXPECT_EQ(fresh.as_of, heard);
    EXPECT_FALSE(fresh.error.empty());
    EXPECT_EQ(town.mirror.count(kDemo, "pods"), 1u);
    EXPECT_EQ(town.mirror.health(kM1)->load1(), 0.5);
  });
}

TEST(Mirror, OnlyTheGatewayOfThatClusterIsBelieved) {
  in_town([](Town& town) -> Task<> {
    FakeAgent other_master(town.tasks, town.links, town.clock, kM2);
    FakeAgent stranger(town.tasks, town.links, town.clock, {"x1"});
    co_await other_master.come_up();
    co_await stranger.come_up();
    auto one = Town::open(other_master);
    EXPECT_EQ((co_await one->read()).error().code, ErrorCode::kDenied);
    auto two = Town::open(stranger);
    EXPECT_EQ((co_await two->read()).error().code, ErrorCode::kDenied);
    EXPECT_TRUE(town.mirror.kinds(kDemo).empty());
  });
}

TEST(Mirror, ANewGatewayTakesOver) {
  in_town([](Town& town) -> Task<> {
    FakeAgent first(town.tasks, town.links, town.clock, kM1);
    FakeAgent second(town.tasks, town.links, town.clock, kM2);
    co_await first.come_up();
    co_await second.come_up();
    auto old_stream = Town::open(first);
    co_await town.send(old_stream, batch({pod("u1", "a", "x")}, true, true));
    town.roster.gateways[kDemo] = kM2;
    auto new_stream = Town::open(second);
    EXPECT_EQ((co_await old_stream->read()).error().code, ErrorCode::kConflict);
    EXPECT_FALSE(town.mirror.freshness(kDemo, "pods").live);  // it has told of nothing yet
    co_await town.send(new_stream, batch({pod("u2", "b", "x")}, true, true));
    EXPECT_EQ(town.mirror.count(kDemo, "pods"), 1u);
    EXPECT_TRUE(town.mirror.freshness(kDemo, "pods").live);
  });
}

TEST(Mirror, NoiseEndsTheStreamAndKeepsTheRows) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    auto stream = Town::open(gateway);
    co_await town.send(stream, batch({pod("u1", "a", "x")}, true, true));
    (void)co_await stream->write(std::string("\xff\xff\xff\xff noise"));
    EXPECT_EQ((co_await stream->read()).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(town.mirror.count(kDemo, "pods"), 1u);
    EXPECT_TRUE(town.links.facts(kM1).connected);
    auto nameless = Town::open(gateway);
    co_await town.send(nameless, batch({}, true, true, ""));
    EXPECT_EQ((co_await nameless->read()).error().code, ErrorCode::kInvalid);
  });
}

TEST(Mirror, TheLastStateIsThereAfterARestart) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    auto stream = Town::open(gateway);
    const base::UtcTime told = town.clock.utc();
    co_await town.send(stream, batch({pod("u1", "a", "x"), pod("u2", "b", "x")}, true, true));
    wire::MirrorBatch change = batch({pod("u3", "c", "x")});
    change.add_deleted("u1");
    co_await town.send(stream, change);
    gateway.drop();
    EXPECT_TRUE(co_await until([&] { return !town.mirror.freshness(kDemo, "pods").live; }));
    co_await town.mirror.stop();

    Mirror restarted(town.tasks.executor(), *town.database, town.links, town.roster, town.clock);
    restarted.start();
    const auto page = restarted.list(kDemo, {.kind = "pods"});
    EXPECT_EQ(page->rows.size(), 2u);
    EXPECT_EQ(page->rows[0].meta().name(), "b");
    EXPECT_TRUE(page->freshness.known);
    EXPECT_FALSE(page->freshness.live);
    EXPECT_GE(page->freshness.as_of, told);
    EXPECT_NE(page->freshness.error.find("since the controller started"), std::string::npos);
    restarted.forget(kDemo);
    EXPECT_EQ(restarted.count(kDemo, "pods"), 0u);
    co_await restarted.stop();
    auto left = town.database->prepare("SELECT count(*) FROM mirror_rows");
    left.step();
    EXPECT_EQ(left.number(0), 0);
  });
}

TEST(Mirror, OnlyWhatChangedIsSaved) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    auto stream = Town::open(gateway);
    std::vector<wire::MirrorRow> rows;
    for (int i = 0; i < 2500; ++i)
      rows.push_back(pod("u" + std::to_string(i), "n" + std::to_string(i), "x", "1"));
    co_await town.send(stream, batch(rows, true, true));
    co_await town.mirror.stop();
    auto saved = town.database->prepare("SELECT count(*) FROM mirror_rows");
    saved.step();
    EXPECT_EQ(saved.number(0), 2500);
  });
}

TEST(Mirror, WhatCouldNotBeSavedIsSavedLater) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    auto stream = Town::open(gateway);
    co_await town.send(stream, batch({pod("u1", "a", "x"), pod("u2", "b", "x")}, true, true));
    town.database->prepare("PRAGMA query_only=ON").run();
    co_await town.mirror.stop();
    town.database->prepare("PRAGMA query_only=OFF").run();
    co_await town.mirror.stop();
    auto saved = town.database->prepare("SELECT count(*) FROM mirror_rows");
    saved.step();
    EXPECT_EQ(saved.number(0), 2);
  });
}

}  // namespace
}  // namespace slipway::mirror
