// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/log_files.hpp"

#include <sys/stat.h>

#include "tests/unit/agent/logs/log_fixture.hpp"

namespace slipway::logs {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

class LogFiles : public PodLogs {
 protected:
  ErrorCode refusal(const containers::ContainerName& name) const {
    auto opened = LogDirectory::open(root_, name);
    return opened ? ErrorCode::kInternal : opened.error().code;
  }
};

TEST_F(LogFiles, FindsRunsAndRotatedFilesInOrder) {
  for (const auto* name : {"0.log", "2.log", "2.log.20260101-000000.gz", "2.log.20260102-000000",
                           "2.log.20260103-000000.gz.tmp", "10.log", "notes.txt", "x.log"}) {
    append(name, "");
  }
  auto logs = LogDirectory::open(root_, {"default", "web", "main"});
  ASSERT_TRUE(logs);
  EXPECT_EQ(logs->runs(), (std::vector<unsigned>{0, 2, 10}));
  EXPECT_EQ(logs->files(2), (std::vector<std::string>{"2.log.20260101-000000.gz",
                                                      "2.log.20260102-000000", "2.log"}));
}

TEST_F(LogFiles, CountsAFileOnceWhileKubeletCompresses) {
  for (const auto* name : {"0.log", "0.log.20260101-000000", "0.log.20260101-000000.gz"}) {
    append(name, "");
  }
  auto logs = LogDirectory::open(root_, {"default", "web", "main"});
  EXPECT_EQ(logs->files(0), (std::vector<std::string>{"0.log.20260101-000000", "0.log"}));
}

TEST_F(LogFiles, TakesTheOnlyContainerAndNamesSeveral) {
  append("0.log", "");
  EXPECT_TRUE(LogDirectory::open(root_, {"default", "web", ""}));
  fs::create_directories(main_.parent_path() / "side");
  auto several = LogDirectory::open(root_, {"default", "web", ""});
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().field, "container");
  EXPECT_NE(several.error().message.find("main, side"), std::string::npos);
}

TEST_F(LogFiles, KnowsAPodByItsWholeName) {
  fs::create_directories(root_ / "default_web_other_0a1b" / "main");
  fs::create_directories(root_ / "default_web-2_0a1b" / "main");
  EXPECT_EQ(refusal({"default", "we", "main"}), ErrorCode::kNotFound);
  EXPECT_EQ(refusal({"default", "web", "none"}), ErrorCode::kNotFound);
  EXPECT_TRUE(LogDirectory::open(root_, {"default", "web", "main"}));
}

TEST_F(LogFiles, RefusesNamesThatLeaveTheRoot) {
  EXPECT_EQ(refusal({"default", "web", ".."}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({"default", "web", "../main"}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({"default", "web", "a/b"}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({"..", "web", "main"}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({"default", "/etc", "main"}), ErrorCode::kInvalid);
}

TEST_F(LogFiles, FollowsNoLinkAnywhere) {
  append("0.log", "");
  fs::create_directory_symlink("/etc", main_.parent_path() / "etc");
  EXPECT_EQ(refusal({"default", "web", "etc"}), ErrorCode::kDenied);
  fs::create_directory_symlink(main_.parent_path(), root_ / "default_link_0a1b");
  EXPECT_EQ(refusal({"default", "link", "main"}), ErrorCode::kDenied);
  auto logs = LogDirectory::open(root_, {"default", "web", "main"});
  fs::create_symlink("/etc/passwd", main_ / "1.log");
  EXPECT_EQ(logs->open_file("1.log").error().code, ErrorCode::kDenied);
  fs::create_symlink("0.log", main_ / "2.log");
  EXPECT_EQ(logs->open_file("2.log").error().code, ErrorCode::kDenied);
  EXPECT_EQ(logs->open_file("../../../etc/passwd").error().code, ErrorCode::kDenied);
  EXPECT_EQ(logs->open_file("/etc/passwd").error().code, ErrorCode::kDenied);
}

TEST_F(LogFiles, RefusesWhatIsNoFile) {
  auto logs = LogDirectory::open(root_, {"default", "web", "main"});
  ASSERT_EQ(::mkfifo((main_ / "0.log").c_str(), 0600), 0);
  EXPECT_EQ(logs->open_file("0.log").error().code, ErrorCode::kDenied);
  fs::create_directory(main_ / "1.log");
  EXPECT_EQ(logs->open_file("1.log").error().code, ErrorCode::kDenied);
}

}  // namespace
}  // namespace slipway::logs
