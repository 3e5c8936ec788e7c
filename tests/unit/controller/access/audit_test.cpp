// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "controller/access/audit_heads.hpp"
#include "protocol/base/files.hpp"
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

TEST_F(AuditTest, FiltersByPlaceOutcomeObjectAndTime) {
  auto here = entry("exec.open");
  here.cluster = "demo";
  here.name_space = "shop";
  audit.record(here);
  clock.advance(std::chrono::hours(1));
  const auto later = clock.utc();
  auto refused = entry("exec.refused", "ann");
  refused.outcome = "denied";
  refused.object = "clusters/demo2";
  audit.record(refused);
  const auto count = [&](AuditQuery query) { return audit.list(query).size(); };
  EXPECT_EQ(count({.action = "exec."}), 2U) << "all that begins so";
  EXPECT_EQ(count({.action = "exec"}), 0U);
  EXPECT_EQ(count({.cluster = "demo"}), 1U);
  EXPECT_EQ(count({.cluster = "demo", .name_space = "other"}), 0U);
  EXPECT_EQ(count({.outcome = "refused"}), 1U);
  EXPECT_EQ(count({.outcome = "ok"}), 1U);
  EXPECT_EQ(count({.object = "clusters/demo"}), 2U);
  EXPECT_EQ(count({.object = "clusters/demo2"}), 1U);
  EXPECT_EQ(count({.since = later}), 1U);
  EXPECT_EQ(count({.until = later}), 1U) << "the end is not included";
  EXPECT_EQ(count({.actor = "ann", .since = later, .until = later}), 0U);
  const auto oldest_first = audit.list({.after = 0, .limit = 1});
  ASSERT_EQ(oldest_first.size(), 1U);
  EXPECT_EQ(oldest_first[0].sequence, 1);
  EXPECT_FALSE(audit.verify().broken_at);
}

TEST_F(AuditTest, ThePlaceIsCoveredByTheHash) {
  auto here = entry("exec.open");
  here.cluster = "demo";
  audit.record(here);
  database->prepare("DROP TRIGGER audit_no_update").run();
  database->prepare("UPDATE audit SET cluster = '', name_space = 'demo'").run();
  EXPECT_EQ(audit.verify().broken_at, 1);
}

class AuditHeadsTest : public AuditTest {
 protected:
  AuditHeadsTest() {
    char name[] = "/tmp/slipway-heads-XXXXXX";
    directory = ::mkdtemp(name);
    file = directory / "audit-heads";
  }
  ~AuditHeadsTest() override { std::filesystem::remove_all(directory); }
  std::string text() { return *base::read_file(file); }

  std::filesystem::path directory;
  std::filesystem::path file;
};

TEST_F(AuditHeadsTest, TheNewestHashIsWrittenOnceAndReadableByNobodyElse) {
  AuditHeads heads(audit, clock, file);
  EXPECT_TRUE(heads.write());
  EXPECT_FALSE(std::filesystem::exists(file)) << "nothing was recorded yet";
  audit.record(entry("login"));
  EXPECT_TRUE(heads.write());
  EXPECT_TRUE(heads.write());
  EXPECT_EQ(text(), base::to_rfc3339(clock.utc()) + " 1 " + audit.head().hash + "\n");
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(*check_heads(audit, file), 1U);
}

TEST_F(AuditHeadsTest, ACutTailShows) {
  AuditHeads heads(audit, clock, file);
  for (int i = 0; i < 3; ++i) audit.record(entry("login"));
  EXPECT_TRUE(heads.write());
  database->prepare("DROP TRIGGER audit_no_delete").run();
  database->prepare("DELETE FROM audit WHERE sequence = 3").run();
  EXPECT_FALSE(audit.verify().broken_at) << "the chain alone does not tell";
  EXPECT_EQ(check_heads(audit, file).error().code, base::ErrorCode::kConflict);
  audit.record(entry("something else"));
  EXPECT_FALSE(check_heads(audit, file)) << "nor does another entry in its place fit";
  EXPECT_FALSE(AuditHeads(audit, clock, file).check_last());
}

TEST_F(AuditHeadsTest, ALineThatACrashCutShortIsNoFault) {
  audit.record(entry("login"));
  (void)base::write_file(file, "2026-01-02T03:04:05.000Z 1 abc", 0600);
  EXPECT_EQ(*check_heads(audit, file), 0U);
  EXPECT_TRUE(AuditHeads(audit, clock, file).write());
  EXPECT_EQ(*check_heads(audit, file), 1U);
  (void)base::write_file(file, "nonsense\n" + text(), 0600);
  EXPECT_EQ(check_heads(audit, file).error().code, base::ErrorCode::kInvalid);
}

TEST_F(AuditHeadsTest, TheFileIsBoundedAndTheOneBeforeIsKept) {
  AuditHeads heads(audit, clock, file);
  audit.record(entry("login"));
  const auto line = base::to_rfc3339(clock.utc()) + " 1 " + audit.head().hash + "\n";
  std::string many;
  while (many.size() < kMaxHeadsBytes) many += line;
  (void)base::write_file(file, many, 0600);
  EXPECT_TRUE(heads.write());
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_TRUE(std::filesystem::exists(older_heads(file)));
  EXPECT_TRUE(heads.check_last());
  audit.record(entry("logout"));
  EXPECT_TRUE(heads.write());
  EXPECT_GT(*check_heads(audit, file), many.size() / line.size());
}

}  // namespace
}  // namespace slipway::access
