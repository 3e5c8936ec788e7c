// SPDX-License-Identifier: Apache-2.0
#include "controller/http/merged_lines.hpp"

#include <gmock/gmock.h>

#include <random>

#include "tests/simulation/seeds.hpp"

namespace slipway::http {
namespace {

using testing::ElementsAre;

std::string at(int second, const std::string& decimals = "") {
  return "2026-01-02T03:04:" + std::string(second < 10 ? "0" : "") + std::to_string(second) +
         decimals + "Z ";
}

std::vector<std::string> all_of(MergedLines& merged) {
  std::vector<std::string> lines;
  while (auto line = merged.take()) lines.push_back(std::move(*line));
  return lines;
}

TEST(LineTimeTest, HasNineDecimalsAndAnyOffset) {
  const auto whole = line_time_ns("2026-01-02T03:04:05Z");
  ASSERT_TRUE(whole);
  EXPECT_EQ(line_time_ns("2026-01-02T03:04:05.1Z"), *whole + 100'000'000);
  EXPECT_GT(line_time_ns("9999-01-02T03:04:05Z"), *whole) << "a log may say any year";
  EXPECT_EQ(line_time_ns("2026-01-02T03:04:05.123456789Z"), *whole + 123'456'789);
  EXPECT_EQ(line_time_ns("2026-01-02T03:04:05.000000001Z"), *whole + 1);
  EXPECT_EQ(line_time_ns("2026-01-02T11:04:05.5+08:00"), *whole + 500'000'000);
  for (const char* none :
       {"", "tick", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z"}) {
    EXPECT_EQ(line_time_ns(none), std::nullopt) << none;
  }
}

TEST(MergedLinesTest, ComeInTheOrderOfTheirTimes) {
  MergedLines merged({"a/main", "b/main"});
  EXPECT_EQ(merged.wants(), 0U);
  merged.add(0, at(1) + "one\n" + at(3) + "three\n");
  EXPECT_EQ(merged.wants(), 1U) << "its next line may be the earliest";
  EXPECT_EQ(merged.take(), std::nullopt);
  merged.add(1, at(2, ".5") + "two\n");
  EXPECT_EQ(merged.take(), at(1) + "a/main one\n");
  EXPECT_EQ(merged.take(), at(2, ".5") + "b/main two\n");
  EXPECT_EQ(merged.wants(), 1U);
  merged.end(1);
  EXPECT_EQ(merged.take(), at(3) + "a/main three\n");
  EXPECT_EQ(merged.wants(), 0U);
  merged.end(0);
  EXPECT_EQ(merged.wants(), std::nullopt);
  EXPECT_EQ(merged.take(), std::nullopt);
}

TEST(MergedLinesTest, OfOneTimeKeepTheOrderOfTheirSources) {
  MergedLines merged({"a", "b"});
  merged.add(1, at(1) + "of b\n");
  merged.add(0, at(1, ".000") + "of a\n" + at(1) + "of a too\n");
  merged.end(0);
  merged.end(1);
  EXPECT_THAT(all_of(merged),
              ElementsAre(at(1, ".000") + "a of a\n", at(1) + "a of a too\n", at(1) + "b of b\n"));
}

TEST(MergedLinesTest, WithoutATimeStayWithTheLineBefore) {
  MergedLines merged({"a", "b"});
  merged.add(0, "early\n" + at(5) + "five\nits second line\n");
  merged.add(1, at(6) + "six\n");
  merged.end(0);
  merged.end(1);
  EXPECT_THAT(all_of(merged), ElementsAre("- a early\n", at(5) + "a five\n",
                                          at(5) + "a its second line\n", at(6) + "b six\n"));
}

TEST(MergedLinesTest, OfAClockThatWasSetBackKeepTheirOrder) {
  MergedLines merged({"a", "b"});
  merged.add(0, at(8) + "first\n" + at(2) + "second\n");
  merged.add(1, at(5) + "other\n");
  merged.end(0);
  merged.end(1);
  EXPECT_THAT(all_of(merged),
              ElementsAre(at(5) + "b other\n", at(8) + "a first\n", at(2) + "a second\n"));
}

TEST(MergedLinesTest, ThatNeverEndAreToldInPieces) {
  MergedLines merged({"a"});
  merged.add(0, at(1));
  std::size_t told = 0;
  for (int i = 0; i < 40; ++i) {
    merged.add(0, std::string(16'384, 'x'));
    while (auto line = merged.take()) {
      EXPECT_LE(line->size(), kMaxMergedLine + 64);
      EXPECT_TRUE(line->starts_with(at(1) + "a x"));
      told += static_cast<std::size_t>(std::ranges::count(*line, 'x'));
    }
  }
  merged.end(0);
  while (auto line = merged.take())
    told += static_cast<std::size_t>(std::ranges::count(*line, 'x'));
  EXPECT_EQ(told, 40U * 16'384U);
}

TEST(MergedLinesTest, LoseAndDoubleNothingHoweverTheyAreCut) {
  for (const auto seed : simulation::seeds(20)) {
    SCOPED_TRACE("run again with SLIPWAY_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto draw = [&](std::size_t most) {
      return std::uniform_int_distribution<std::size_t>(0, most)(random);
    };
    std::vector<std::string> texts(4);
    for (int line = 0; line < 300; ++line) {
      auto& text = texts[draw(3)];
      text += at(line / 10, "." + std::to_string(100'000 + line)) + std::to_string(line) + "\n";
    }
    MergedLines merged({"0", "1", "2", "3"});
    std::vector<std::size_t> given(4);
    std::vector<int> numbers;
    for (;;) {
      if (const auto source = merged.wants()) {
        const auto piece = texts[*source].substr(given[*source], 1 + draw(90));
        given[*source] += piece.size();
        if (piece.empty()) merged.end(*source);
        merged.add(*source, piece);
        continue;
      }
      const auto line = merged.take();
      if (!line) break;
      numbers.push_back(std::stoi(line->substr(line->rfind(' ') + 1)));
    }
    ASSERT_EQ(numbers.size(), 300U);
    EXPECT_TRUE(std::ranges::is_sorted(numbers));
  }
}

}  // namespace
}  // namespace slipway::http
