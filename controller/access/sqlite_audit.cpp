// SPDX-License-Identifier: Apache-2.0
#include "controller/access/sqlite_audit.hpp"

#include <algorithm>

#include "protocol/base/log.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::access {

namespace {

constexpr char kAuditColumns[] =
    "SELECT sequence, at_ms, actor, role, address, action, object, outcome, detail, request_id, "
    "hash FROM audit ";

StoredAuditEntry read_audit(const store::Statement& row) {
  return {.sequence = row.number(0),
          .at = base::from_unix_ms(row.number(1)),
          .entry = {.actor = row.text(2),
                    .role = row.text(3),
                    .from = row.text(4),
                    .action = row.text(5),
                    .object = row.text(6),
                    .outcome = row.text(7),
                    .detail = row.text(8),
                    .request_id = row.text(9)},
          .hash = row.text(10)};
}

/// Each field with its length before it, so that no two entries have the same text.
std::string chained_hash(const std::string& before, const StoredAuditEntry& row) {
  const auto& e = row.entry;
  std::string text;
  for (const auto& part :
       {before, std::to_string(row.sequence), std::to_string(base::to_unix_ms(row.at)), e.actor,
        e.role, e.from, e.action, e.object, e.outcome, e.detail, e.request_id}) {
    text += std::to_string(part.size()) + ":" + part;
  }
  return pki::sha256_hex(text);
}

/// Control characters have no business in a log that people read; long fields are cut.
void tidy(std::string& field) {
  if (field.size() > kMaxAuditFieldBytes) field.resize(kMaxAuditFieldBytes);
  std::ranges::replace_if(field, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
}

}  // namespace

SqliteAudit::SqliteAudit(store::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock) {}

void SqliteAudit::record(AuditEntry entry) {
  for (auto* field : {&entry.actor, &entry.role, &entry.from, &entry.action, &entry.object,
                      &entry.outcome, &entry.detail, &entry.request_id}) {
    tidy(*field);
  }
  spdlog::info("audit: {} {} {} by {} from {}: {} {}", entry.request_id, entry.action, entry.object,
               entry.actor, entry.from, entry.outcome, entry.detail);
  StoredAuditEntry row{.sequence = 1, .at = clock_.utc(), .entry = std::move(entry), .hash = {}};
  std::string before;
  {
    auto last =
        database_.prepare("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1");
    if (last.step()) {
      row.sequence = last.number(0) + 1;
      before = last.text(1);
    }
  }
  row.hash = chained_hash(before, row);
  const auto& e = row.entry;
  database_
      .prepare(
          "INSERT INTO audit (sequence, at_ms, actor, role, address, action, object, outcome, "
          "detail, request_id, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?)")
      .bind(row.sequence)
      .bind(base::to_unix_ms(row.at))
      .bind(e.actor)
      .bind(e.role)
      .bind(e.from)
      .bind(e.action)
      .bind(e.object)
      .bind(e.outcome)
      .bind(e.detail)
      .bind(e.request_id)
      .bind(row.hash)
      .run();
}

std::vector<StoredAuditEntry> SqliteAudit::list(const AuditQuery& query) const {
  auto row = database_.prepare(std::string(kAuditColumns) +
                               "WHERE sequence < ?1 AND (?2 = '' OR action = ?2) AND "
                               "(?3 = '' OR actor = ?3) ORDER BY sequence DESC LIMIT ?4");
  row.bind(query.before.value_or(INT64_MAX))
      .bind(query.action)
      .bind(query.actor)
      .bind(std::min(query.limit, kMaxAuditPage));
  std::vector<StoredAuditEntry> entries;
  while (row.step()) entries.push_back(read_audit(row));
  return entries;
}

AuditChain SqliteAudit::verify() const {
  AuditChain chain;
  std::string before;
  auto row = database_.prepare(std::string(kAuditColumns) + "ORDER BY sequence");
  while (row.step()) {
    const auto stored = read_audit(row);
    if (stored.sequence != chain.entries + 1 || stored.hash != chained_hash(before, stored)) {
      chain.broken_at = chain.entries + 1;
      return chain;
    }
    ++chain.entries;
    before = stored.hash;
  }
  return chain;
}

}  // namespace slipway::access
