// SPDX-License-Identifier: Apache-2.0
#include "controller/http/live_terminal_bridge.hpp"

#include "controller/http/right_end.hpp"
#include "tests/unit/controller/http/through_agent.hpp"

namespace slipway::http {
namespace {

/// A page's socket, the bridge, and the agent's end of a resumable terminal's stream.
struct Page {
  explicit Page(ThroughAgentTest& test) : test(test) {}

  base::Task<> open(std::optional<link::Chunk> first = {}) {
    auto& agent = *test.agent;
    wire::StreamOpen what;
    what.mutable_exec()->set_resumable(true);
    auto stream = test.world.links.open(test.master, std::move(what), true);
    auto [here, there] = net::transport_pair(test.world.io.get_executor());
    page = std::move(here);
    const auto at = agent.streams.size();
    test.world.tasks.spawn("bridge", run(std::move(there), *stream, std::move(first)));
    held = stream->get();
    stream->reset();
    co_await fakes::until([&] { return agent.streams.size() > at; });
    remote = agent.streams.at(at);
    agent.streams.clear();
  }
  base::Task<> run(std::unique_ptr<net::Transport> transport, link::StreamPtr stream,
                   std::optional<link::Chunk> first) {
    co_await bridge_live_terminal(std::move(transport), std::move(stream), "node-1",
                                  std::move(first));
    ended = true;
  }
  base::Task<std::string> next() {
    auto message = co_await page->read();
    co_return message ? message->bytes : "closed";
  }
  base::Task<> say(std::string text) {
    (void)co_await page->write({.bytes = std::move(text), .binary = false});
  }
  base::Task<bool> over() {
    co_return co_await fakes::until([this] { return ended; });
  }

  ThroughAgentTest& test;
  std::unique_ptr<net::Transport> page;
  link::Stream* held = nullptr;  ///< the bridge's, while it runs
  link::StreamPtr remote;
  bool ended = false;
};

class LiveTerminal : public ThroughAgentTest {
 protected:
  void with_page(std::function<base::Task<>(Page&)> body) {
    auto all = [](LiveTerminal& test, std::function<base::Task<>(Page&)> talk) -> base::Task<bool> {
      Page page(test);
      co_await page.open();
      co_await talk(page);
      co_return co_await page.over();
    };
    EXPECT_TRUE(world.run(all(*this, std::move(body)))) << "the bridge did not end";
  }
};

TEST_F(LiveTerminal, SaysWhereItGoesOn) {
  with_page([](Page& page) -> base::Task<> {
    wire::StreamNote note;
    note.mutable_attached()->set_id("t1");
    note.mutable_attached()->set_output(7);
    note.mutable_attached()->set_input(3);
    (void)co_await page.remote->write(std::move(note));
    EXPECT_EQ(co_await page.next(),
              R"({"attached":{"terminal":"t1","node":"node-1","output":7,"input":3}})");
    (void)co_await page.remote->write(std::string("$ "));
    EXPECT_EQ(co_await page.next(), "$ ");
    wire::StreamNote acknowledged;
    acknowledged.set_acknowledged(12);
    (void)co_await page.remote->write(std::move(acknowledged));
    EXPECT_EQ(co_await page.next(), R"({"acknowledged":12})");
    wire::StreamNote watchers;
    watchers.mutable_watchers()->add_users("root");
    (void)co_await page.remote->write(std::move(watchers));
    EXPECT_EQ(co_await page.next(), R"({"watchers":["root"]})");
    wire::StreamNote gap;
    gap.mutable_gap()->set_why("slow");
    (void)co_await page.remote->write(std::move(gap));
    EXPECT_EQ(co_await page.next(), R"({"gap":"slow"})");
    page.page->close();
  });
}

TEST_F(LiveTerminal, CarriesWhatThePageSays) {
  with_page([](Page& page) -> base::Task<> {
    (void)co_await page.page->write({.bytes = "ls\n", .binary = true});
    EXPECT_EQ((**co_await page.remote->read()).bytes, "ls\n");
    co_await page.say(R"({"acknowledged":4294967296})");
    EXPECT_EQ((**co_await page.remote->read()).note->acknowledged(), 4294967296U);
    co_await page.say(R"({"resize":{"columns":100,"rows":40}})");
    EXPECT_EQ((**co_await page.remote->read()).note->resize().rows(), 40U);
    co_await page.say(R"({"end":true})");
    EXPECT_TRUE((**co_await page.remote->read()).note->end_terminal());
    page.page->close();
  });
}

TEST_F(LiveTerminal, GivesThePageTimeToAcknowledgeTheExit) {
  with_page([](Page& page) -> base::Task<> {
    wire::StreamNote exit;
    exit.mutable_exit()->set_code(3);
    (void)co_await page.remote->write(std::move(exit));
    EXPECT_EQ(co_await page.next(), R"({"exit":{"code":3,"message":""}})");
    co_await page.say(R"({"acknowledged":9})");
    EXPECT_EQ((**co_await page.remote->read()).note->acknowledged(), 9U);
    page.remote->finish();
    EXPECT_EQ(co_await page.next(), "closed");
  });
}

TEST_F(LiveTerminal, SaysWhetherToComeAgain) {
  const auto reset = [this](base::ErrorCode code, std::string expected) {
    with_page([=](Page& page) -> base::Task<> {
      page.remote->reset({code, "why", {}});
      EXPECT_EQ(co_await page.next(), expected);
      EXPECT_EQ(co_await page.next(), "closed");
    });
  };
  reset(base::ErrorCode::kUnavailable, R"({"detached":{"message":"why","again":true}})");
  reset(base::ErrorCode::kConflict, R"({"detached":{"message":"why","again":false}})");
  reset(base::ErrorCode::kNotFound, R"({"exit":{"code":255,"message":"why"}})");
}

TEST_F(LiveTerminal, LivesOnWhenTheRightToItEnds) {
  with_page([](Page& page) -> base::Task<> {
    page.held->reset(right_end("your membership ended"));
    EXPECT_EQ(
        co_await page.next(),
        R"({"detached":{"message":"you may not any more: your membership ended","again":false}})");
    EXPECT_EQ(co_await page.next(), "closed");
  });
  with_page([](Page& page) -> base::Task<> {
    page.remote->reset({base::ErrorCode::kDenied, "who watches does not type", {}});
    EXPECT_EQ(co_await page.next(),
              R"({"exit":{"code":255,"message":"who watches does not type"}})");
    EXPECT_EQ(co_await page.next(), "closed");
  });
}

TEST_F(LiveTerminal, IsLeftAloneByAPageThatCloses) {
  with_page([](Page& page) -> base::Task<> {
    page.page->close();
    auto end = co_await page.remote->read();
    EXPECT_EQ(end.error().code, base::ErrorCode::kUnavailable);
  });
}

TEST_F(LiveTerminal, EndsThePageThatTalksNonsense) {
  with_page([](Page& page) -> base::Task<> {
    co_await page.say("{}");
    EXPECT_FALSE(co_await page.remote->read());
    EXPECT_NE((co_await page.next()).find("control message"), std::string::npos);
    EXPECT_EQ(co_await page.next(), "closed");
  });
}

TEST(LiveControl, IsReadStrictly) {
  for (const auto* bad :
       {"", "x", "[]", "{}", R"({"acknowledged":-1})", R"({"acknowledged":"1"})",
        R"({"acknowledged":1.5})", R"({"acknowledged":1,"end":true})", R"({"end":false})",
        R"({"end":1})", R"({"stdinClosed":true})", R"({"resize":{"columns":0,"rows":1}})",
        R"({"acknowledged":18446744073709551616})"}) {
    EXPECT_FALSE(parse_live_control(bad)) << bad;
  }
  EXPECT_FALSE(parse_live_control(R"({"end":)" + std::string(5000, ' ') + "true}"));
}

TEST_F(LiveTerminal, ListsWhatTheAgentsTell) {
  auto response = ask(world.authorised("GET", "/api/v1/clusters/demo/terminals"),
                      [](link::StreamPtr stream) -> base::Task<> {
                        for (const auto* id : {"b", "a"}) {
                          wire::StreamNote note;
                          auto& told = *note.mutable_terminal();
                          told.set_id(id);
                          told.set_pod("web");
                          told.set_user("ann");
                          told.set_detached_utc_ms(1000);
                          (void)co_await stream->write(std::move(note));
                        }
                        stream->finish();
                      });
  EXPECT_EQ(response.status, 200) << response.text();
  const auto body = body_of(response);
  const auto& items = body.at("items").as_array();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(text_of(items[0].as_object(), "id"), "a");
  EXPECT_EQ(text_of(items[0].as_object(), "node"), "demo-master-1");
  EXPECT_EQ(text_of(items[0].as_object(), "detachedAt"), "1970-01-01T00:00:01.000Z");
  for (const auto& node : body.at("unasked").as_array()) {
    EXPECT_NE(text_of(node.as_object(), "node"), "demo-master-1");
    EXPECT_NE(text_of(node.as_object(), "why").find("not connected since"), std::string::npos);
  }
}

TEST_F(LiveTerminal, ListsThoseOfOneNamespace) {
  const auto tell = [](link::StreamPtr stream) -> base::Task<> {
    for (const auto* name_space : {"blue", "green", "green-2"}) {
      wire::StreamNote note;
      note.mutable_terminal()->set_id("in " + std::string(name_space));
      note.mutable_terminal()->set_pod_namespace(name_space);
      (void)co_await stream->write(std::move(note));
    }
    stream->finish();
  };
  const auto list = [&](const char* query) {
    const auto target = std::string("/api/v1/clusters/demo/terminals") + query;
    return body_of(ask(world.authorised("GET", target), tell));
  };
  const auto body = list("?namespace=green&limit=1");
  EXPECT_EQ(body.at("total").as_int64(), 1);
  ASSERT_EQ(body.at("items").as_array().size(), 1U);
  EXPECT_EQ(text_of(body.at("items").as_array()[0].as_object(), "id"), "in green");
  EXPECT_EQ(list("?namespace=red").at("total").as_int64(), 0);
  EXPECT_EQ(list("").at("total").as_int64(), 3);
}

TEST_F(LiveTerminal, IsEndedByTheAgentsLeave) {
  const std::string path = "/api/v1/clusters/demo/nodes/demo-master-1/terminals/t1";
  EXPECT_EQ(ask(world.authorised("DELETE", path),
                [](link::StreamPtr stream) -> base::Task<> {
                  stream->finish();
                  co_return;
                })
                .status,
            204);
  EXPECT_EQ(audited("terminal.end"), 1U);
  EXPECT_EQ(ask(world.authorised("DELETE", path),
                [](link::StreamPtr stream) -> base::Task<> {
                  stream->reset({base::ErrorCode::kNotFound, "no such terminal", "terminal"});
                  co_return;
                })
                .status,
            404);
}

}  // namespace
}  // namespace slipway::http
