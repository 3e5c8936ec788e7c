// SPDX-License-Identifier: Apache-2.0
#include "controller/access/sqlite_audit.hpp"

#include <algorithm>

#include "protocol/base/log.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::access {

namespace {

constexpr char kAuditColumns[] =
    "SELECT sequence, at_ms, actor, role, address, action, object, outcome, detail, request_id, "
    "hash, cluster, name_space FROM audit ";

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
                    .request_id = row.text(9),
                    .cluster = row.text(11),
                    .name_space = row.text(12)},
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
  // Entries of before there were places have none, and the hash that they always had.
  if (!e.cluster.empty() || !e.name_space.empty()) {
    for (const auto& part : {e.cluster, e.name_space}) {
      text += std::to_string(part.size()) + ":" + part;
    }
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
  for (auto* field :
       {&entry.actor, &entry.role, &entry.from, &entry.action, &entry.object, &entry.outcome,
        &entry.detail, &entry.request_id, &entry.cluster, &entry.name_space}) {
    tidy(*field);
  }
  spdlog::info("audit: {} {} {} by {} from {}: {} {}", entry.request_id, entry.action, entry.object,
               entry.actor, entry.from, entry.outcome, entry.detail);
  const auto last = head();
  StoredAuditEntry row{
      .sequence = last.sequence + 1, .at = clock_.utc(), .entry = std::move(entry), .hash = {}};
  row.hash = chained_hash(last.hash, row);
  const auto& e = row.entry;
  database_
      .prepare(
          "INSERT INTO audit (sequence, at_ms, actor, role, address, action, object, outcome, "
          "detail, request_id, hash, cluster, name_space) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)")
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
      .bind(e.cluster)
      .bind(e.name_space)
      .run();
}

std::vector<StoredAuditEntry> SqliteAudit::list(const AuditQuery& query) const {
  // Only what is asked for stands in the statement, so that an index can serve it.
  std::string where = "WHERE sequence < ? AND sequence > ?";
  std::vector<std::string> texts;
  const auto add = [&](const char* condition, const std::string& text) {
    if (text.empty()) return;
    where += std::string(" AND ") + condition;
    texts.push_back(text);
  };
  const auto add_prefix = [&](const char* column, const std::string& text) {
    if (text.empty()) return;
    const std::string name(column);
    where += " AND " + name + " >= ? AND " + name + " < ?";
    texts.push_back(text);
    texts.push_back(text + "\xf4\x90");  // after whatever begins so: no UTF-8 goes beyond
  };
  if (query.action.ends_with('.')) {
    add_prefix("action", query.action);
  } else {
    add("action = ?", query.action);
  }
  add("actor = ?", query.actor);
  add_prefix("object", query.object);
  if (query.outcome == "refused") {
    where += " AND outcome <> 'ok'";
  } else {
    add("outcome = ?", query.outcome);
  }
  add("cluster = ?", query.cluster);
  add("name_space = ?", query.name_space);
  where += " AND at_ms >= ? AND at_ms < ?";
  auto row = database_.prepare(std::string(kAuditColumns) + where + " ORDER BY sequence" +
                               (query.after ? "" : " DESC") + " LIMIT ?");
  row.bind(query.before.value_or(INT64_MAX)).bind(query.after.value_or(0));
  for (const auto& text : texts) row.bind(text);
  row.bind(query.since ? base::to_unix_ms(*query.since) : 0)
      .bind(query.until ? base::to_unix_ms(*query.until) : INT64_MAX)
      .bind(std::min(query.limit, kMaxAuditPage));
  std::vector<StoredAuditEntry> entries;
  while (row.step()) entries.push_back(read_audit(row));
  return entries;
}

AuditHead SqliteAudit::head() const {
  auto last = database_.prepare("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1");
  if (!last.step()) return {};
  return {.sequence = last.number(0), .hash = last.text(1)};
}

std::optional<std::string> SqliteAudit::hash_at(std::int64_t sequence) const {
  auto row = database_.prepare("SELECT hash FROM audit WHERE sequence = ?");
  if (!row.bind(sequence).step()) return std::nullopt;
  return row.text(0);
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
