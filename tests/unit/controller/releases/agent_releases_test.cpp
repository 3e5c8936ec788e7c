// SPDX-License-Identifier: Apache-2.0
#include "controller/releases/agent_releases.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/release_directory.hpp"

namespace slipway::releases {
namespace {

class AgentReleasesTest : public testing::Test {
 protected:
  std::string problem_of(const std::string& directory) const {
    for (const Entry& entry : releases_.list()) {
      if (entry.directory == directory) return entry.problem;
    }
    return "it is not listed";
  }

  fakes::ReleaseDirectory directory_;
  AgentReleases releases_{directory_.path()};
};

TEST_F(AgentReleasesTest, GoodOnesAreListedNewestFirstAndFoundByEitherName) {
  directory_.put("b", "0.9.0", "nine");
  const auto ten = directory_.put("a", "0.10.0", "ten");
  const auto all = releases_.list();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].release.version, "0.10.0");
  EXPECT_EQ(all[1].release.version, "0.9.0");
  EXPECT_EQ(all[0].problem, "");
  for (const std::string& name : {std::string{"0.10.0"}, ten}) {
    const auto found = releases_.find(name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->release, (release::Release{"0.10.0", 3, ten}));
    EXPECT_EQ(found->statement, release::statement_of(found->release));
    EXPECT_EQ(found->signature.size(), release::kSignatureBytes);
    EXPECT_EQ(found->program, directory_.path() / "a" / kProgramFile);
  }
}

TEST_F(AgentReleasesTest, AnUnknownOneIsRefusedWithWhatThereIs) {
  directory_.put("a", "0.2.0", "two");
  directory_.put("b", "0.3.0", "three");
  for (const char* name : {"0.4.0", "a", "../a", ""}) {
    const auto found = releases_.find(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, base::ErrorCode::kNotFound);
    EXPECT_NE(found.error().message.find("there are 0.3.0, 0.2.0"), std::string::npos)
        << found.error().message;
  }
  const AgentReleases none{directory_.path() / "none"};
  EXPECT_TRUE(none.list().empty());
  EXPECT_NE(none.find("0.2.0").error().message.find("there is none"), std::string::npos);
}

TEST_F(AgentReleasesTest, BrokenOnesAreListedWithWhatIsWrong) {
  for (const char* name : {"statement", "signature", "short", "program", "size", "pipe"}) {
    directory_.put(name, std::string{"1-"} + name, name);
  }
  directory_.write("statement", kStatementFile, "slipway-agent release\nversion: 1\n");
  std::filesystem::remove(directory_.path() / "signature" / kSignatureFile);
  directory_.write("short", kSignatureFile, "too short");
  std::filesystem::remove(directory_.path() / "program" / kProgramFile);
  directory_.write("size", kProgramFile, "another size");
  std::filesystem::remove(directory_.path() / "pipe" / kProgramFile);
  std::filesystem::create_symlink("/dev/zero", directory_.path() / "pipe" / kProgramFile);
  EXPECT_EQ(releases_.list().size(), 6U);
  EXPECT_NE(problem_of("statement").find(kStatementFile), std::string::npos);
  EXPECT_NE(problem_of("signature").find(kSignatureFile), std::string::npos);
  EXPECT_NE(problem_of("short").find("has 9 bytes"), std::string::npos);
  EXPECT_EQ(problem_of("program"), "it has no slipway-agent");
  EXPECT_NE(problem_of("size").find("its statement says 4"), std::string::npos);
  EXPECT_EQ(problem_of("pipe"), "slipway-agent is no plain file");
  const auto refused = releases_.find("1-size");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kConflict);
  EXPECT_NE(refused.error().message.find("its statement says 4"), std::string::npos);
}

TEST_F(AgentReleasesTest, OneVersionOfTwoProgramsIsNone) {
  const auto sha256 = directory_.put("one", "0.2.0", "this");
  directory_.put("two", "0.2.0", "that");
  EXPECT_NE(problem_of("one").find("two programs of version 0.2.0"), std::string::npos);
  EXPECT_NE(problem_of("two").find("two programs of version 0.2.0"), std::string::npos);
  EXPECT_FALSE(releases_.find(sha256));
  directory_.put("two", "0.2.0", "this");
  EXPECT_EQ(problem_of("one"), "") << "the same program twice is one";
}

TEST_F(AgentReleasesTest, HiddenOnesAndTooManyArePassedOver) {
  directory_.put(".coming", "0.2.0", "half");
  directory_.write(".", "a-file", "x");
  EXPECT_TRUE(releases_.list().empty());
  for (std::size_t i = 0; i <= kMaxReleases; ++i) {
    std::filesystem::create_directories(directory_.path() / ("r" + std::to_string(i)));
  }
  EXPECT_EQ(releases_.list().size(), kMaxReleases);
}

}  // namespace
}  // namespace slipway::releases
