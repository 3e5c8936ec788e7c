// SPDX-License-Identifier: Apache-2.0
#include "controller/store/database.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "controller/store/migrations.hpp"
#include "protocol/base/ids.hpp"

namespace slipway::store {
namespace {

class DatabaseFile : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(directory_); }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("store-" + base::new_id());
  const std::filesystem::path file_ = directory_ / "slipway.db";
};

std::int64_t settings(Database& database) {
  auto count = database.prepare("SELECT count(*) FROM settings");
  count.step();
  return count.number(0);
}

void put(Database& database, std::string_view key) {
  database.prepare("INSERT INTO settings VALUES (?,'')").bind(key).run();
}

TEST_F(DatabaseFile, IsPrivateFromItsFirstByte) {
  ASSERT_TRUE(Database::open(file_));
  struct stat facts{};
  ASSERT_EQ(::stat(file_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(DatabaseFile, UsesTheWriteAheadLogAndForeignKeys) {
  auto database = *Database::open(file_);
  auto mode = database->prepare("PRAGMA journal_mode");
  ASSERT_TRUE(mode.step());
  EXPECT_EQ(mode.text(0), "wal");
  auto keys = database->prepare("PRAGMA foreign_keys");
  ASSERT_TRUE(keys.step());
  EXPECT_EQ(keys.number(0), 1);
}

TEST_F(DatabaseFile, MigratesOnceAndKeepsWhatIsThere) {
  {
    auto database = *Database::open(file_);
    put(*database, "kept");
  }
  auto again = Database::open(file_);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(settings(**again), 1);
  auto applied = (*again)->prepare("SELECT count(*) FROM migrations");
  ASSERT_TRUE(applied.step());
  EXPECT_EQ(applied.number(0), static_cast<std::int64_t>(migrations().size()));
}

TEST_F(DatabaseFile, RefusesWhatANewerVersionMade) {
  {
    auto database = *Database::open(file_);
    database->prepare("INSERT INTO migrations VALUES (998,'future','now')").run();
  }
  const auto refused = Database::open(file_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kInvalid);
  EXPECT_NE(refused.error().message.find("newer version"), std::string::npos);
}

TEST_F(DatabaseFile, SaysWhatIsWrongWithAFileThatIsNone) {
  EXPECT_EQ(Database::open(directory_ / "no" / "such").error().code, base::ErrorCode::kUnavailable);
}

TEST(Migrations, StandInTheOrderOfTheirNumbers) {
  int before = 0;
  for (const Migration& migration : migrations()) {
    EXPECT_GT(migration.number, before) << migration.name;
    before = migration.number;
  }
  EXPECT_EQ(Database::in_memory()->schema_version(), before);
}

TEST(Statement, IsUsedAgainWithoutWhatWasBoundAndWithoutItsSnapshot) {
  auto database = Database::in_memory();
  put(*database, "a");
  const std::string sql = "SELECT key, ?1 FROM settings ORDER BY key";
  for (int i = 0; i < 3; ++i) {
    auto rows = database->prepare(sql);
    ASSERT_TRUE(rows.step());
    EXPECT_TRUE(rows.is_null(1));
    auto again = database->prepare(sql);  // the same one, while the first is in use
    ASSERT_TRUE(again.bind("bound").step());
    EXPECT_EQ(again.text(1), "bound");
  }
  {
    auto left_half_read = database->prepare(sql);
    ASSERT_TRUE(left_half_read.step());
  }
  put(*database, "b");
  auto rows = database->prepare(sql);
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.text(0), "a");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.text(0), "b");
  EXPECT_FALSE(rows.step());
}

TEST(Statement, MayOutliveItsDatabase) {
  auto database = Database::in_memory();
  put(*database, "a");
  auto rows = database->prepare("SELECT key FROM settings");
  database.reset();
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.text(0), "a");
}

TEST(Statement, APragmaIsAskedAnew) {
  auto database = Database::in_memory();
  const auto foreign_keys = [&] {
    auto pragma = database->prepare("PRAGMA foreign_keys");
    return pragma.step() && pragma.number(0) == 1;
  };
  EXPECT_TRUE(foreign_keys());
  database->prepare("PRAGMA foreign_keys=OFF").run();
  EXPECT_FALSE(foreign_keys());
}

TEST(Transaction, CommitsWholeOrNotAtAll) {
  auto database = Database::in_memory();
  const auto failed = database->transaction([&]() -> base::Result<> {
    put(*database, "a");
    return base::fail(base::ErrorCode::kConflict, "no");
  });
  EXPECT_FALSE(failed);
  EXPECT_THROW((void)database->transaction([&]() -> base::Result<> {
    put(*database, "b");
    throw std::runtime_error("on the way");
  }),
               std::runtime_error);
  EXPECT_EQ(settings(*database), 0);
  ASSERT_TRUE(database->transaction([&]() -> base::Result<> {
    put(*database, "c");
    return {};
  }));
  EXPECT_EQ(settings(*database), 1);
}

TEST(Revision, StaysWhileWhatWasReadStillStands) {
  auto database = Database::in_memory();
  auto seen = database->revision();
  const auto moved = [&] { return std::exchange(seen, database->revision()) != seen; };
  EXPECT_EQ(settings(*database), 0);
  EXPECT_FALSE(moved());
  put(*database, "a");
  EXPECT_TRUE(moved());
  const auto taken_back = [&]() -> base::Result<> {
    put(*database, "b");
    EXPECT_TRUE(moved()) << "who reads now sees it";
    return base::fail(base::ErrorCode::kConflict, "no");
  };
  EXPECT_FALSE(database->transaction(taken_back));
  EXPECT_TRUE(moved()) << "and now does not";
  EXPECT_TRUE(database->transaction([&]() -> base::Result<> {
    EXPECT_FALSE(database->transaction(taken_back));
    EXPECT_TRUE(moved()) << "nor within another transaction";
    return {};
  }));
  database->prepare("DELETE FROM settings").run();
  EXPECT_TRUE(moved());
}

std::int64_t synchronous(Database& database) {
  auto pragma = database.prepare("PRAGMA synchronous");
  pragma.step();
  return pragma.number(0);
}

TEST_F(DatabaseFile, WaitsForTheDiskExceptForNotes) {
  constexpr std::int64_t kNormal = 1, kFull = 2;
  auto database = *Database::open(file_);
  const auto look = [&](std::int64_t wanted) {
    return [&database, wanted]() -> base::Result<> {
      EXPECT_EQ(synchronous(*database), wanted);
      put(*database, base::new_id());
      return {};
    };
  };
  EXPECT_TRUE(database->note(look(kNormal)));
  EXPECT_TRUE(database->transaction(look(kFull)));
  const auto within = [&] { return database->note(look(kFull)); };
  EXPECT_TRUE(database->transaction(within));
  EXPECT_EQ(settings(*Database::open(file_).value()), 3);
  EXPECT_THROW((void)database->note([]() -> base::Result<> { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_EQ(synchronous(*database), kFull);
  EXPECT_EQ(settings(*database), 3);
}

TEST(Transaction, OneWithinAnotherFailsAlone) {
  auto database = Database::in_memory();
  ASSERT_TRUE(database->transaction([&]() -> base::Result<> {
    put(*database, "outer");
    const auto inner = database->transaction([&]() -> base::Result<> {
      put(*database, "inner");
      return base::fail(base::ErrorCode::kConflict, "no");
    });
    EXPECT_FALSE(inner);
    return {};
  }));
  EXPECT_EQ(settings(*database), 1);
}

TEST(Statement, KeepsBytesNullsAndNumbersApart) {
  auto database = Database::in_memory();
  const std::string bytes{"a\0b", 3};
  auto row = database->prepare("SELECT ?, ?, ?, ?, ?");
  row.bind(bytes).bind_blob(bytes).bind_null().bind(std::int64_t{-5}).bind(2.5);
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.text(0), bytes);
  EXPECT_EQ(row.text(1), bytes);
  EXPECT_TRUE(row.is_null(2));
  EXPECT_EQ(row.text(2), "");
  EXPECT_EQ(row.number(3), -5);
  EXPECT_EQ(row.real(4), 2.5);
}

TEST(Statement, WrongSqlIsABug) {
  auto database = Database::in_memory();
  EXPECT_THROW(database->prepare("SELEC 1"), std::logic_error);
}

}  // namespace
}  // namespace slipway::store
