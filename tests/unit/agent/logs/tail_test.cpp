// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/tail.hpp"

#include "tests/unit/agent/logs/log_fixture.hpp"

namespace slipway::logs {
namespace {

class Tail : public PodLogs {
 protected:
  TailStart find(std::uint64_t wanted) const {
    auto file = LogDirectory::open(root_, {"default", "web", "main"})->open_file("0.log");
    return find_tail(*file, wanted).value();
  }
};

TEST_F(Tail, FindsTheByteOverManyBlocks) {
  // Many blocks, and lines that lie across their borders.
  std::vector<off_t> begins;
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    begins.push_back(static_cast<off_t>(text.size()));
    text += record(i % 3600);
  }
  append("0.log", text);
  for (const std::uint64_t wanted : {1, 2, 500, 1999, 7777, 19'999}) {
    const auto start = find(wanted);
    EXPECT_EQ(start.offset, begins[20'000 - wanted]) << wanted;
    EXPECT_EQ(start.lines, wanted);
  }
  EXPECT_EQ(find(20'000).offset, 0);
  EXPECT_EQ(find(20'001).lines, 20'000U);
}

TEST_F(Tail, CopesWithSmallFiles) {
  append("0.log", "");
  EXPECT_EQ(find(3).lines, 0U);
  append("0.log", record(1).substr(0, 10));
  EXPECT_EQ(find(3).lines, 0U);
  EXPECT_EQ(find(3).offset, 0);
}

}  // namespace
}  // namespace slipway::logs
