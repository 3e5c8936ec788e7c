// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/output_lines.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace slipway::base {
namespace {

TEST(OutputLines, TellsLinesAcrossPieces) {
  std::vector<std::string> lines;
  OutputLines output(100, [&](std::string_view line) { lines.emplace_back(line); });
  output.add("on");
  output.add("e\n\ntwo\nthr");
  output.add("ee");
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "", "two"}));
  output.end();
  EXPECT_EQ(lines.back(), "three");
  EXPECT_EQ(output.take(), "one\n\ntwo\nthree");
}

TEST(OutputLines, KeepsTheNewestAndCutsEndlessLines) {
  std::size_t longest = 0;
  OutputLines output(10, [&](std::string_view line) { longest = std::max(longest, line.size()); });
  for (int i = 0; i < 30'000; ++i) output.add("0123456789");
  output.add("abcde");
  EXPECT_EQ(output.take(), "56789abcde");
  EXPECT_EQ(longest, OutputLines::kLineLimitBytes);
}

TEST(LastLines, AreFewAndShort) {
  EXPECT_EQ(last_lines(""), "");
  EXPECT_EQ(last_lines("\n\n"), "");
  EXPECT_EQ(last_lines("a\nb\n"), "a\nb");
  std::string many;
  for (int i = 0; i < 100; ++i) many += std::to_string(i) + "\n";
  EXPECT_EQ(last_lines(many).substr(0, 3), "80\n");
  EXPECT_EQ(last_lines(std::string(10'000, 'x')).size(), 4096u);
}

}  // namespace
}  // namespace slipway::base
