// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/base/with_timeout.hpp"
#include "tests/unit/controller/http/tenants.hpp"

namespace slipway::http {

/// Plays the cluster: GETs are answered by path, POSTs by statuses of their paths, intents by a
/// list of statuses.
class PlayedClusterTest : public TenantsTest {
 public:
  PlayedClusterTest() {
    players.spawn("api server", answer_streams(*this));
    players.spawn("intents", answer_intents(*this));
  }

  ~PlayedClusterTest() override {
    world.run([](base::TaskScope& scope) -> base::Task<bool> {
      co_await scope.join();
      co_return true;
    }(players));
  }

  static base::Task<> answer_streams(PlayedClusterTest& test) {
    auto& agent = *test.agent;
    for (std::size_t at = agent.streams.size();; ++at) {
      while (agent.streams.size() <= at) {
        if (agent.ended) co_return;
        co_await base::sleep_for(std::chrono::milliseconds(1));
      }
      const auto open = agent.opened[at].http();
      auto stream = agent.streams[at];
      std::string body;
      while (open.method() == "POST") {  // of others the answer does not depend on their bytes
        auto chunk = co_await stream->read();
        if (!chunk || !*chunk) break;
        body += (*chunk)->bytes;
      }
      co_await test.answer_stream(open, std::move(body), std::move(stream));
    }
  }

  base::Task<> answer_stream(wire::HttpOpen open, std::string body, link::StreamPtr stream) {
    const auto path = open.path().substr(0, open.path().find('?'));
    asked.push_back(open.method() + " " + open.path());
    for (const auto& header : open.headers()) {
      if (header.name() == "Impersonate-User") reader = header.value();
    }
    const auto found = objects.find(path);
    int status = found == objects.end() ? 404 : 200;
    auto said = found == objects.end() ? R"({"message":"no such object"})" : found->second;
    if (open.method() == "POST") {
      posts.emplace_back(open.path(), std::move(body));
      status = post_statuses.contains(path) ? post_statuses[path] : 201;
      said = post_said;
    }
    wire::StreamNote note;
    note.mutable_head()->set_status(static_cast<std::uint32_t>(status));
    (void)co_await stream->write(std::move(note));
    (void)co_await stream->write(std::move(said));
    stream->finish();
  }

  static base::Task<> answer_intents(PlayedClusterTest& test) {
    auto& agent = *test.agent;
    std::size_t nth = 0;
    for (std::size_t at = 0;; ++at) {
      while (agent.orders.size() <= at) {
        if (agent.ended) co_return;
        co_await base::sleep_for(std::chrono::milliseconds(1));
      }
      if (!agent.orders[at].has_intent()) continue;
      const auto intent = agent.orders[at].intent();
      wire::Report report;
      auto& outcome = *report.mutable_outcome();
      const auto status = nth < test.statuses.size() ? test.statuses[nth] : 200;
      ++nth;
      outcome.set_intent_id(intent.id());
      outcome.set_http_status(static_cast<std::uint32_t>(status));
      outcome.set_ok(status < 300);
      outcome.set_message(status < 300 ? "" : "the API server's words");
      outcome.set_body(test.answered);
      outcome.set_field(status < 300 ? "" : test.field);
      if (test.more) test.more(outcome);
      if (test.before_answer) test.before_answer();
      agent.tell(std::move(report));
    }
  }

  wire::TenantIntent last() { return agent->intents().back().tenant(); }

  std::map<std::string, std::string> objects;  ///< by path
  std::vector<int> statuses;                   ///< of the intents' answers; then 200
  std::map<std::string, int> post_statuses;    ///< by path; else 201
  std::string post_said = R"({"message":"the API server's words"})";
  std::vector<std::pair<std::string, std::string>> posts;  ///< path with its query, and body
  std::string answered = R"({"metadata":{"name":"made","resourceVersion":"8"}})";  ///< to intents
  std::string field;  ///< at fault, where an intent is refused
  std::function<void()> before_answer;
  std::function<void(wire::IntentOutcome&)> more;  ///< what else an answer says
  std::vector<std::string> asked;
  std::string reader;  ///< in whose name was read
  base::TaskScope players{world.io.get_executor()};
};

}  // namespace slipway::http
