// SPDX-License-Identifier: Apache-2.0
#include "controller/recordings/recordings.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <fstream>

#include "controller/recordings/whole_characters.hpp"
#include "protocol/base/files.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::recordings {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

class RecordingsTest : public testing::Test {
 protected:
  ~RecordingsTest() override { fs::remove_all(dir_); }

  std::unique_ptr<Recording> begin(const std::string& reason = "disk") {
    auto made = recordings_.begin(
        {.user = "ann", .from = "10.0.0.1", .cluster = "demo", .node = "n1", .reason = reason},
        {.columns = 100, .rows = 30});
    EXPECT_TRUE(made) << made.error().message;
    return made ? std::move(*made) : nullptr;
  }
  std::vector<json::value> lines(const std::string& id) {
    std::ifstream in(recordings_.find(id)->file);
    std::vector<json::value> all;
    for (std::string line; std::getline(in, line);) all.push_back(json::parse(line));
    return all;
  }

  static fs::path make_directory() {
    char name[] = "/tmp/slipway-recordings-XXXXXX";
    return ::mkdtemp(name);
  }

  const fs::path dir_ = make_directory();
  fakes::ManualClock clock_;
  Recordings recordings_{
      dir_ / "shells", std::chrono::hours{24}, clock_, {.session_bytes = 4 << 10, .sessions = 3}};
};

TEST_F(RecordingsTest, AreAsciicasts) {
  auto recording = begin("a \"quoted\" reason");
  clock_.advance(std::chrono::milliseconds(1500));
  EXPECT_TRUE(recording->output("one\r\n"));
  EXPECT_TRUE(recording->resize({.columns = 120, .rows = 40}));
  const auto all = lines(recording->id());
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].at("version"), 2);
  EXPECT_EQ(all[0].at("width"), 100);
  EXPECT_EQ(all[0].at("timestamp"), 1'800'000'000);
  EXPECT_EQ(all[0].at("title"), "ann on n1: a \"quoted\" reason");
  EXPECT_EQ(all[1], (json::array{1.5, "o", "one\r\n"}));
  EXPECT_EQ(all[2], (json::array{1.5, "r", "120x40"}));
}

TEST_F(RecordingsTest, AreTheOwnersAlone) {
  auto recording = begin();
  struct stat status{};
  EXPECT_EQ(::stat(recordings_.list()[0].file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(::stat((dir_ / "shells").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(RecordingsTest, KeepCharactersWhole) {
  auto recording = begin();
  const std::string text = "漢é";
  for (const char byte : text) EXPECT_TRUE(recording->output({&byte, 1}));
  EXPECT_TRUE(recording->output("\xE6"));  // begun, and never ended
  const auto id = recording->id();
  recording.reset();
  std::string shown;
  for (const auto& line : lines(id)) {
    if (line.is_array()) shown += line.at(2).as_string();
  }
  EXPECT_EQ(shown, text + "\xEF\xBF\xBD");
}

TEST_F(RecordingsTest, AreListedNewestFirst) {
  EXPECT_TRUE(recordings_.list().empty());
  auto first = begin("first");
  clock_.advance(std::chrono::seconds(1));
  auto second = begin("second");
  first.reset();
  EXPECT_TRUE(base::write_file(dir_ / "shells/foreign.cast", "no recording\n"));
  const auto all = recordings_.list();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].subject.reason, "second");
  EXPECT_TRUE(all[0].running);
  EXPECT_FALSE(all[1].running);
  EXPECT_EQ(all[1].subject.node, "n1");
  EXPECT_GT(all[1].bytes, 10U);
  EXPECT_EQ(recordings_.find("../shells/foreign").error().code, base::ErrorCode::kNotFound);
}

TEST_F(RecordingsTest, AreDroppedWhenTheirTimeIsOver) {
  auto running = begin("running");
  auto old = begin("old");
  auto fresh = begin("fresh");
  const auto set_age = [&](const std::string& id, std::chrono::hours age) {
    const auto at = std::chrono::file_clock::from_sys(clock_.utc() - age);
    fs::last_write_time(recordings_.find(id)->file,
                        std::chrono::time_point_cast<fs::file_time_type::duration>(at));
  };
  set_age(running->id(), std::chrono::hours(100));
  set_age(old->id(), std::chrono::hours(24));
  set_age(fresh->id(), std::chrono::hours(23));
  old.reset();
  fresh.reset();
  recordings_.expire();
  const auto all = recordings_.list();
  ASSERT_EQ(all.size(), 2U);
  for (const auto& entry : all) EXPECT_NE(entry.subject.reason, "old");
}

TEST_F(RecordingsTest, EndAtTheirLimit) {
  auto recording = begin();
  const std::string piece(1000, 'x');
  base::Result<> written;
  int pieces = 0;
  while ((written = recording->output(piece)) && pieces < 100) ++pieces;
  EXPECT_EQ(written.error().code, base::ErrorCode::kExhausted);
  EXPECT_EQ(pieces, 3);
  EXPECT_LE(fs::file_size(recordings_.list()[0].file), 4U << 10);
}

TEST_F(RecordingsTest, DoNotBeginWhereThereAreEnough) {
  for (int i = 0; i < 3; ++i) begin();
  EXPECT_EQ(recordings_.begin({}, {}).error().code, base::ErrorCode::kExhausted);
  Recordings small(dir_ / "shells", std::chrono::hours{24}, clock_, {.total_bytes = 100});
  EXPECT_EQ(small.begin({}, {}).error().code, base::ErrorCode::kExhausted);
}

TEST_F(RecordingsTest, SayWhyTheyCannotBegin) {
  EXPECT_TRUE(base::write_file(dir_ / "shells", "a file where the directory should be"));
  const auto made = recordings_.begin({}, {});
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("cannot be recorded"), std::string::npos);
}

TEST(WholeCharacters, ReplaceWhatIsNone) {
  const auto take = [](std::string bytes) { return take_whole_characters(bytes); };
  EXPECT_EQ(take("plain\x1b[0m"), "plain\x1b[0m");
  EXPECT_EQ(take("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(take("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "overlong";
  EXPECT_EQ(take("\xED\xA0\x80"
                 "b")
                .back(),
            'b')
      << "a surrogate";
  std::string begun = "x\xE6\xBC";
  EXPECT_EQ(take_whole_characters(begun), "x");
  EXPECT_EQ(begun, "\xE6\xBC");
}

}  // namespace
}  // namespace slipway::recordings
