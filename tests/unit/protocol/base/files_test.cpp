// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "protocol/base/ids.hpp"

namespace slipway::base {
namespace {

namespace fs = std::filesystem;

/// A folder that goes with its test.
class Files : public testing::Test {
 protected:
  Files() : folder_(fs::temp_directory_path() / ("slipway-files-" + new_id())) {
    fs::create_directory(folder_);
  }
  ~Files() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(Files, WritesWholeWithTheModeAndLeavesNoTemporary) {
  const auto path = folder_ / "key";
  ASSERT_TRUE(write_file(path, std::string("a\0b", 3), 0600));
  ASSERT_TRUE(write_file(path, "new", 0600));
  EXPECT_EQ(read_file(path).value(), "new");
  struct stat facts{};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0600u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(Files, SaysWhyItCannotRead) {
  EXPECT_EQ(read_file(folder_ / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_file(folder_).error().code, ErrorCode::kInvalid);
  ASSERT_TRUE(write_file(folder_ / "large", std::string(100, 'x')));
  EXPECT_EQ(read_file(folder_ / "large", 99).error().code, ErrorCode::kExhausted);
  EXPECT_EQ(read_file(folder_ / "large", 100)->size(), 100u);
}

TEST_F(Files, ReadsFilesThatTellNoSize) {
  const auto status = read_file("/proc/self/status");
  ASSERT_TRUE(status);
  EXPECT_NE(status->find("Name:"), std::string::npos);
}

TEST_F(Files, FailsWithoutAFolder) {
  const auto written = write_file(folder_ / "none" / "file", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace slipway::base
