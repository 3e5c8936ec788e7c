// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/cri_record.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "agent/logs/log_text.hpp"

namespace slipway::logs {
namespace {

constexpr std::int64_t kNoon = 1'767'355'445'000'000'000;  // 2026-01-02T12:04:05Z

TEST(CriRecord, ReadsItsParts) {
  const auto record = parse_record("2026-01-02T12:04:05.1Z stderr F hello  world ");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->time, "2026-01-02T12:04:05.1Z");
  EXPECT_TRUE(record->from_stderr);
  EXPECT_FALSE(record->partial);
  EXPECT_EQ(record->text, "hello  world ");
}

TEST(CriRecord, ReadsTagsAndEmptyLines) {
  EXPECT_TRUE(parse_record("2026-01-02T12:04:05Z stdout P part")->partial);
  EXPECT_EQ(parse_record("2026-01-02T12:04:05Z stdout F:x:y text")->text, "text");
  EXPECT_EQ(parse_record("2026-01-02T12:04:05Z stdout F ")->text, "");
  EXPECT_EQ(parse_record("2026-01-02T12:04:05Z stdout F")->text, "");
}

TEST(CriRecord, ReadsTimesOfEveryForm) {
  EXPECT_EQ(parse_time_ns("2026-01-02T12:04:05Z"), kNoon);
  EXPECT_EQ(parse_time_ns("2026-01-02T12:04:05.5Z"), kNoon + 500'000'000);
  EXPECT_EQ(parse_time_ns("2026-01-02T12:04:05.000000001Z"), kNoon + 1);
  EXPECT_EQ(parse_time_ns("2026-01-02T20:04:05+08:00"), kNoon);
  EXPECT_EQ(parse_time_ns("2026-01-02T08:34:05-03:30"), kNoon);
}

TEST(LogText, JoinsPartialRecordsOfEachStream) {
  LogText text({});
  std::string out;
  text.add(
      "2026-01-02T12:04:05Z stdout P one \n"
      "2026-01-02T12:04:06Z stderr P other \n"
      "2026-01-02T12:04:07Z stdout F line\n"
      "2026-01-02T12:04:08Z stderr F stream\n"
      "2026-01-02T12:04:09Z stdout F \n",
      out);
  EXPECT_EQ(out, "one line\nother stream\n\n");
}

TEST(LogText, PutsTheTimeBeforeALineOnce) {
  LogText text({.timestamps = true});
  std::string out;
  text.add(
      "2026-01-02T12:04:05Z stdout P one \n"
      "2026-01-02T12:04:07Z stdout F line\n"
      "2026-01-02T12:04:08Z stdout F \n",
      out);
  EXPECT_EQ(out, "2026-01-02T12:04:05Z one line\n2026-01-02T12:04:08Z \n");
}

TEST(LogText, LeavesOutWhatIsOlder) {
  LogText text({.since_ns = kNoon + 1'000'000'000});
  std::string out;
  text.add(
      "2026-01-02T12:04:05.999999999Z stdout F old\n"
      "2026-01-02T20:04:06+08:00 stdout F new\n",
      out);
  EXPECT_EQ(out, "new\n");
}

TEST(LogText, BoundsALineThatNeverEnds) {
  LogText text({});
  std::string out;
  const std::string part = "2026-01-02T12:04:05Z stdout P " + std::string(16'000, 'x') + "\n";
  for (int i = 0; i < 200; ++i) text.add(part, out);
  EXPECT_GE(out.size(), 2'000'000U);
}

TEST(LogText, LeavesOutEveryMalformedLineOfTheCorpus) {
  std::size_t cases = 0;
  for (const auto& entry : YAML::LoadFile(SLIPWAY_CORPUS_DIR "/log-lines.yaml")) {
    ++cases;
    LogText text({.since_ns = 1});
    std::string out;
    text.add("2026-01-02T12:04:05Z stdout F before\n", out);
    text.add(entry["line"].as<std::string>() + "\n", out);
    text.add("2026-01-02T12:04:06Z stdout F after\n", out);
    EXPECT_EQ(out, "before\nafter\n") << entry["reason"];
    EXPECT_EQ(text.take_malformed(), 1U) << entry["reason"];
  }
  EXPECT_GE(cases, 12U);
}

}  // namespace
}  // namespace slipway::logs
