// SPDX-License-Identifier: Apache-2.0
#include "controller/http/log_socket.hpp"

#include "tests/simulation/seeds.hpp"
#include "tests/unit/controller/http/log_pages.hpp"

namespace slipway::http {
namespace {

/// Numbered lines with wide, broken and zero characters, some of them long.
std::string lines_of(LogAgent& log, int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) {
    text += std::to_string(i) + " 漢字 é \xff" + std::string(1, '\0') + "\x1b[31m";
    if (log.draw(5) == 0) text += std::string(log.draw(40'000), 'x');
    text += "|\n";
  }
  return text;
}

TEST_F(LogPagesTest, AreCutOffAtEachMessageAndLoseOrDoubleNothing) {
  LogAgent log(1);
  log.text = lines_of(log, 40);
  play([&](wire::LogOpen open, link::StreamPtr stream) { return log.serve(open, stream); });
  talk([&]() -> base::Task<> {
    LogPage whole;
    co_await visit(whole, "?follow=true");
    EXPECT_EQ(whole.text, log.text);
    EXPECT_EQ(whole.notes, std::vector<std::string>{"end: gone"});
    EXPECT_GT(whole.sequence.size(), 30U);
    for (std::size_t cut = 0; cut < whole.sequence.size(); ++cut) {
      LogPage page;
      co_await visit(page, "?follow=true", cut);
      co_await visit(page, "?follow=true");
      EXPECT_EQ(page.text.size(), log.text.size()) << "cut after message " << cut;
      EXPECT_TRUE(page.text == log.text) << "cut after message " << cut;
    }
  });
}

TEST_F(LogPagesTest, AreCutOffByChanceWhileTheAgentBreaksOffToo) {
  int runs = 0;
  const auto all = simulation::seeds(12);
  LogAgent log(all.front());
  play([&](wire::LogOpen open, link::StreamPtr stream) { return log.serve(open, stream); });
  talk([&]() -> base::Task<> {
    for (const auto seed : all) {
      SCOPED_TRACE("run again with SLIPWAY_SEED=" + std::to_string(seed));
      log = LogAgent(seed);
      log.text = lines_of(log, 200);
      log.breaks = 3;
      LogPage page;
      while (page.notes.empty() || !page.notes.back().starts_with("end")) {
        co_await visit(page, "?follow=true&tailLines=100000", log.draw(30));
        ++runs;
      }
      EXPECT_EQ(page.text.size(), log.text.size());
      EXPECT_TRUE(page.text == log.text);
    }
  });
  EXPECT_GT(runs, 2 * static_cast<int>(all.size())) << "the pages were hardly cut off";
}

TEST_F(LogPagesTest, AreToldWhereAQuietLogStandsAndWhenItWaits) {
  std::vector<wire::LogOpen> opened;
  play([&](wire::LogOpen open, link::StreamPtr stream) -> base::Task<> {
    opened.push_back(open);
    (void)co_await stream->write(LogAgent::place(opened.size() == 1 ? 10 : open.from().offset()));
    if (opened.size() == 1) {
      co_await fakes::turns(200);
      stream->reset({base::ErrorCode::kUnavailable, "the agent stops", {}});
      co_return;
    }
    (void)co_await stream->write("news\n");
    stream->finish();
  });
  talk([&]() -> base::Task<> {
    LogPage page;
    co_await visit(page, "?follow=true&tailLines=0");
    EXPECT_EQ(page.text, "news\n");
    EXPECT_EQ(page.sequence,
              (std::vector<std::string>{"bytes", "waiting", "bytes", "bytes", "text", "end"}));
    EXPECT_EQ(page.notes[0], "waiting: the node's agent or its link ended (the agent stops)");
    EXPECT_EQ(opened[1].from().offset(), 10);
    EXPECT_EQ(opened[1].from().pod_uid(), "0a1b-2c");
  });
}

TEST_F(LogPagesTest, OutliveTheLink) {
  LogAgent log(3);
  log.text = "one\ntwo\nthree\n";
  bool linked = true;
  play([&](wire::LogOpen open, link::StreamPtr stream) -> base::Task<> {
    if (linked) {
      (void)co_await stream->write(LogAgent::place(0));
      (void)co_await stream->write("one\ntw");
      co_await fakes::turns(500);
      linked = false;
      agent->drop();
      co_await comes([&] { return agent->ended; });
      agent.emplace(world.tasks, world.links, world.clock, master);
      co_await agent->come_up();
    } else {
      co_await log.serve(open, stream);
    }
  });
  talk([&]() -> base::Task<> {
    LogPage page;
    co_await visit(page, "?follow=true");
    EXPECT_EQ(page.text, log.text);
    EXPECT_EQ(page.notes.size(), 2U);
    EXPECT_EQ(page.notes[0].substr(0, 9), "waiting: ");
    EXPECT_EQ(page.notes[1], "end: gone");
  });
}

TEST_F(LogPagesTest, AreToldAGapBeforeThePlaceBehindIt) {
  int opened = 0;
  play([&](wire::LogOpen open, link::StreamPtr stream) -> base::Task<> {
    if (++opened == 1) {
      (void)co_await stream->write(LogAgent::place(10));
      (void)co_await stream->write("one\ntwo\n");
    } else {
      EXPECT_EQ(open.from().offset(), 10);
      (void)co_await stream->write(LogAgent::place(0));
      (void)co_await stream->write(LogAgent::gap("rotated away"));
      (void)co_await stream->write("nine\n");
    }
    stream->finish();
  });
  talk([&]() -> base::Task<> {
    LogPage page;
    co_await visit(page, "?follow=true", 3);
    EXPECT_EQ(page.text, "one\ntwo\n");
    const auto before = page.cursor;
    co_await visit(page, "?follow=true", 1);
    EXPECT_EQ(page.notes, std::vector<std::string>{"gap: rotated away"});
    EXPECT_EQ(page.cursor, before) << "who is cut off here is told again";
    co_await visit(page, "?follow=true");
    EXPECT_EQ(page.notes[1], "gap: rotated away");
    EXPECT_EQ(page.text, "one\ntwo\nnine\n");
  });
}

TEST_F(LogPagesTest, EndAtTheLimitAndAtTheEnd) {
  LogAgent log(5);
  log.text = "one\ntwo\nthree\nfour\n";
  play([&](wire::LogOpen open, link::StreamPtr stream) { return log.serve(open, stream); });
  talk([&]() -> base::Task<> {
    LogPage page;
    co_await visit(page, "?limitBytes=6");
    EXPECT_EQ(page.text, "one\ntw");
    EXPECT_EQ(page.notes.back(), "end: limit");
    co_await visit(page, "?limitBytes=6");
    EXPECT_EQ(page.text, "one\ntwo\nthre") << "the limit is each socket's own";
    co_await visit(page, "");
    EXPECT_EQ(page.text, log.text);
    EXPECT_EQ(page.notes.back(), "end: complete");
    LogPage other;
    co_await visit(other, "?follow=true&limitBytes=9223372036854775807");
    EXPECT_EQ(other.text, log.text);
    EXPECT_EQ(other.notes.back(), "end: gone");
  });
}

TEST_F(LogPagesTest, AreToldWhatTheAgentSays) {
  play([](wire::LogOpen open, link::StreamPtr stream) -> base::Task<> {
    if (open.tail_lines() == 1) (void)co_await stream->write(LogAgent::place(10));
    if (open.tail_lines() == 1) co_await fakes::turns(200);
    const bool gone = open.has_from();
    stream->reset({gone ? base::ErrorCode::kNotFound : base::ErrorCode::kExhausted,
                   "too many logs are followed on this node",
                   {}});
  });
  talk([&]() -> base::Task<> {
    LogPage page;
    auto refused = co_await visit(page, "?follow=true");
    EXPECT_EQ(refused->status, 429) << "before the upgrade it is a problem document";
    co_await visit(page, "?follow=true&tailLines=1");
    EXPECT_EQ(page.notes,
              std::vector<std::string>{"problem: too many logs are followed on this node"});
    refused = co_await visit(page, "?follow=true");
    EXPECT_EQ(refused->status, 404) << "the place is of a pod that is gone";
  });
}

TEST_F(LogPagesTest, ThatStallHoldTheAgentBackAndNobodyElse) {
  std::size_t written = 0;
  play([&](wire::LogOpen open, link::StreamPtr stream) -> base::Task<> {
    (void)co_await stream->write(LogAgent::place(0));
    if (open.tail_lines() == 7) {
      (void)co_await stream->write("quick\n");
      stream->finish();
      co_return;
    }
    while (co_await stream->write(std::string(16 << 10, 'x'))) written += 16 << 10;
  });
  talk([&]() -> base::Task<> {
    auto decision = co_await world.api.upgrade(socket_request("?follow=true"));
    auto& session = std::get<net::HttpServer::Session>(decision);
    auto [here, there] = net::transport_pair(world.io.get_executor(), 4);
    bool ended = false;
    auto run = [](base::Task<> work, bool& done) -> base::Task<> {
      co_await std::move(work);
      done = true;
    };
    world.tasks.spawn("socket", run(session.run(std::move(there)), ended));
    co_await fakes::turns(5000);
    const auto stalled = written;
    EXPECT_LT(stalled, 4U << 20) << "bounded by windows and the socket's own queue";
    LogPage quick;
    co_await visit(quick, "?follow=true&tailLines=7");
    EXPECT_EQ(quick.text, "quick\n");
    co_await fakes::turns(2000);
    EXPECT_EQ(written, stalled);
    for (int i = 0; i < 64; ++i) (void)co_await here->read();
    co_await fakes::turns(2000);
    EXPECT_GT(written, stalled) << "reading lets it go on";
    here->close();
    EXPECT_TRUE(co_await comes([&] { return ended; }));
  });
}

TEST_F(LogPagesTest, AreOpenedByWhomTheyMayAndAsWebSocketsOnly) {
  LogAgent log(7);
  log.text = "a line\n";
  play([&](wire::LogOpen open, link::StreamPtr stream) { return log.serve(open, stream); });
  const auto status = [&](net::HttpRequest request) -> base::Task<int> {
    auto decision = co_await world.api.upgrade(std::move(request));
    const auto* response = std::get_if<net::HttpResponse>(&decision);
    co_return response == nullptr ? 101 : response->status;
  };
  talk([&]() -> base::Task<> {
    EXPECT_EQ(co_await status(socket_request("")), 101);
    auto stranger = socket_request("");
    stranger.headers.erase("Authorization");
    EXPECT_EQ(co_await status(std::move(stranger)), 401);
    auto elsewhere = socket_request("");
    elsewhere.headers.set("Origin", "https://evil.example");
    EXPECT_EQ(co_await status(std::move(elsewhere)), 403);
    auto other = socket_request("");
    other.headers.set("Upgrade", "SPDY/3.1");
    EXPECT_EQ(co_await status(std::move(other)), 200) << "an ordinary answer";
  });
}

}  // namespace
}  // namespace slipway::http
