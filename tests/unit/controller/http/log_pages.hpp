// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "protocol/base/with_timeout.hpp"
#include "tests/unit/controller/http/through_agent.hpp"

namespace slipway::http {

/// A page that shows a log by sockets: it keeps a cursor once all that was announced with it is
/// there.
struct LogPage {
  std::string text;
  std::string cursor;
  std::string announced;              ///< the cursor of the binary message that comes next
  std::size_t bytes = 0;              ///< and its size, 0: none comes next
  std::vector<std::string> notes;     ///< "gap: …", "end: …": all other messages
  std::vector<std::string> sequence;  ///< kinds of messages as they came

  void connected() { bytes = 0; }
  void take(const net::Message& message) {
    sequence.emplace_back(message.binary ? "text" : "?");
    if (message.binary) {
      EXPECT_EQ(message.bytes.size(), bytes) << "announced otherwise";
      text += message.bytes;
      cursor = announced;
      bytes = 0;
      return;
    }
    EXPECT_EQ(bytes, 0U) << "announced text did not come: " << message.bytes;
    const auto note = boost::json::parse(message.bytes).as_object();
    sequence.back() = note.begin()->key();
    if (const auto* announcement = note.if_contains("bytes")) {
      bytes = static_cast<std::size_t>(announcement->as_int64());
      announced = text_of(note, "cursor");
      if (bytes == 0) cursor = announced;
      return;
    }
    const auto* problem = note.if_contains("problem");
    notes.push_back(sequence.back() + ": " +
                    (problem != nullptr ? text_of(problem->as_object(), "detail")
                                        : text_of(note, sequence.back().c_str())));
  }
};

/// An agent whose log has `text`, in lines; it sends it in pieces of lines that are drawn by a
/// seed, each time otherwise, and places are offsets. Then `ended` says what becomes of the stream.
class LogAgent {
 public:
  explicit LogAgent(std::uint64_t seed) : random_(seed) {}

  std::size_t draw(std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most)(random_);
  }
  static wire::StreamNote place(std::int64_t offset) {
    wire::StreamNote note;
    auto& to = *note.mutable_log_position();
    to.set_offset(offset);
    to.set_inode(7);
    to.set_first_time_ns(1'700'000'000'000'000'001);
    to.set_pod_uid("0a1b-2c");
    return note;
  }
  static wire::StreamNote gap(const std::string& why) {
    wire::StreamNote note;
    note.mutable_gap()->set_why(why);
    return note;
  }

  base::Task<> serve(wire::LogOpen open, link::StreamPtr stream) {
    auto at = static_cast<std::size_t>(open.from().offset());
    std::size_t sent = 0;
    while (true) {
      if (!co_await stream->write(place(static_cast<std::int64_t>(at)))) co_return;
      auto end = at;
      for (auto lines = draw(4); lines > 0 && end < text.size(); --lines) {
        end = text.find('\n', end) + 1;
      }
      auto piece = text.substr(at, end - at);
      const auto limit = static_cast<std::size_t>(open.limit_bytes());
      if (limit > 0) piece.resize(std::min(piece.size(), limit - sent));
      sent += piece.size();
      at = end;
      if (!piece.empty() && !co_await stream->write(std::move(piece))) co_return;
      if (at >= text.size() || (limit > 0 && sent == limit)) break;
      if (breaks > 0 && draw(3) == 0) {
        --breaks;
        co_await fakes::turns(200);
        stream->reset({base::ErrorCode::kUnavailable, "the agent stops", {}});
        co_return;
      }
    }
    stream->finish();
  }

  std::string text;
  int breaks = 0;  ///< how many streams it may still break off

 private:
  std::mt19937_64 random_;
};

class LogPagesTest : public ThroughAgentTest {
 public:
  using Decision = net::HttpServer::Decision;
  static constexpr char kLog[] = "/api/v1/clusters/demo/namespaces/default/pods/web/log";

  net::HttpRequest socket_request(const std::string& query) {
    auto request = world.authorised("GET", kLog + query);
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", "websocket");
    return request;
  }
  static std::string with_cursor(const std::string& query, const std::string& cursor) {
    if (cursor.empty()) return query;
    return query + (query.empty() ? "?cursor=" : "&cursor=") + cursor;
  }

  /// Serves whatever log the controller opens during talk().
  void play(std::function<base::Task<>(wire::LogOpen, link::StreamPtr)> serve) {
    auto one = [](LogPagesTest& test, auto with, wire::LogOpen open,
                  link::StreamPtr stream) -> base::Task<> {
      ++test.running;
      co_await with(std::move(open), std::move(stream));
      --test.running;
    };
    auto all = [](LogPagesTest& test, auto with, auto serve_one) -> base::Task<> {
      test.playing = true;
      for (auto at = test.agent->streams.size(); !test.over;) {
        co_await base::sleep_for(std::chrono::milliseconds{1});
        if (test.agent->streams.size() < at) at = 0;  // another agent
        for (; at < test.agent->streams.size(); ++at) {
          test.world.tasks.spawn(
              "log", serve_one(test, with, test.agent->opened[at].logs(), test.agent->streams[at]));
        }
      }
      test.playing = false;
    };
    world.tasks.spawn("logs", all(*this, std::move(serve), one));
  }

  /// A visit of the page: so many messages at most, then it goes without a word. What refused it.
  base::Task<std::optional<net::HttpResponse>> visit(LogPage& page, std::string query,
                                                     std::size_t messages = -1,
                                                     std::size_t capacity = 64) {
    auto decision = co_await world.api.upgrade(socket_request(with_cursor(query, page.cursor)));
    if (auto* refused = std::get_if<net::HttpResponse>(&decision)) co_return std::move(*refused);
    auto& session = std::get<net::HttpServer::Session>(decision);
    EXPECT_EQ(session.protocol, "slipway.log.v1");
    auto [here, there] = net::transport_pair(world.io.get_executor(), capacity);
    bool ended = false;
    auto run = [](base::Task<> work, bool& done) -> base::Task<> {
      co_await std::move(work);
      done = true;
    };
    world.tasks.spawn("socket", run(session.run(std::move(there)), ended));
    page.connected();
    for (; messages > 0; --messages) {
      auto message = co_await here->read();
      if (!message) break;
      page.take(*message);
    }
    here->close();
    EXPECT_TRUE(co_await comes([&] { return ended; })) << "the session did not end";
    co_return std::nullopt;
  }
  template <class F>
  static base::Task<bool> comes(F done) {
    for (int i = 0; i < 5000 && !done(); ++i) {
      co_await base::sleep_for(std::chrono::milliseconds{1});
    }
    co_return done();
  }

  /// Runs the test's own coroutine, and until all that was played is over.
  template <class Body>
  void talk(Body body) {
    auto whole = [](LogPagesTest& test, Body with) -> base::Task<bool> {
      co_await with();
      EXPECT_TRUE(co_await comes([&] { return test.running == 0; })) << "an agent's log stays open";
      test.over = true;
      co_await comes([&] { return !test.playing; });
      co_return true;
    };
    world.run(whole(*this, std::move(body)));
  }

  int running = 0;  ///< logs that are served now
  bool playing = false;
  bool over = false;
};

}  // namespace slipway::http
