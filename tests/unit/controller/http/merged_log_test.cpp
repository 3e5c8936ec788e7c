// SPDX-License-Identifier: Apache-2.0
// The logs of several pods at once, with an agent that has them.
#include <gmock/gmock.h>

#include "tests/unit/controller/http/log_pages.hpp"

namespace slipway::http {
namespace {

using testing::HasSubstr;

constexpr char kMerged[] = "/api/v1/clusters/demo/namespaces/default/log";

class MergedLogTest : public LogPagesTest {
 public:
  /// Pods "web-1" … of the app "web" on the master, and "far" on a node that nobody knows yet.
  base::Task<bool> mirror_pods(int count) {
    std::vector<wire::MirrorRow> rows;
    for (int i = 1; i <= count; ++i) rows.push_back(row("web-" + std::to_string(i)));
    rows.push_back(row("far"));
    rows.back().mutable_pod()->clear_node();
    (void)co_await feed->write(mirror::framed(mirror::batch(rows, true, true)));
    const auto wanted = rows.size();
    co_return co_await fakes::until([&] { return world.mirror.count(cluster, "pods") == wanted; });
  }
  static wire::MirrorRow row(const std::string& name) {
    auto made = mirror::pod("uid-" + name, name, "default");
    (*made.mutable_meta()->mutable_labels())["app"] = name == "far" ? "far" : "web";
    made.mutable_pod()->set_node("demo-master-1");
    made.mutable_pod()->add_containers()->set_name("main");
    made.mutable_pod()->add_containers()->set_name("side");
    return made;
  }

  base::Task<> serve(wire::LogOpen open, link::StreamPtr stream) {
    opened.push_back(open);
    const auto found = logs.find(open.pod() + "/" + open.container());
    if (found == logs.end()) {
      stream->reset({base::ErrorCode::kNotFound, "it has not run before", {}});
      co_return;
    }
    for (std::size_t at = 0; at < found->second.size(); at += 7) {  // cut anywhere
      if (!co_await stream->write(found->second.substr(at, 7))) co_return;
    }
    stream->finish();
  }

  base::Task<std::pair<int, std::string>> ask(std::string query) {
    auto answer = co_await world.api.answer(world.authorised("GET", kMerged + query));
    const int status = answer.status;
    auto text = co_await net::read_all(std::move(answer), 1 << 20);
    co_return std::pair(status, text ? *text : text.error().message);
  }

  /// The answer to a query, with the agent at work.
  std::pair<int, std::string> get(const std::string& query) {
    std::pair<int, std::string> got;
    over = false;
    play([this](wire::LogOpen open, link::StreamPtr stream) {
      return serve(std::move(open), std::move(stream));
    });
    talk([&]() -> base::Task<> { got = co_await ask(query); });
    return got;
  }

  static std::string at(int second) { return "2026-01-02T03:04:0" + std::to_string(second) + "Z "; }

  std::map<std::string, std::string> logs{
      {"web-1/main", at(1) + "one\n" + at(4) + "four\n"},
      {"web-2/main", at(2) + "two\n" + at(3) + "three\n"},
      {"web-2/side", at(0) + "aside\n"},
  };
  std::vector<wire::LogOpen> opened;
};

TEST_F(MergedLogTest, ComesInOneOrderWithThePodsNames) {
  ASSERT_TRUE(world.run(mirror_pods(2)));
  const auto [status, text] = get("?labels=app%3Dweb&sinceSeconds=60");
  EXPECT_EQ(status, 200);
  EXPECT_EQ(text, at(1) + "web-1/main one\n" + at(2) + "web-2/main two\n" + at(3) +
                      "web-2/main three\n" + at(4) + "web-1/main four\n");
  ASSERT_EQ(opened.size(), 2U);
  for (const auto& open : opened) {
    EXPECT_EQ(open.tail_lines(), 1000) << "where nothing is said it is bounded";
    EXPECT_TRUE(open.timestamps());
    EXPECT_FALSE(open.follow());
    EXPECT_GT(open.since_utc_ms(), 0);
  }
}

TEST_F(MergedLogTest, OfNamedPodsIsThatOfTheNamedContainer) {
  ASSERT_TRUE(world.run(mirror_pods(2)));
  const auto [status, text] = get("?pod=web-2&pod=web-2&container=side&tailLines=5&previous=true");
  EXPECT_EQ(status, 200);
  EXPECT_EQ(text, at(0) + "web-2/side aside\n");
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(opened.front().tail_lines(), 5);
  EXPECT_TRUE(opened.front().previous());
}

TEST_F(MergedLogTest, GoesOnWhereOneCannotBeRead) {
  ASSERT_TRUE(world.run(mirror_pods(3)));
  const auto [status, text] = get("?pod=web-1&pod=web-3&pod=far");
  EXPECT_EQ(status, 200);
  EXPECT_THAT(text, HasSubstr("[far: pod far is on no node yet]\n"));
  EXPECT_THAT(text, HasSubstr("[web-3/main: it has not run before]\n"));
  EXPECT_THAT(text, HasSubstr(at(1) + "web-1/main one\n" + at(4) + "web-1/main four\n"));
}

TEST_F(MergedLogTest, EndsAtItsLimit) {
  ASSERT_TRUE(world.run(mirror_pods(2)));
  const auto [status, text] = get("?labels=app%3Dweb&limitBytes=50");
  EXPECT_EQ(status, 200);
  EXPECT_EQ(text.size(), 50U);
}

TEST_F(MergedLogTest, IsRefusedByTheFieldThatIsWrong) {
  ASSERT_TRUE(world.run(mirror_pods(21)));
  const std::tuple<const char*, int, const char*> cases[] = {
      {"", 422, R"("field":"pod")"},
      {"?pod=web-1&labels=app", 422, R"("field":"pod")"},
      {"?labels=%2C", 422, R"("field":"labels")"},
      {"?labels=app%3Dweb", 422, "at most 20 pods"},
      {"?pod=web-1&tailLines=-1", 422, R"("field":"tailLines")"},
      {"?pod=web-1&follow=true", 422, R"("field":"follow")"},
      {"?pod=nobody", 404, R"("field":"pod")"},
      {"?pod=web-1&pod=nobody", 404, "no pod nobody"},
      {"?pod=web-1&container=none", 404, R"("field":"container")"},
  };
  for (const auto& [query, expected, words] : cases) {
    const auto [status, text] = get(query);
    EXPECT_EQ(status, expected) << query << text;
    EXPECT_THAT(text, HasSubstr(words)) << query;
  }
  const auto [status, text] = get("?labels=app%3Dnone");
  EXPECT_EQ(std::pair(status, text), std::pair(200, std::string{}));
}

TEST_F(MergedLogTest, OfAClusterThatIsOutOfReachSaysSoOfEach) {
  ASSERT_TRUE(world.run(mirror_pods(2)));
  agent->drop();
  ASSERT_TRUE(world.run([](MergedLogTest& test) -> base::Task<bool> {
    co_return co_await fakes::until([&] { return !test.world.links.facts(test.master).connected; });
  }(*this)));
  const auto [status, text] = world.run(ask("?labels=app%3Dweb"));
  EXPECT_EQ(status, 200);
  EXPECT_THAT(text, HasSubstr("[web-1/main: "));
  EXPECT_THAT(text, HasSubstr("[web-2/main: "));
}

}  // namespace
}  // namespace slipway::http
