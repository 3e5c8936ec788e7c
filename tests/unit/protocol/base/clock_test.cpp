// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "protocol/base/backoff.hpp"
#include "protocol/base/ids.hpp"

namespace slipway::base {
namespace {

using std::chrono::milliseconds;

TEST(Rfc3339, GoesThereAndBack) {
  for (const std::int64_t ms :
       {0L, 1'767'323'045'678L, 951'782'399'999L, -1L, 4'102'444'800'000L}) {
    const auto time = from_unix_ms(ms);
    const auto back = from_rfc3339(to_rfc3339(time));
    ASSERT_TRUE(back) << to_rfc3339(time);
    EXPECT_EQ(*back, time);
  }
  EXPECT_EQ(to_rfc3339(from_unix_ms(1'767'323'045'678)), "2026-01-02T03:04:05.678Z");
}

TEST(Rfc3339, ReadsWhatKubernetesAndDockerWrite) {
  EXPECT_EQ(to_unix_ms(*from_rfc3339("2026-01-02T03:04:05Z")), 1'767'323'045'000);
  EXPECT_EQ(to_unix_ms(*from_rfc3339("2026-01-02T03:04:05.678901234Z")), 1'767'323'045'678);
  EXPECT_EQ(to_unix_ms(*from_rfc3339("2026-01-02T05:04:05.6+02:00")), 1'767'323'045'600);
  EXPECT_EQ(to_unix_ms(*from_rfc3339("2026-01-01T22:04:05-05:00")), 1'767'323'045'000);
}

TEST(Rfc3339, RefusesWhatIsNone) {
  for (const char* text :
       {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-02 03:04:05Z",
        "2026-01-02T03:04:05", "2026-01-02T24:00:00Z", "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05Zx", "2026-01-02T03:04:05+25:00", "\xff\xfe"}) {
    EXPECT_FALSE(from_rfc3339(text)) << text;
  }
}

TEST(Backoff, StaysWithinItsBoundsAndGrows) {
  Backoff backoff({milliseconds{100}, milliseconds{1000}}, 7);
  for (int ceiling = 100; ceiling <= 3200; ceiling *= 2) {
    const auto wait = backoff.next();
    EXPECT_GE(wait.count(), 50);
    EXPECT_LE(wait.count(), std::min(ceiling, 1000));
  }
}

TEST(Backoff, ForgetsOnlyAfterASuccessThatLasted) {
  // The wait right after a success, over several seeds: the next ones grow again by themselves.
  milliseconds after_short{0};
  milliseconds after_long{0};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Backoff backoff({milliseconds{100}, milliseconds{1000}}, seed);
    for (int i = 0; i < 10; ++i) backoff.next();
    backoff.lasted(milliseconds{999});
    after_short = std::max(after_short, backoff.next());
    backoff.lasted(milliseconds{1000});
    after_long = std::max(after_long, backoff.next());
  }
  EXPECT_GT(after_short, milliseconds{100});
  EXPECT_LE(after_long, milliseconds{100});
}

TEST(Ids, AreShortUniqueLabels) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const auto id = new_id();
    ASSERT_EQ(id.size(), 16u);
    ASSERT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"), std::string::npos);
    ASSERT_GE(id[0], 'a');
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000u);
}

TEST(Errors, NamesGoThereAndBack) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_EQ(code_from_name(name_of(code)), code);
  }
  EXPECT_EQ(code_from_name("of_a_later_version"), ErrorCode::kInternal);
}

}  // namespace
}  // namespace slipway::base
