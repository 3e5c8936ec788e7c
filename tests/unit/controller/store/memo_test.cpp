// SPDX-License-Identifier: Apache-2.0
#include "controller/store/memo.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "protocol/base/ids.hpp"

namespace slipway::store {
namespace {

constexpr std::size_t kMost = 3;

base::MonotonicTime now;  // the database's

class MemoTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<Database> open() {
    return std::move(*Database::open(directory_ / "slipway.db", [] { return now; }));
  }
  static void put(Database& database, const std::string& key, const std::string& value) {
    database.prepare("INSERT OR REPLACE INTO settings VALUES (?,?)").bind(key).bind(value).run();
  }
  std::string get(const std::string& key) {
    return memo_.get(key, [&] {
      ++reads_;
      auto row = database_->prepare("SELECT value FROM settings WHERE key=?");
      return row.bind(key).step() ? row.text(0) : std::string{"none"};
    });
  }

  const std::filesystem::path directory_ = [] {
    auto made = std::filesystem::temp_directory_path() / ("memo-" + base::new_id());
    std::filesystem::create_directories(made);
    return made;
  }();
  std::unique_ptr<Database> database_ = open();
  Memo<std::string, std::string> memo_{*database_, kMost};
  int reads_ = 0;
};

TEST_F(MemoTest, WhatWasReadStandsUntilSomethingIsWritten) {
  EXPECT_EQ(get("a"), "none");
  EXPECT_EQ(get("a"), "none");
  EXPECT_EQ(reads_, 1);
  put(*database_, "a", "1");
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(reads_, 2);
}

TEST_F(MemoTest, AnotherProcessWritesToo) {
  const auto other = open();
  put(*other, "a", "1");
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(reads_, 1);
  put(*other, "a", "2");
  now += kOthersUnseen - std::chrono::nanoseconds{1};
  EXPECT_EQ(get("a"), "1") << "it asked the file for each read";
  now += std::chrono::nanoseconds{1};
  EXPECT_EQ(get("a"), "2");
}

TEST_F(MemoTest, WhatIsTakenBackWasNeverThere) {
  EXPECT_FALSE(database_->transaction([&]() -> base::Result<> {
    put(*database_, "a", "1");
    EXPECT_EQ(get("a"), "1");
    return base::fail(base::ErrorCode::kConflict, "no");
  }));
  EXPECT_EQ(get("a"), "none");
}

TEST_F(MemoTest, KeepsNoMoreThanItMay) {
  for (const auto* key : {"a", "b", "c", "a", "b", "c"}) get(key);
  EXPECT_EQ(reads_, 3);
  get("d");
  get("d");
  EXPECT_EQ(reads_, 4);
  get("a");
  EXPECT_EQ(reads_, 5) << "it went when one more came";
}

TEST_F(MemoTest, NothingIsKeptOfAReadThatFails) {
  const auto fails = []() -> std::string { throw std::runtime_error("no such value"); };
  EXPECT_THROW((void)memo_.get("a", fails), std::runtime_error);
  EXPECT_EQ(get("a"), "none");
}

}  // namespace
}  // namespace slipway::store
