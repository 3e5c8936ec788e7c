// SPDX-License-Identifier: Apache-2.0
// Readers that are cut off anywhere and go on at the last place that they were told.
#include <cstdio>
#include <random>

#include "agent/logs/log_reader.hpp"
#include "tests/simulation/seeds.hpp"
#include "tests/unit/agent/logs/log_fixture.hpp"

namespace slipway::logs {
namespace {

/// What a client has: text, and the place and number of bytes to go on from.
struct Client {
  std::string text;
  std::optional<LogPlace> place;
  std::size_t ahead = 0;
  std::size_t skip = 0;    ///< bytes to come that it has
  bool came_back = false;  ///< the next place tells whether it is still there
  std::string gaps;
};

class Places : public PodLogs {
 protected:
  std::unique_ptr<LogReader> open(LogQuery query) const {
    const auto uid = query.from ? query.from->pod_uid : std::string{};
    auto directory = LogDirectory::open(root_, {"default", "web", "main"}, uid);
    EXPECT_TRUE(directory);
    query.follow = true;
    auto reader = LogReader::open(std::move(*directory), query);
    EXPECT_TRUE(reader) << reader.error().message;
    return reader ? std::move(*reader) : nullptr;
  }
  std::unique_ptr<LogReader> again(Client& client) const {
    client.skip = client.ahead;
    client.came_back = true;
    return open({.from = client.place});
  }
  /// One piece, of which at most so many bytes arrive; true: there was nothing more.
  static bool read(LogReader& reader, Client& client, std::size_t most = -1) {
    if (auto place = reader.place()) {
      const bool lost = place->run != client.place.value_or(*place).run ||
                        place->first_time_ns != client.place.value_or(*place).first_time_ns;
      if (std::exchange(client.came_back, false) && lost) client.skip = 0;
      client.place = place;
      client.ahead = client.skip;
    }
    auto piece = reader.next();
    EXPECT_TRUE(piece) << piece.error().message;
    if (!piece) return true;
    client.gaps += piece->gap;
    auto came = piece->text.substr(0, most);
    const auto known = std::min(client.skip, came.size());
    client.skip -= known;
    client.ahead += came.size() - known;
    client.text += came.substr(known);
    return piece->at_end;
  }
  static void drain(LogReader& reader, Client& client) {
    while (!read(reader, client)) {
    }
  }
};

/// A container and its kubelet, drawn by a seed; `written` is what a reader of all of it has.
class Writer {
 public:
  Writer(std::filesystem::path directory, std::uint64_t seed)
      : directory_(std::move(directory)), random_(seed) {
    add();
  }
  std::size_t draw(std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most)(random_);
  }
  void act() {
    switch (draw(9)) {
      case 0:
      case 1:
        return rotate();
      case 2:
        return compress();
      case 3:
        if (!begun_line_) restart();
        return;
      default:
        for (auto left = draw(40); left > 0; --left) add();
    }
  }
  void add() {
    char time[64];
    std::snprintf(time, sizeof time, "2026-01-02T12:%02d:%02d.%09dZ ", count_ / 60 % 60,
                  count_ % 60, count_);
    begun_line_ = draw(9) == 0;
    const auto text =
        "line " + std::to_string(count_++) + std::string(draw(20) == 0 ? 16'000 : 0, 'x');
    append(std::string(time) + "stdout " + (begun_line_ ? "P " : "F ") + text + "\n");
    written += text + (begun_line_ ? "" : "\n");
  }
  void end_line() {
    while (begun_line_) add();
  }
  void rotate() {
    const auto name = present() + ".20260101-" + std::to_string(100'000 + rotations_++);
    std::filesystem::rename(directory_ / present(), directory_ / name);
    append("");
    plain_.push_back(name);
  }
  void compress() {
    for (const auto& name : std::exchange(plain_, {})) {
      std::ifstream in(directory_ / name, std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(in)), {});
      gzFile out = gzopen((directory_ / (name + ".gz")).c_str(), "wb");
      gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
      gzclose(out);
      std::filesystem::remove(directory_ / name);
    }
  }
  void restart() {
    ++run_;
    append("");
  }

  std::string written;

 private:
  std::string present() const { return std::to_string(run_) + ".log"; }
  void append(const std::string& text) const {
    std::ofstream(directory_ / present(), std::ios::app | std::ios::binary) << text;
  }

  std::filesystem::path directory_;
  std::mt19937_64 random_;
  std::vector<std::string> plain_;
  int count_ = 1;
  int run_ = 0;
  int rotations_ = 0;
  bool begun_line_ = false;
};

TEST_F(Places, LeadOnWithoutGapOrDoubleWhateverHappensMeanwhile) {
  for (const auto seed : simulation::seeds(25)) {
    SCOPED_TRACE("run again with SLIPWAY_SEED=" + std::to_string(seed));
    std::filesystem::remove_all(main_);
    std::filesystem::create_directories(main_);
    Writer writer(main_, seed);
    Client client;
    read(*open({}), client, 0);
    auto reader = again(client);
    for (int step = 0; step < 80 && client.place; ++step) {
      writer.act();
      if (writer.draw(1) == 0) continue;
      for (auto pieces = writer.draw(3); pieces > 0; --pieces) read(*reader, client);
      if (writer.draw(1) == 0) continue;
      read(*reader, client, writer.draw(3000));
      reader = again(client);
    }
    writer.end_line();
    drain(*(reader = again(client)), client);
    ASSERT_TRUE(client.place);
    ASSERT_EQ(client.text.size(), writer.written.size());
    ASSERT_EQ(client.text, writer.written);
    ASSERT_EQ(client.gaps, "");
  }
}

TEST_F(Places, AreToldBeforeTheFirstLineOfACompressedFile) {
  append("0.log.20260101-000000", records(1, 500));
  compress("0.log.20260101-000000");
  append("0.log", records(501, 510));
  for (const auto& [query, from] : std::vector<std::pair<LogQuery, int>>{
           {{.tail_lines = -1}, 1}, {{.tail_lines = 300}, 211}, {{.tail_lines = 5}, 506}}) {
    Client client;
    auto reader = open(query);
    read(*reader, client, 30);
    ASSERT_TRUE(client.place);
    drain(*(reader = again(client)), client);
    EXPECT_EQ(client.text, lines(from, 510));
  }
}

TEST_F(Places, AreNotMistakenForAnotherFileWithTheSameNumber) {
  append("0.log", records(1, 20));
  Client client;
  drain(*open({}), client);
  // The file was deleted, and a later one got its inode.
  std::filesystem::resize_file(main_ / "0.log", 0);
  append("0.log", records(100, 200));
  drain(*again(client), client);
  EXPECT_EQ(client.text, lines(1, 20) + lines(100, 200));
  EXPECT_NE(client.gaps.find("rotated away"), std::string::npos);
}

TEST_F(Places, OfAnEmptyFileOutliveItsRotation) {
  append("0.log", records(1, 5));
  Client client;
  auto reader = open({});
  drain(*reader, client);
  rotate("20260101-000001");
  drain(*reader, client);
  read(*reader, client);  // where it stands now, the new file being empty
  append("0.log", records(6, 7));
  rotate("20260101-000002");
  compress("0.log.20260101-000001");
  compress("0.log.20260101-000002");
  append("0.log", records(8, 9));
  drain(*again(client), client);
  EXPECT_EQ(client.text, lines(1, 9));
  EXPECT_EQ(client.gaps, "");
}

TEST_F(Places, AreInTheFileOfTheTextBehindThem) {
  append("0.log", records(1, 5));
  Client client;
  auto reader = open({});
  drain(*reader, client);
  rotate("20260101-000001");
  append("0.log", records(6, 9));
  drain(*reader, client);
  EXPECT_EQ(client.ahead, lines(6, 9).size());
  std::filesystem::remove(main_ / "0.log.20260101-000001");
  drain(*again(client), client);
  EXPECT_EQ(client.text, lines(1, 9));
  EXPECT_EQ(client.gaps, "");
}

TEST_F(Places, AreOfOnePodOfAName) {
  append("0.log", records(1, 5));
  Client client;
  drain(*open({}), client);
  const auto later = root_ / "default_web_ffff-1" / "main";
  std::filesystem::create_directories(later);
  std::ofstream(later / "0.log") << records(50, 60);
  append("0.log", records(6, 7));
  drain(*again(client), client);
  EXPECT_EQ(client.text, lines(1, 7));
  std::filesystem::remove_all(main_.parent_path());
  const auto gone = LogDirectory::open(root_, {"default", "web", "main"}, client.place->pod_uid);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, base::ErrorCode::kNotFound);
  EXPECT_TRUE(LogDirectory::open(root_, {"default", "web", "main"}));
  EXPECT_FALSE(LogDirectory::open(root_, {"default", "web", "main"}, "ffff-1/../ffff-1"));
}

}  // namespace
}  // namespace slipway::logs
