// SPDX-License-Identifier: Apache-2.0
#include "controller/secrets/secrets.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "protocol/base/ids.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::secrets {
namespace {

using base::ErrorCode;

class SecretsTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(directory_); }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("secrets-" + base::new_id());
  const std::filesystem::path key_ = directory_ / "master.key";
  std::unique_ptr<store::Database> database_ = store::Database::in_memory();
};

TEST_F(SecretsTest, MakesAPrivateKeyOutsideTheDatabase) {
  ASSERT_TRUE(Secrets::open(*database_, key_));
  struct stat facts{};
  ASSERT_EQ(::stat(key_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(facts.st_size, 32);
  EXPECT_FALSE(std::filesystem::exists(key_.string() + ".new"));
}

TEST_F(SecretsTest, GivesBackWhatWasPutAlsoAfterARestart) {
  {
    auto secrets = *Secrets::open(*database_, key_);
    secrets->put("cluster/a/pki/ca.key", "very secret");
  }
  auto secrets = *Secrets::open(*database_, key_);
  EXPECT_EQ(secrets->get("cluster/a/pki/ca.key").value(), "very secret");
  EXPECT_EQ(secrets->get("cluster/a/none").error().code, ErrorCode::kNotFound);
}

TEST_F(SecretsTest, TheDatabaseGivesNothingAway) {
  auto secrets = *Secrets::open(*database_, key_);
  secrets->put("name", "very secret");
  auto rows = database_->prepare("SELECT sealed FROM secrets");
  while (rows.step()) EXPECT_EQ(rows.text(0).find("very secret"), std::string::npos);
}

TEST_F(SecretsTest, ASealedRowOpensUnderItsOwnNameOnly) {
  auto secrets = *Secrets::open(*database_, key_);
  secrets->put("one", "value");
  database_->prepare("INSERT INTO secrets SELECT 'other', sealed FROM secrets WHERE name='one'")
      .run();
  EXPECT_EQ(secrets->get("other").error().code, ErrorCode::kInternal);
}

TEST_F(SecretsTest, NoticesADamagedRow) {
  auto secrets = *Secrets::open(*database_, key_);
  secrets->put("one", "value");
  auto row = database_->prepare("SELECT sealed FROM secrets WHERE name='one'");
  ASSERT_TRUE(row.step());
  std::string sealed = row.text(0);
  sealed.back() = static_cast<char>(sealed.back() ^ 1);
  database_->prepare("UPDATE secrets SET sealed=? WHERE name='one'").bind_blob(sealed).run();
  EXPECT_FALSE(secrets->get("one"));
}

TEST_F(SecretsTest, ALostKeyIsNotReplacedByANewOne) {
  ASSERT_TRUE(Secrets::open(*database_, key_));
  std::filesystem::remove(key_);
  const auto refused = Secrets::open(*database_, key_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDenied);
  EXPECT_NE(refused.error().message.find("lost"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(key_));
}

TEST_F(SecretsTest, AnotherKeyIsRefused) {
  ASSERT_TRUE(Secrets::open(*database_, key_));
  auto other = store::Database::in_memory();
  ASSERT_TRUE(Secrets::open(*other, directory_ / "other.key"));
  EXPECT_EQ(Secrets::open(*database_, directory_ / "other.key").error().code, ErrorCode::kDenied);
}

TEST_F(SecretsTest, AKeyThatOthersMayReadIsRefused) {
  ASSERT_TRUE(MasterKey::load(key_));
  std::filesystem::permissions(key_, std::filesystem::perms{0640});
  EXPECT_EQ(MasterKey::load(key_).error().code, ErrorCode::kDenied);
}

TEST_F(SecretsTest, AKeyOfAnotherLengthIsNone) {
  std::ofstream{key_} << "short";
  std::filesystem::permissions(key_, std::filesystem::perms{0600});
  EXPECT_EQ(MasterKey::load(key_).error().code, ErrorCode::kInvalid);
}

TEST_F(SecretsTest, RemovesBelowAPrefixAndNoNeighbour) {
  auto secrets = *Secrets::open(*database_, key_);
  secrets->put("cluster/a/x", "1");
  secrets->put("cluster/ab/x", "2");
  secrets->put("cluster/%/x", "3");
  secrets->remove_below("cluster/a/");
  EXPECT_FALSE(secrets->has("cluster/a/x"));
  secrets->remove_below("cluster/%/");
  EXPECT_TRUE(secrets->has("cluster/ab/x"));
  EXPECT_FALSE(secrets->has("cluster/%/x"));
}

TEST_F(SecretsTest, TheControllersCaStaysTheSame) {
  const fakes::ManualClock clock;
  const auto made = (*Secrets::open(*database_, key_))->controller_ca(clock);
  ASSERT_TRUE(made);
  const auto again = (*Secrets::open(*database_, key_))->controller_ca(clock);
  ASSERT_TRUE(again);
  EXPECT_EQ(made->certificate_pem, again->certificate_pem);
  EXPECT_EQ(made->key_pem, again->key_pem);
}

TEST(MasterKey, SealsTheSameTextDifferentlyEachTime) {
  const auto key = MasterKey::random();
  EXPECT_NE(key.seal("text", "label"), key.seal("text", "label"));
  EXPECT_EQ(key.open(key.seal("", "label"), "label").value(), "");
  EXPECT_FALSE(key.open("", "label"));
  EXPECT_FALSE(MasterKey::random().open(key.seal("text", "label"), "label"));
}

}  // namespace
}  // namespace slipway::secrets
