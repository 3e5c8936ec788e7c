// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/log_reader.hpp"

#include <atomic>
#include <thread>

#include "tests/unit/agent/logs/log_fixture.hpp"

namespace slipway::logs {
namespace {

class Reader : public PodLogs {
 protected:
  std::unique_ptr<LogReader> open(LogQuery query) const {
    auto reader =
        LogReader::open(LogDirectory::open(root_, {"default", "web", "main"}).value(), query);
    EXPECT_TRUE(reader) << reader.error().message;
    return reader ? std::move(*reader) : nullptr;
  }
  /// Everything up to the present end.
  static std::string drain(LogReader& reader, std::string* gaps = nullptr) {
    std::string text;
    while (true) {
      auto piece = reader.next();
      EXPECT_TRUE(piece);
      if (!piece) return text;
      text += piece->text;
      if (gaps != nullptr && !piece->gap.empty()) *gaps += piece->gap + ";";
      if (piece->at_end) return text;
    }
  }
  std::string read(LogQuery query) const { return drain(*open(query)); }
};

TEST_F(Reader, ReadsOverRotatedAndCompressedFiles) {
  append("0.log.20260101-000000", records(1, 500));
  compress("0.log.20260101-000000");
  append("0.log.20260102-000000", records(501, 600));
  append("0.log", records(601, 700));
  EXPECT_EQ(read({}), lines(1, 700));
}

TEST_F(Reader, TailsOverFilesOfEveryKind) {
  append("0.log.20260101-000000", records(1, 500));
  compress("0.log.20260101-000000");
  append("0.log.20260102-000000", records(501, 600));
  append("0.log", records(601, 700));
  EXPECT_EQ(read({.tail_lines = 0}), "");
  EXPECT_EQ(read({.tail_lines = 1}), lines(700, 700));
  EXPECT_EQ(read({.tail_lines = 100}), lines(601, 700));
  EXPECT_EQ(read({.tail_lines = 101}), lines(600, 700));
  EXPECT_EQ(read({.tail_lines = 350}), lines(351, 700));
  EXPECT_EQ(read({.tail_lines = 9999}), lines(1, 700));
}

TEST_F(Reader, KeepsOnlyWhatIsLater) {
  append("0.log.20260101-000000", records(1, 100));
  append("0.log", records(101, 200));
  const auto since = *parse_time_ns("2026-01-02T12:02:30.000000150Z");
  EXPECT_EQ(read({.since_ns = since}), lines(150, 200));
  EXPECT_EQ(read({.since_ns = since - 120'000'000'000}), lines(31, 200));
}

TEST_F(Reader, ReadsTheRunBefore) {
  append("0.log", records(1, 3));
  append("2.log", records(4, 6));
  append("5.log", records(7, 9));
  EXPECT_EQ(read({.previous = true}), lines(4, 6));
  EXPECT_EQ(read({}), lines(7, 9));
}

TEST_F(Reader, SaysThatThereIsNoRunBefore) {
  append("0.log", records(1, 3));
  auto reader = LogReader::open(LogDirectory::open(root_, {"default", "web", "main"}).value(),
                                {.previous = true});
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, base::ErrorCode::kNotFound);
}

TEST_F(Reader, FollowsOverRotationCompressionAndDeletion) {
  append("0.log", records(1, 10));
  auto reader = open({.follow = true});
  EXPECT_EQ(drain(*reader), lines(1, 10));
  append("0.log", records(11, 12));
  rotate("20260101-000000");
  append("0.log", records(13, 14));
  EXPECT_EQ(drain(*reader), lines(11, 14));
  // Three rotations while nobody looked, the older ones compressed.
  append("0.log", records(15, 16));
  rotate("20260101-000001");
  append("0.log", records(17, 18));
  rotate("20260101-000002");
  append("0.log", records(19, 20));
  rotate("20260101-000003");
  append("0.log", records(21, 22));
  for (const auto* one : {"00", "01", "02"}) compress(std::string("0.log.20260101-0000") + one);
  EXPECT_EQ(drain(*reader), lines(15, 22));
}

TEST_F(Reader, LosesNothingToAWriterThatRotatesMeanwhile) {
  constexpr int kRotations = 400;
  append("0.log", record(0));
  auto reader = open({.follow = true});
  std::atomic<int> seen = -1;  // the number of the last line read
  std::thread writer([&] {
    for (int n = 1; n <= kRotations; ++n) {
      while (seen < 2 * n - 2) std::this_thread::yield();  // the reader looks for more
      append("0.log", record(2 * n - 1));
      rotate(std::to_string(20260101 + n));
      append("0.log", record(2 * n));
      std::filesystem::remove(main_ / ("0.log." + std::to_string(20260101 + n - 1)));
    }
  });
  std::string text;
  while (seen < 2 * kRotations) {
    auto piece = reader->next();
    EXPECT_TRUE(piece);
    if (!piece || piece->text.empty()) continue;
    text += piece->text;
    seen = std::stoi(text.substr(text.rfind("line ") + 5));
  }
  writer.join();
  EXPECT_EQ(text, lines(0, 2 * kRotations));
}

TEST_F(Reader, FollowsIntoTheNextRun) {
  append("0.log", records(1, 2));
  auto reader = open({.follow = true});
  EXPECT_EQ(drain(*reader), lines(1, 2));
  append("0.log", records(3, 3));
  append("1.log", records(4, 5));
  EXPECT_EQ(drain(*reader), lines(3, 5));
}

TEST_F(Reader, WaitsForTheEndOfALine) {
  const auto whole = record(2);
  append("0.log", record(1) + whole.substr(0, 20));
  auto reader = open({.follow = true});
  EXPECT_EQ(drain(*reader), lines(1, 1));
  append("0.log", whole.substr(20));
  EXPECT_EQ(drain(*reader), lines(2, 2));
}

TEST_F(Reader, CountsALineOfManyRecordsOnce) {
  append("0.log", record(1) + record(2, "P") + record(3, "P") + record(4) + record(5));
  EXPECT_EQ(read({.tail_lines = 2}), "line 2line 3line 4\nline 5\n");
}

TEST_F(Reader, SaysWhatItLeftOut) {
  append("0.log", record(1) + "nonsense\n" + record(2));
  std::string gaps;
  EXPECT_EQ(drain(*open({}), &gaps), lines(1, 2));
  EXPECT_NE(gaps.find("1 line was no record"), std::string::npos) << gaps;
}

TEST_F(Reader, OutlivesALineWithoutEnd) {
  append("0.log", record(1) + std::string(3'000'000, 'x') + "\n" + record(2));
  std::string gaps;
  EXPECT_EQ(drain(*open({}), &gaps), lines(1, 2));
  EXPECT_NE(gaps.find("a line without end"), std::string::npos) << gaps;
  EXPECT_EQ(read({.tail_lines = 1}), lines(2, 2));
}

TEST_F(Reader, GoesOnWhenAFileIsCutInPlace) {
  append("0.log", records(1, 50));
  auto reader = open({.follow = true});
  drain(*reader);
  std::filesystem::resize_file(main_ / "0.log", 0);
  append("0.log", records(60, 61));
  EXPECT_EQ(drain(*reader), lines(60, 61));
}

}  // namespace
}  // namespace slipway::logs
