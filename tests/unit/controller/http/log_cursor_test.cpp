// SPDX-License-Identifier: Apache-2.0
#include "controller/http/log_cursor.hpp"

#include <sodium.h>

#include <array>

#include "tests/simulation/seeds.hpp"
#include "tests/unit/controller/http/log_pages.hpp"

namespace slipway::http {
namespace {

constexpr auto kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::string encoded(const std::string& plain) {
  std::string text(sodium_base64_ENCODED_LEN(plain.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(plain.data()),
                    plain.size(), kBase64);
  text.pop_back();
  return text;
}

LogSubject subject() {
  return {.cluster = "c-1", .pod_uid = "u1", .container = "main", .follow = true};
}

LogPoint point() {
  LogPoint made;
  made.from = LogAgent::place(1234).log_position();
  made.from.set_run(2);
  made.ahead = 56;
  return made;
}

std::string with_sum(const std::string& plain) {
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(plain.data()),
                     plain.size(), nullptr, 0);
  std::array<char, 9> hex{};
  return plain + sodium_bin2hex(hex.data(), hex.size(), hash.data(), 4);
}

/// The one that `subject` and `point` make, with one part replaced; its sum is right.
std::string spoilt(std::size_t part, const std::string& by) {
  std::vector<std::string> parts{
      "log1", "c-1", "u1",     "main", "f--", "0", "2", "7", "1700000000000000001",
      "1234", "56",  "0a1b-2c"};
  parts.at(part) = by;
  std::string plain;
  for (const auto& one : parts) plain += one + " ";
  return encoded(with_sum(plain));
}

base::Error refusal(const std::string& cursor) {
  auto asked = subject();
  const auto read = read_log_cursor(cursor, asked);
  if (read) return {base::ErrorCode::kInternal, "taken", {}};
  EXPECT_EQ(asked.since_utc_ms, 0) << "a refused cursor changes nothing";
  return read.error();
}

TEST(LogCursor, LeadsBackToItsPoint) {
  auto asked = subject();
  asked.since_utc_ms = 1'700'000'000'123;
  const auto text = log_cursor(asked, point());
  EXPECT_LE(text.size(), kMaxLogCursorBytes);
  EXPECT_EQ(
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
      std::string::npos)
      << "fit for a URL";
  auto later = subject();
  later.since_utc_ms = 1'800'000'000'000;  // "the last minute", asked for once more
  const auto read = read_log_cursor(text, later);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(later.since_utc_ms, asked.since_utc_ms);
  EXPECT_EQ(read->from.SerializeAsString(), point().from.SerializeAsString());
  EXPECT_EQ(read->ahead, 56U);
  EXPECT_EQ(log_cursor(subject(), point()), spoilt(0, "log1"));
}

TEST(LogCursor, OfTheLongestNamesAndNumbersIsWithinItsBound) {
  LogSubject longest{.cluster = std::string(36, 'c'),
                     .pod_uid = std::string(36, 'u'),
                     .container = std::string(63, 'n'),
                     .follow = true,
                     .timestamps = true,
                     .since_utc_ms = 9'000'000'000'000};
  LogPoint last;
  last.from.set_run(4'294'967'295);
  last.from.set_inode(18'446'744'073'709'551'615U);
  last.from.set_first_time_ns(9'223'372'036'854'775'807);
  last.from.set_offset(281'474'976'710'656);
  last.from.set_pod_uid(std::string(36, 'd'));
  last.ahead = 281'474'976'710'656;
  auto asked = longest;
  const auto read = read_log_cursor(log_cursor(longest, last), asked);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->from.SerializeAsString(), last.from.SerializeAsString());
}

TEST(LogCursor, OfSomethingElseIsRefusedByName) {
  const auto says = [](const std::string& cursor, const std::string& why) {
    const auto error = refusal(cursor);
    EXPECT_EQ(error.code, base::ErrorCode::kInvalid);
    EXPECT_EQ(error.field, "cursor");
    EXPECT_NE(error.message.find(why), std::string::npos) << error.message;
    EXPECT_NE(error.message.find("leave it out"), std::string::npos) << error.message;
  };
  says(spoilt(1, "c-2"), "another cluster");
  says(spoilt(2, "u2"), "had this name before");
  says(spoilt(3, "side"), "another container");
  auto uncertain = subject();
  uncertain.is_certain = false;
  EXPECT_EQ(read_log_cursor(spoilt(2, "u2"), uncertain).error().code,
            base::ErrorCode::kUnavailable);
  for (const auto* options : {"---", "-p-", "f-t", "fp-", "f--x", "F--", ""}) {
    says(spoilt(4, options), "another follow, previous or timestamps");
  }
}

TEST(LogCursor, IsReadStrictly) {
  std::vector<std::string> hostile{"",
                                   "x",
                                   "%00",
                                   "log1",
                                   "=",
                                   "AAAA",
                                   "....",
                                   "\xff\xfe",
                                   "null",
                                   "{}",
                                   "1.abc",
                                   std::string(513, 'A'),
                                   std::string(100'000, 'A'),
                                   std::string(512, 'A'),
                                   encoded("log1"),
                                   encoded(std::string(20, ' ')),
                                   encoded("log1 c-1 u1 main f-- 0 2 7 1 1234 56"),
                                   encoded(std::string("log1\0c-1", 8))};
  for (const auto* version : {"log0", "log2", "LOG1", ""}) hostile.push_back(spoilt(0, version));
  for (std::size_t part = 5; part <= 10; ++part) {
    for (const auto* bad : {"", "-1", "+1", "01", "1.0", "1e3", "0x1", " 1", "1 ", "1 1", "abc",
                            "18446744073709551616", "99999999999999999999999", "\n", "1\n"}) {
      hostile.push_back(spoilt(part, bad));
    }
  }
  for (const auto* most : {"281474976710657", "9223372036854775807", "18446744073709551615"}) {
    hostile.push_back(spoilt(9, most));
    hostile.push_back(spoilt(10, most));
  }
  hostile.push_back(spoilt(5, "9223372036855"));
  hostile.push_back(spoilt(6, "4294967296"));
  for (const auto* name : {"../x", "a/b", "a b", "a\nb", "\xe6\xbc\xa2"}) {
    hostile.push_back(spoilt(11, name));
  }
  hostile.push_back(spoilt(11, std::string(65, 'd')));
  const auto good = log_cursor(subject(), point());
  hostile.push_back(good + "=");
  hostile.push_back(good + "A");
  hostile.push_back(" " + good);
  hostile.push_back(good + "\n");
  for (std::size_t size = 0; size < good.size(); ++size) hostile.push_back(good.substr(0, size));
  for (const auto& one : hostile) {
    const auto error = refusal(one);
    EXPECT_EQ(error.code, base::ErrorCode::kInvalid) << one;
    EXPECT_EQ(error.field, "cursor");
    EXPECT_LT(error.message.size(), 200U) << "what was sent is not said again";
  }
}

TEST(LogCursor, ThatIsSpoiltByChanceIsRefused) {
  for (const auto seed : simulation::seeds(200)) {
    SCOPED_TRACE("run again with SLIPWAY_SEED=" + std::to_string(seed));
    LogAgent chance(seed);
    auto text = log_cursor(subject(), point());
    for (auto times = chance.draw(3) + 1; times > 0; --times) {
      auto& at = text.at(chance.draw(text.size() - 1));
      at = static_cast<char>(at ^ (1 << chance.draw(7)));
    }
    auto asked = subject();
    if (text != log_cursor(subject(), point())) {
      EXPECT_FALSE(read_log_cursor(text, asked)) << text;
    }
  }
}

TEST_F(LogPagesTest, WithACursorThatIsNotTheirsAreRefusedBeforeAnAgentIsAsked) {
  LogAgent log(1);
  log.text = "one\ntwo\n";
  play([&](wire::LogOpen open, link::StreamPtr stream) { return log.serve(open, stream); });
  const auto refused = [&](const std::string& query, int status, const std::string& field,
                           const std::string& why) -> base::Task<> {
    const auto before = agent->streams.size();
    LogPage page;
    const auto response = co_await visit(page, query);
    EXPECT_TRUE(response) << query;
    if (!response) co_return;
    EXPECT_EQ(response->status, status) << response->text();
    EXPECT_EQ(text_of(body_of(*response), "field"), field) << response->text();
    EXPECT_NE(response->text().find(why), std::string::npos) << response->text();
    EXPECT_EQ(agent->streams.size(), before);
  };
  talk([&]() -> base::Task<> {
    LogPage page;
    co_await visit(page, "?follow=true&sinceSeconds=60", 2);
    const auto since = agent->opened.back().logs().since_utc_ms();
    const auto good = "&cursor=" + page.cursor;
    co_await refused("?follow=true&cursor=abc", 422, "cursor", "none that a log has told");
    co_await refused("?follow=true&cursor=", 422, "cursor", "is empty");
    co_await refused("?follow=true&cursor=abc&cursor=abc", 422, "cursor", "given twice");
    co_await refused("?follow=false" + good, 422, "cursor", "another follow");
    co_await refused("?follow=true&timestamps=true" + good, 422, "cursor", "timestamps");
    co_await refused("?follow=true&container=side" + good, 404, "container", "no container");
    const auto foreign = log_cursor(
        {.cluster = "c-2", .pod_uid = "u1", .container = "main", .follow = true}, point());
    co_await refused("?follow=true&cursor=" + foreign, 422, "cursor", "another cluster");

    world.clock.advance(std::chrono::minutes{10});
    co_await visit(page, "?follow=true&sinceSeconds=60");
    EXPECT_EQ(page.text, log.text);
    EXPECT_EQ(agent->opened.back().logs().since_utc_ms(), since) << "as it was first asked for";

    auto row = mirror::pod("u2", "web", "default");
    row.mutable_pod()->set_node("demo-master-1");
    row.mutable_pod()->add_containers()->set_name("main");
    (void)co_await feed->write(mirror::framed(mirror::batch({row}, true, true)));
    co_await comes(
        [&] { return world.mirror.find(cluster, "pods", "default", "web")->meta().uid() == "u2"; });
    co_await refused("?follow=true" + good, 422, "cursor", "had this name before");
    (void)co_await feed->write(mirror::framed(mirror::batch({}, true, true)));
    co_await comes([&] { return world.mirror.count(cluster, "pods") == 0; });
    co_await refused("?follow=true" + good, 404, "pod", "no pod web");
    feed->reset({base::ErrorCode::kUnavailable, "the watch ended", {}});
    co_await comes([&] { return !world.mirror.freshness(cluster, "pods").live; });
    co_await refused("?follow=true" + good, 503, "", "no pod web");  // as far as is known
    co_await refused("?follow=true", 404, "pod", "no pod web");
  });
  auto plain = world.get(std::string(kLog) + "?cursor=abc");
  EXPECT_EQ(plain.status, 422);
  EXPECT_NE(plain.text().find("WebSocket"), std::string::npos) << plain.text();
}

}  // namespace
}  // namespace slipway::http
