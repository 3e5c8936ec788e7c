// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "controller/access/sqlite_audit.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::access {
namespace {

AuditEntry entry(const std::string& action, const std::string& actor = "admin") {
  return {.actor = actor,
          .role = "administrator",
          .from = "127.0.0.1",
          .action = action,
          .object = "clusters/demo",
          .outcome = "ok",
          .detail = "",
          .request_id = "r"};
}

class AuditTest : public ::testing::Test {
 protected:
  fakes::ManualClock clock;
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  SqliteAudit audit{*database, clock};
};

TEST_F(AuditTest, ListsNewestFirstByPageAndFilter) {
  for (int i = 0; i < 5; ++i) audit.record(entry(i % 2 == 0 ? "login" : "logout"));
  auto page = audit.list({.limit = 2});
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].sequence, 5);
  auto next = audit.list({.before = page[1].sequence, .limit = 10});
  ASSERT_EQ(next.size(), 3U);
  EXPECT_EQ(next[0].sequence, 3);
  EXPECT_EQ(audit.list({.action = "logout"}).size(), 2U);
  EXPECT_TRUE(audit.list({.actor = "nobody"}).empty());
}

TEST_F(AuditTest, RowsCanNeitherBeChangedNorDeleted) {
  audit.record(entry("login"));
  EXPECT_ANY_THROW(database->prepare("UPDATE audit SET actor = 'x'").run());
  EXPECT_ANY_THROW(database->prepare("DELETE FROM audit").run());
  EXPECT_EQ(audit.list({}).size(), 1U);
}

TEST_F(AuditTest, TheChainTellsAChangedRow) {
  for (int i = 0; i < 4; ++i) audit.record(entry("login"));
  EXPECT_FALSE(audit.verify().broken_at);
  EXPECT_EQ(audit.verify().entries, 4);
  database->prepare("DROP TRIGGER audit_no_update").run();
  database->prepare("UPDATE audit SET actor = 'x' WHERE sequence = 2").run();
  EXPECT_EQ(audit.verify().broken_at, 2);
}

TEST_F(AuditTest, TheChainTellsAMissingRow) {
  for (int i = 0; i < 4; ++i) audit.record(entry("login"));
  database->prepare("DROP TRIGGER audit_no_delete").run();
  database->prepare("DELETE FROM audit WHERE sequence = 3").run();
  EXPECT_EQ(audit.verify().broken_at, 3);
}

TEST_F(AuditTest, FieldsAreTidied) {
  auto bad = entry("login");
  bad.actor = "a\nb";
  bad.detail = std::string(5000, 'x');
  audit.record(bad);
  auto row = audit.list({}).front();
  EXPECT_EQ(row.entry.actor, "a b");
  EXPECT_EQ(row.entry.detail.size(), kMaxAuditFieldBytes);
  EXPECT_FALSE(audit.verify().broken_at);
}

}  // namespace
}  // namespace slipway::access
