// SPDX-License-Identifier: Apache-2.0
#include "controller/discovery/relay.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_agent.hpp"
#include "tests/fakes/fake_roster.hpp"

namespace slipway::discovery {
namespace {

using base::Task;
using fakes::FakeAgent;
using fakes::ManualClock;
using fakes::until;

const base::ClusterId kDemo{"demo"};

/// What came back on a relayed request.
struct Exchange {
  link::StreamPtr stream;
  int status = 0;
  std::string index;
  std::string body;
  bool finished = false;
  std::optional<base::Error> error;

  Task<> read() {
    while (true) {
      auto chunk = co_await stream->read();
      if (!chunk) {
        error = chunk.error();
        co_return;
      }
      if (!*chunk) break;
      body += (*chunk)->bytes;
      if (!(*chunk)->note) continue;
      status = static_cast<int>((*chunk)->note->head().status());
      for (const auto& header : (*chunk)->note->head().headers()) {
        if (header.name() == "X-Etcd-Index") index = header.value();
      }
    }
    finished = true;
  }
};

struct Town {
  Town(links::Links& links, base::TaskScope& tasks) : links(links), tasks(tasks) {
    roster.members[{"m1"}] = {kDemo, wire::MASTER, "a", "10.0.0.1"};
    roster.members[{"m2"}] = {kDemo, wire::MASTER, "b", "10.0.0.2"};
    links.add(relay);
  }
  Task<std::unique_ptr<Exchange>> ask(FakeAgent& agent, std::string method, std::string path,
                                      std::string body = {}) {
    wire::StreamOpen what;
    what.mutable_http()->set_target(wire::HttpOpen::ETCD_DISCOVERY);
    what.mutable_http()->set_method(method);
    what.mutable_http()->set_path(path);
    auto exchange = std::make_unique<Exchange>();
    exchange->stream = agent.link->open(what, false).value();
    if (!body.empty()) (void)co_await exchange->stream->write(std::move(body));
    exchange->stream->finish();
    tasks.spawn("exchange", exchange->read());
    co_return exchange;
  }

  links::Links& links;
  base::TaskScope& tasks;
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  Registry registry{*database};
  fakes::FakeRoster roster;
  Relay relay{tasks.executor(), registry, roster};
  std::string token = registry.token_of(kDemo, 2);
};

constexpr char kOwn[] = "value=a%3Dhttps%3A%2F%2F10.0.0.1%3A2380";
constexpr char kOther[] = "value=b%3Dhttps%3A%2F%2F10.0.0.2%3A2380";

/// Runs `body`, then ends all links before the town goes.
template <class Body>
void in_town(Body body) {
  fakes::with_links([&](links::Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Town town(links, tasks);
    FakeAgent one(tasks, links, clock, {"m1"});
    FakeAgent two(tasks, links, clock, {"m2"});
    co_await one.come_up();
    co_await two.come_up();
    co_await body(town, one, two);
    co_await fakes::end(links, tasks);
  });
}

TEST(Relay, AnswersAndRefusesOverTheLink) {
  in_town([](Town& town, FakeAgent& one, FakeAgent&) -> Task<> {
    auto joined = co_await town.ask(one, "PUT", "/" + town.token + "/a1?prevExist=false", kOwn);
    EXPECT_TRUE(co_await until([&] { return joined->finished; }));
    EXPECT_EQ(joined->status, 201);
    auto forged = co_await town.ask(one, "PUT", "/" + town.token + "/b2?prevExist=false", kOther);
    EXPECT_TRUE(co_await until([&] { return forged->finished; }));
    EXPECT_EQ(forged->status, 403);
    auto large = co_await town.ask(one, "PUT", "/" + town.token + "/a1", std::string(9000, 'x'));
    EXPECT_TRUE(co_await until([&] { return large->error.has_value(); }));
    EXPECT_EQ(town.registry.members(kDemo).size(), 1u);
  });
}

TEST(Relay, ALongPollsHeadGoesAtOnceAndItsBodyWhenThePeerRegisters) {
  in_town([](Town& town, FakeAgent& one, FakeAgent& two) -> Task<> {
    auto poll = co_await town.ask(one, "GET", "/" + town.token + "?recursive=true&wait=true");
    EXPECT_TRUE(co_await until([&] { return poll->status == 200; }));
    EXPECT_EQ(poll->index, "1");
    EXPECT_TRUE(poll->body.empty());
    auto joined = co_await town.ask(two, "PUT", "/" + town.token + "/b2?prevExist=false", kOther);
    EXPECT_TRUE(co_await until([&] { return poll->finished && joined->finished; }));
    EXPECT_NE(poll->body.find("10.0.0.2"), std::string::npos);
  });
}

TEST(Relay, ALongPollEndsWithItsTokenAndWithItsLink) {
  in_town([](Town& town, FakeAgent& one, FakeAgent& two) -> Task<> {
    auto first = co_await town.ask(one, "GET", "/" + town.token + "?recursive=true&wait=true");
    auto second = co_await town.ask(two, "GET", "/" + town.token + "?recursive=true&wait=true");
    EXPECT_TRUE(co_await until([&] { return first->status == 200 && second->status == 200; }));
    one.drop();
    EXPECT_TRUE(co_await until([&] { return first->error.has_value(); }));
    town.registry.forget(kDemo);
    EXPECT_TRUE(co_await until([&] { return second->error.has_value(); }));
  });
}

}  // namespace
}  // namespace slipway::discovery
