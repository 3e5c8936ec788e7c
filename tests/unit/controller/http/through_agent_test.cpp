// SPDX-License-Identifier: Apache-2.0
// What passes the public port and goes on to a cluster's agent: the API server's proxy, pod logs.
#include "tests/unit/controller/http/through_agent.hpp"
#include "controller/http/followed_log.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {
namespace {

TEST_F(ThroughAgentTest, TheProxyCarriesRequestAndAnswerWhole) {
  auto response = ask(world.authorised("POST", "/api/v1/clusters/demo/proxy/api/v1/pods?dryRun=All",
                                       "{\"kind\":\"Pod\"}"),
                      answering(201, {"first, ", "second"}));
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(whole(response), "first, second");
  EXPECT_EQ(body, "{\"kind\":\"Pod\"}");
  const auto& open = agent->opened.back().http();
  EXPECT_EQ(open.method(), "POST");
  EXPECT_EQ(open.path(), "/api/v1/pods?dryRun=All");
  EXPECT_EQ(open.target(), wire::HttpOpen::KUBE_API);
}

TEST_F(ThroughAgentTest, AHeadThroughTheProxyTellsNoLengthOfItsOwn) {
  const auto response =
      ask(world.authorised("HEAD", "/api/v1/clusters/demo/proxy/api/v1/pods"), answering(200, {}));
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.streams()) << "of a text the server would tell the length";
}

TEST_F(ThroughAgentTest, TheProxyAuditsWhatWritesAndNothingElse) {
  for (const auto* method : {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}) {
    auto request = world.authorised(method, "/api/v1/clusters/demo/proxy/api/v1/pods/a");
    EXPECT_EQ(ask(std::move(request), answering(200, {"{}"})).status, 200) << method;
  }
  for (const auto* action : {"proxy.post", "proxy.put", "proxy.patch", "proxy.delete"}) {
    EXPECT_EQ(audited(action), 1U) << action;
  }
  for (const auto* action : {"proxy.get", "proxy.head", "proxy.options"}) {
    EXPECT_EQ(audited(action), 0U) << action;
  }
}

TEST_F(ThroughAgentTest, AGatewayThatEndsWithoutAnAnswerIsSaid) {
  auto response = ask(world.authorised("GET", "/api/v1/clusters/demo/proxy/api/v1/pods"),
                      [](link::StreamPtr stream) -> base::Task<> {
                        stream->finish();
                        co_return;
                      });
  EXPECT_EQ(response.status, 503);
  EXPECT_NE(response.text().find("without an answer"), std::string::npos) << response.text();
}

wire::StreamNote place_note(std::int64_t offset) {
  wire::StreamNote note;
  note.mutable_log_position()->set_offset(offset);
  return note;
}

TEST_F(ThroughAgentTest, AFollowedLogGoesOnAfterItsStreamBrokeWithoutGapOrDouble) {
  const auto before = agent->streams.size();
  const std::vector<Serve> rounds = {
      [](link::StreamPtr stream) -> base::Task<> {
        (void)co_await stream->write(place_note(10));
        (void)co_await stream->write("one\ntwo\n");
        co_await fakes::turns(200);
        stream->reset({base::ErrorCode::kUnavailable, "the agent stops", {}});
      },
      [](link::StreamPtr stream) -> base::Task<> {  // its pieces are cut otherwise
        (void)co_await stream->write(place_note(10));
        (void)co_await stream->write("one\n");
        (void)co_await stream->write(place_note(14));
        co_await fakes::turns(200);
        stream->reset({base::ErrorCode::kUnavailable, "the agent stops again", {}});
      },
      [](link::StreamPtr stream) -> base::Task<> {
        (void)co_await stream->write(place_note(14));
        (void)co_await stream->write("two\nthree\n");
        stream->finish();
      }};
  for (std::size_t i = 1; i < rounds.size(); ++i) {
    auto play = [](ThroughAgentTest& test, std::size_t at, Serve serve) -> base::Task<> {
      while (test.agent->streams.size() <= at) co_await base::sleep_for(kLogRetry / 10);
      co_await serve(test.agent->streams[at]);
    };
    world.tasks.spawn("agent again", play(*this, before + i, rounds[i]));
  }
  auto response = ask(
      world.authorised(
          "GET", "/api/v1/clusters/demo/namespaces/default/pods/web/log?follow=true&tailLines=9"),
      rounds[0]);
  EXPECT_EQ(whole(response), "one\ntwo\nthree\n");
  const auto& opened = agent->opened;
  EXPECT_FALSE(opened[before].logs().has_from());
  EXPECT_EQ(opened[before + 1].logs().from().offset(), 10);
  EXPECT_EQ(opened[before + 2].logs().from().offset(), 14);
}

TEST_F(ThroughAgentTest, WhatIsRotatedAwayMeanwhileTakesNothingOfWhatComes) {
  const auto before = agent->streams.size();
  auto again = [](ThroughAgentTest& test, std::size_t at) -> base::Task<> {
    while (test.agent->streams.size() <= at) co_await base::sleep_for(kLogRetry / 10);
    const auto stream = test.agent->streams[at];
    (void)co_await stream->write(place_note(0));
    wire::StreamNote gap;
    gap.mutable_gap()->set_why("rotated away");
    (void)co_await stream->write(std::move(gap));
    (void)co_await stream->write("nine\n");
    stream->finish();
  };
  world.tasks.spawn("agent again", again(*this, before + 1));
  auto response = ask(
      world.authorised("GET", "/api/v1/clusters/demo/namespaces/default/pods/web/log?follow=true"),
      [](link::StreamPtr stream) -> base::Task<> {
        (void)co_await stream->write(place_note(10));
        (void)co_await stream->write("one\ntwo\n");
        co_await fakes::turns(200);
        stream->reset({base::ErrorCode::kUnavailable, "the agent stops", {}});
      });
  EXPECT_EQ(whole(response), "one\ntwo\n[lines are missing here: rotated away]\nnine\n");
}

TEST_F(ThroughAgentTest, ALogThatIsNotFollowedEndsWithItsStream) {
  const auto before = agent->streams.size();
  auto response =
      ask(world.authorised("GET", "/api/v1/clusters/demo/namespaces/default/pods/web/log"),
          [](link::StreamPtr stream) -> base::Task<> {
            (void)co_await stream->write("one\n");
            co_await fakes::turns(200);
            stream->reset({base::ErrorCode::kUnavailable, "the agent stops", {}});
          });
  EXPECT_EQ(whole(response), "one\n");
  EXPECT_EQ(agent->streams.size(), before + 1);
}

TEST_F(ThroughAgentTest, ALogIsAskedForAsTheQuerySays) {
  const std::string log = "/api/v1/clusters/demo/namespaces/default/pods/web/log";
  auto say = [](link::StreamPtr stream) -> base::Task<> {
    (void)co_await stream->write("a line\n");
    wire::StreamNote note;
    note.mutable_gap()->set_why("rotated away");
    (void)co_await stream->write(std::move(note));
    stream->finish();
  };
  auto plain = ask(world.authorised("GET", log), say);
  EXPECT_EQ(plain.status, 200) << plain.text();
  EXPECT_EQ(whole(plain), "a line\n[lines are missing here: rotated away]\n");
  const auto first = agent->opened.back().logs();
  EXPECT_EQ(first.pod_namespace(), "default");
  EXPECT_EQ(first.pod(), "web");
  EXPECT_EQ(first.tail_lines(), -1);
  EXPECT_FALSE(first.previous() || first.follow() || first.timestamps());

  auto asked = ask(world.authorised("GET", log + "?container=main&tailLines=7&previous=true"
                                                 "&timestamps=true&limitBytes=99&sinceSeconds=60"),
                   say);
  EXPECT_EQ(asked.status, 200) << asked.text();
  const auto second = agent->opened.back().logs();
  EXPECT_EQ(second.container(), "main");
  EXPECT_EQ(second.tail_lines(), 7);
  EXPECT_TRUE(second.previous());
  EXPECT_TRUE(second.timestamps());
  EXPECT_EQ(second.limit_bytes(), 99);
  EXPECT_EQ(second.since_utc_ms(), base::to_unix_ms(world.clock.utc()) - 60'000);

  auto followed = ask(world.authorised("GET", log + "?follow=true"), say);
  EXPECT_EQ(followed.status, 200);
  EXPECT_TRUE(agent->opened.back().logs().follow());
}

/// Of a container that ended, and of which kubelet keeps the last log alone.
TEST_F(ThroughAgentTest, TheLogBeforeTheNextRunIsTheLastThereIs) {
  const std::string log = "/api/v1/clusters/demo/namespaces/default/pods/web/log?previous=true";
  auto tell = [&](const char* state, std::uint32_t restarts) -> base::Task<bool> {
    auto row = mirror::pod("u1", "web", "default");
    row.mutable_pod()->set_node("demo-master-1");
    auto& container = *row.mutable_pod()->add_containers();
    container.set_name("main");
    container.set_state(state);
    container.set_restarts(restarts);
    (void)co_await feed->write(mirror::framed(mirror::batch({row}, true, true)));
    co_return co_await fakes::until([&] {
      return world.mirror.find(cluster, "pods", "default", "web")->pod().containers(0).state() ==
             state;
    });
  };
  /// The agent has one run's log and no other.
  const auto get = [&](std::size_t asks) {
    auto answer = [](ThroughAgentTest& test, std::size_t at, std::size_t end) -> base::Task<> {
      for (; at < end; ++at) {
        if (!co_await fakes::until([&] { return test.agent->streams.size() > at; })) co_return;
        auto stream = test.agent->streams[at];
        if (test.agent->opened[at].logs().previous()) {
          stream->reset({base::ErrorCode::kNotFound, "the log of the run before is not there", {}});
        } else {
          (void)co_await stream->write("the end\n");
          stream->finish();
        }
      }
    };
    const auto at = agent->streams.size();
    world.tasks.spawn("agent", answer(*this, at, at + asks));
    return world.send(world.authorised("GET", log));
  };
  ASSERT_TRUE(world.run(tell("waiting", 3)));
  auto waiting = get(2);
  EXPECT_EQ(waiting.status, 200) << waiting.text();
  EXPECT_EQ(whole(waiting), "the end\n");
  ASSERT_TRUE(world.run(tell("running", 4)));
  const auto before = agent->streams.size();
  EXPECT_EQ(get(1).status, 404) << "what runs is not the run before";
  EXPECT_EQ(agent->streams.size(), before + 1);
  ASSERT_TRUE(world.run(tell("waiting", 0)));
  EXPECT_EQ(get(1).status, 404) << "it never ran";
}

}  // namespace
}  // namespace slipway::http
