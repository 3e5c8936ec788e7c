// SPDX-License-Identifier: Apache-2.0
#include "controller/http/manifest_reader.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>

namespace slipway::http {
namespace {

std::string manifest_of(std::size_t bytes) {
  std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n";
  for (std::size_t i = 0; text.size() < bytes; ++i) text += "  k" + std::to_string(i) + ": v\n";
  return text;
}

class ManifestReaderTest : public ::testing::Test {
 public:
  /// Its name goes to `ended` once it is read.
  void start(std::string name, const std::string& text) {
    const auto one = [](ManifestReaderTest& test, std::string of,
                        const std::string& yaml) -> base::Task<> {
      const auto objects = co_await test.reader.read(yaml);
      if (!objects) of += ": " + objects.error().error.message;
      test.ended.push_back(std::move(of));
    };
    boost::asio::co_spawn(io, one(*this, std::move(name), text), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }

  boost::asio::io_context io;
  ManifestReader reader;
  std::vector<std::string> ended;
};

TEST_F(ManifestReaderTest, TheLoopTurnsWhileALargeOneIsRead) {
  const auto large = manifest_of(300 << 10);
  start("large", large);
  std::size_t turns = 0;
  const auto turn = [](ManifestReaderTest& test, std::size_t& count) -> base::Task<> {
    for (; test.ended.empty(); ++count) {
      co_await boost::asio::post(boost::asio::use_awaitable);
    }
  };
  boost::asio::co_spawn(io, turn(*this, turns), [](std::exception_ptr) {});
  io.run();
  EXPECT_EQ(ended, std::vector<std::string>{"large"});
  EXPECT_GT(turns, 20U);
}

TEST_F(ManifestReaderTest, TheyAreReadInTheOrderTheyCame) {
  const auto large = manifest_of(100 << 10);
  const auto small = manifest_of(1);
  start("large", large);
  start("small", small);
  const std::string wrong = "a: b: c";
  start("wrong", wrong);
  io.run();
  ASSERT_EQ(ended.size(), 3U);
  EXPECT_EQ(ended[0] + " " + ended[1], "large small");
  EXPECT_TRUE(ended[2].starts_with("wrong: ")) << ended[2];
}

TEST_F(ManifestReaderTest, NotAllMayWait) {
  const auto small = manifest_of(1);
  for (std::size_t i = 0; i < ManifestReader::kMostWaiting + 2; ++i) start("", small);
  io.run();
  std::size_t refused = 0;
  for (const auto& one : ended) refused += one.contains("too many");
  EXPECT_EQ(refused, 2U);
  io.restart();
  start("again", small);
  io.run();
  EXPECT_EQ(ended.back(), "again") << "nobody waits any more";
}

}  // namespace
}  // namespace slipway::http
