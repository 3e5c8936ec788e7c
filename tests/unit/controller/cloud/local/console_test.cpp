// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/console.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "protocol/base/files.hpp"

namespace slipway::cloud::local {
namespace {

TEST(Console, LastLines) {
  EXPECT_EQ(last_lines("a\nb\nc\n", 2), "b\nc\n");
  EXPECT_EQ(last_lines("a\nb\nc", 1), "c");
  EXPECT_EQ(last_lines("a\nb\n", 9), "a\nb\n");
  EXPECT_EQ(last_lines("\n\n\n", 1), "\n");
  EXPECT_EQ(last_lines("a\n", 0), "");
  EXPECT_EQ(last_lines("", 5), "");
}

TEST(Console, ShowsNoControlSequences) {
  EXPECT_EQ(without_controls("[\x1b[0;32m  OK  \x1b[0m] x\r\n\tend\x07\x7f"), "[  OK  ] x\n\tend");
  EXPECT_EQ(without_controls("cut \x1b[0;3"), "cut ");
  EXPECT_EQ(without_controls("cut \x1b"), "cut ");
  EXPECT_EQ(without_controls("gr\xc3\xb6\xc3\x9f"), "gr\xc3\xb6\xc3\x9f");
}

TEST(Console, KeepsTheNewestWhenItGrows) {
  MachineFiles files{testing::TempDir() + "console-test-" + std::to_string(::getpid())};
  std::filesystem::create_directories(files.directory);
  {
    std::ofstream log(files.console());
    for (int n = 0; n < 300'000; ++n) log << "line " << n << "\n";
  }
  auto text = read_console(files, 3);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, "line 299997\nline 299998\nline 299999\n");
  EXPECT_LE(std::filesystem::file_size(files.console()), kConsoleLimitBytes);
  EXPECT_GT(std::filesystem::file_size(files.console()), kConsoleLimitBytes / 4);
  std::filesystem::remove_all(files.directory);
  EXPECT_EQ(read_console(files, 3).value(), "") << "a machine that never ran";
}

}  // namespace
}  // namespace slipway::cloud::local
