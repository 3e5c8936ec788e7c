// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/fifos.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>

namespace slipway::terminal {
namespace {

namespace fs = std::filesystem;

class FifoDirectory : public testing::Test {
 protected:
  FifoDirectory() {
    char name[] = "/tmp/slipway-fifo-XXXXXX";
    dir_ = ::mkdtemp(name);
  }
  ~FifoDirectory() override { fs::remove_all(dir_); }
  static unsigned mode(const fs::path& path) {
    struct stat status{};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0);
    return status.st_mode;
  }
  fs::path dir_;
  boost::asio::io_context io_;
};

TEST_F(FifoDirectory, AreTheOwnersAloneAndGoWithTheirAttempt) {
  {
    auto fifos = Fifos::make(io_.get_executor(), dir_ / "run", "one", true);
    ASSERT_TRUE(fifos) << fifos.error().message;
    EXPECT_EQ(mode(dir_ / "run") & 0777, 0700U);
    EXPECT_EQ(mode(dir_ / "run/one") & 0777, 0700U);
    for (const auto& path : {fifos->stdin_path(), fifos->stdout_path(), fifos->stderr_path()}) {
      EXPECT_TRUE(S_ISFIFO(mode(path))) << path;
      EXPECT_EQ(mode(path) & 0777, 0600U) << path;
    }
    EXPECT_FALSE(Fifos::make(io_.get_executor(), dir_ / "run", "one", true)) << "taken over";
  }
  EXPECT_FALSE(fs::exists(dir_ / "run/one"));
}

TEST_F(FifoDirectory, HaveNoErrorsForATerminal) {
  auto fifos = Fifos::make(io_.get_executor(), dir_, "one", false);
  ASSERT_TRUE(fifos);
  EXPECT_EQ(fifos->stderr_path(), "");
  EXPECT_FALSE(fs::exists(dir_ / "one/stderr"));
}

}  // namespace
}  // namespace slipway::terminal
