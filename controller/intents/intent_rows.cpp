// SPDX-License-Identifier: Apache-2.0
#include "controller/intents/intent_rows.hpp"

#include <algorithm>

#include "protocol/wire/text.hpp"

namespace slipway::intents {

using base::from_unix_ms;
using base::to_unix_ms;

namespace {

constexpr std::size_t kMaxListedMessage = 1024;
constexpr char kSelect[] =
    "SELECT id, cluster, state, delivered, accepted_ms, finished_ms, actor, summary, sequence, ok, "
    "message FROM intents ";

State state_of(const std::string& name) {
  if (name == "done") return State::kDone;
  if (name == "cancelled") return State::kCancelled;
  return State::kPending;
}

Outcome read(const store::Statement& row) {
  Outcome outcome;
  outcome.id = {row.text(0)};
  outcome.cluster = {row.text(1)};
  outcome.state = state_of(row.text(2));
  outcome.delivered = row.number(3) != 0;
  outcome.accepted = from_unix_ms(row.number(4));
  outcome.finished = from_unix_ms(row.number(5));
  outcome.asked_by = row.text(6);
  outcome.summary = row.text(7);
  outcome.sequence = row.number(8);
  outcome.answer.set_ok(row.number(9) != 0);
  outcome.answer.set_message(row.text(10));
  return outcome;
}

bool is_well(const wire::IntentOutcome& outcome) {
  return outcome.ok() &&
         std::ranges::all_of(outcome.objects(), [](const auto& object) { return object.ok(); });
}

}  // namespace

void IntentRows::add(const ClusterId& cluster, const wire::Intent& intent, base::UtcTime now) {
  database_
      .prepare(
          "INSERT INTO intents (id, cluster, state, accepted_ms, actor, summary) "
          "VALUES (?, ?, 'pending', ?, ?, ?)")
      .bind(intent.id())
      .bind(cluster.value)
      .bind(to_unix_ms(now))
      .bind(intent.asked_by())
      .bind(intent.summary())
      .run();
  database_.prepare("INSERT INTO intent_texts (id, intent) VALUES (?, ?)")
      .bind(intent.id())
      .bind_blob(intent.SerializeAsString())
      .run();
}

std::optional<Outcome> IntentRows::find(const IntentId& id) const {
  auto row = database_.prepare(std::string(kSelect) + "WHERE id = ?");
  row.bind(id.value);
  if (!row.step()) return std::nullopt;
  auto found = read(row);
  auto texts = database_.prepare("SELECT outcome FROM intent_texts WHERE id = ?");
  texts.bind(id.value);
  if (texts.step() && !texts.is_null(0)) found.answer.ParseFromString(texts.text(0));
  return found;
}

std::optional<wire::Intent> IntentRows::intent(const IntentId& id) const {
  auto row = database_.prepare("SELECT intent FROM intent_texts WHERE id = ?");
  row.bind(id.value);
  wire::Intent intent;
  if (!row.step() || row.is_null(0) || !intent.ParseFromString(row.text(0))) return std::nullopt;
  return intent;
}

std::size_t IntentRows::pending_count(const ClusterId& cluster) const {
  auto row =
      database_.prepare("SELECT count(*) FROM intents WHERE cluster = ? AND state = 'pending'");
  row.bind(cluster.value);
  row.step();
  return static_cast<std::size_t>(row.number(0));
}

std::vector<Outcome> IntentRows::pending(const ClusterId& cluster) const {
  auto row = database_.prepare(std::string(kSelect) +
                               "WHERE cluster = ? AND state = 'pending' ORDER BY sequence");
  row.bind(cluster.value);
  std::vector<Outcome> all;
  while (row.step()) all.push_back(read(row));
  return all;
}

std::vector<Outcome> IntentRows::newest(const ClusterId& cluster, const Wanted& wanted) const {
  auto row = database_.prepare(
      std::string(kSelect) +
      "WHERE cluster = ?1 AND sequence < ?2 AND (?3 = '' OR actor = ?3) AND (?4 = 0 OR state = "
      "'pending') AND (?6 = '' OR instr(lower(summary), ?6) > 0) ORDER BY sequence DESC LIMIT ?5");
  row.bind(cluster.value)
      .bind(wanted.before)
      .bind(wanted.asked_by)
      .bind(std::int64_t{wanted.only_pending})
      .bind(wanted.limit)
      .bind(wanted.search);
  std::vector<Outcome> all;
  while (row.step()) all.push_back(read(row));
  return all;
}

std::vector<ClusterId> IntentRows::clusters_with_pending() const {
  auto row = database_.prepare("SELECT DISTINCT cluster FROM intents WHERE state = 'pending'");
  std::vector<ClusterId> all;
  while (row.step()) all.push_back({row.text(0)});
  return all;
}

void IntentRows::set_delivered(const IntentId& id) {
  database_.prepare("UPDATE intents SET delivered = 1 WHERE id = ?").bind(id.value).run();
}

void IntentRows::finish(const IntentId& id, const wire::IntentOutcome& outcome, base::UtcTime now) {
  database_
      .prepare(
          "UPDATE intents SET state = 'done', delivered = 1, ok = ?, message = ?, finished_ms = ? "
          "WHERE id = ?")
      .bind(is_well(outcome))
      .bind(wire::head_of(outcome.message(), kMaxListedMessage))
      .bind(to_unix_ms(now))
      .bind(id.value)
      .run();
  keep_texts(id, outcome);
}

void IntentRows::keep_texts(const IntentId& id, const wire::IntentOutcome& outcome) {
  auto kept = outcome;
  kept.clear_body();  // it is for who waits, and may be a Secret
  database_.prepare("UPDATE intent_texts SET outcome = ? WHERE id = ?")
      .bind_blob(kept.SerializeAsString())
      .bind(id.value)
      .run();
  if (!is_well(outcome)) return;  // it may be asked again, or undone
  database_.prepare("UPDATE intent_texts SET intent = NULL WHERE id = ?").bind(id.value).run();
}

void IntentRows::complete() {
  std::vector<IntentId> older;
  auto row = database_.prepare("SELECT id FROM intents WHERE state = 'done' AND ok IS NULL");
  while (row.step()) older.push_back({row.text(0)});
  for (const IntentId& id : older) {
    const auto found = find(id);
    database_.prepare("UPDATE intents SET ok = ?, message = ? WHERE id = ?")
        .bind(is_well(found->answer))
        .bind(wire::head_of(found->answer.message(), kMaxListedMessage))
        .bind(id.value)
        .run();
    keep_texts(id, found->answer);
  }
}

void IntentRows::cancel(const IntentId& id, base::UtcTime now) {
  database_.prepare("UPDATE intents SET state = 'cancelled', finished_ms = ? WHERE id = ?")
      .bind(to_unix_ms(now))
      .bind(id.value)
      .run();
}

void IntentRows::forget(const ClusterId& cluster) {
  database_.prepare("DELETE FROM intents WHERE cluster = ?").bind(cluster.value).run();
}

void IntentRows::keep_newest(const ClusterId& cluster, const std::string& asked_by,
                             std::size_t count) {
  database_
      .prepare(
          "DELETE FROM intents WHERE cluster = ?1 AND actor = ?3 AND state <> 'pending' AND "
          "sequence <= (SELECT sequence FROM intents WHERE cluster = ?1 AND actor = ?3 AND "
          "state <> 'pending' ORDER BY sequence DESC LIMIT 1 OFFSET ?2)")
      .bind(cluster.value)
      .bind(count)
      .bind(asked_by)
      .run();
}

void IntentRows::keep_texts_of_newest(const ClusterId& cluster, const std::string& asked_by,
                                      std::size_t count) {
  database_
      .prepare(
          "UPDATE intent_texts SET intent = NULL WHERE intent IS NOT NULL AND id IN (SELECT id "
          "FROM intents WHERE cluster = ?1 AND actor = ?3 AND state <> 'pending' AND ok IS NOT 1 "
          "ORDER BY sequence DESC LIMIT -1 OFFSET ?2)")
      .bind(cluster.value)
      .bind(count)
      .bind(asked_by)
      .run();
}

}  // namespace slipway::intents
