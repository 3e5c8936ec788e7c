// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/disk.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "protocol/base/files.hpp"

namespace slipway::cloud::local {
namespace {
namespace fs = std::filesystem;

TEST(Disk, CopiesContentAndLeavesHolesAsHoles) {
  fs::path from = fs::path(testing::TempDir()) / ("disk-from-" + std::to_string(::getpid())),
           to = from.string() + "-copy";
  std::ofstream(from) << "head";
  fs::resize_file(from, 64 << 20);
  {
    std::ofstream tail(from, std::ios::in | std::ios::binary);
    tail.seekp(32 << 20);
    tail << "middle";
  }
  std::ofstream(to) << "what lay there before and is longer than the head";
  ASSERT_TRUE(copy_sparse(from, to));
  EXPECT_EQ(base::read_file(from, 128 << 20).value(), base::read_file(to, 128 << 20).value());
  struct stat facts{};
  ASSERT_EQ(stat(to.c_str(), &facts), 0);
  EXPECT_LT(facts.st_blocks * 512, 1 << 20);
  EXPECT_FALSE(copy_sparse("/nonexistent", to));
  fs::remove(from);
  fs::remove(to);
}

}  // namespace
}  // namespace slipway::cloud::local
