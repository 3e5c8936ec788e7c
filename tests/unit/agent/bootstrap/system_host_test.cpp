// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/system_host.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>

namespace slipway::bootstrap {
namespace {

struct SystemHostTest : testing::Test {
  SystemHostTest() {
    std::string name = "/tmp/slipway-host-XXXXXX";
    directory = ::mkdtemp(name.data());
  }
  ~SystemHostTest() override { std::filesystem::remove_all(directory); }

  boost::asio::io_context io;
  base::SystemClock clock;
  SystemHost host{io.get_executor(), clock};
  std::filesystem::path directory;
};

TEST_F(SystemHostTest, WritesWithModeAndParents) {
  const auto path = directory / "a" / "b";
  ASSERT_TRUE(host.write(path, "text", 0600, "").has_value());
  EXPECT_EQ(host.read(path).value(), "text");
  struct stat facts{};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  EXPECT_EQ(host.list(directory / "a"), (std::vector<std::string>{"b"}));
}

TEST_F(SystemHostTest, AnUnknownOwnerIsNamed) {
  const auto result = host.write(directory / "x", "", 0600, "nobody-of-that-name");
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().message.find("nobody-of-that-name"), std::string::npos);
}

TEST_F(SystemHostTest, ReadsNoMoreThanTheHead) {
  ASSERT_TRUE(host.write(directory / "x", "0123456789", 0600, "").has_value());
  EXPECT_EQ(host.read_head(directory / "x", 4).value(), "0123");
  EXPECT_EQ(host.read_head(directory / "x", 40).value(), "0123456789");
  EXPECT_EQ(host.read_head(directory / "y", 4).error().code, base::ErrorCode::kNotFound);
}

TEST_F(SystemHostTest, SetDoesNotMakeFiles) {
  EXPECT_FALSE(host.set(directory / "none", "1").has_value());
  EXPECT_FALSE(host.exists(directory / "none"));
}

TEST_F(SystemHostTest, RemovesTreesAndWhatIsNotThere) {
  ASSERT_TRUE(host.make_directory(directory / "d", 0700, "").has_value());
  ASSERT_TRUE(host.write(directory / "d" / "e", "", 0600, "").has_value());
  EXPECT_TRUE(host.remove(directory / "d").has_value());
  EXPECT_TRUE(host.remove(directory / "d").has_value());
  EXPECT_FALSE(host.exists(directory / "d"));
}

}  // namespace
}  // namespace slipway::bootstrap
