// SPDX-License-Identifier: Apache-2.0
#include "controller/intents/intent_rows.hpp"

namespace slipway::intents {

using base::from_unix_ms;
using base::to_unix_ms;

namespace {

constexpr char kSelect[] =
    "SELECT id, cluster, state, delivered, accepted_ms, finished_ms, outcome, actor, summary, "
    "sequence FROM intents ";

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
  if (!row.is_null(6)) outcome.answer.ParseFromString(row.text(6));
  outcome.asked_by = row.text(7);
  outcome.summary = row.text(8);
  outcome.sequence = row.number(9);
  return outcome;
}

}  // namespace

void IntentRows::add(const ClusterId& cluster, const wire::Intent& intent, base::UtcTime now) {
  database_
      .prepare(
          "INSERT INTO intents (id, cluster, intent, state, accepted_ms, actor, summary) "
          "VALUES (?, ?, ?, 'pending', ?, ?, ?)")
      .bind(intent.id())
      .bind(cluster.value)
      .bind_blob(intent.SerializeAsString())
      .bind(to_unix_ms(now))
      .bind(intent.asked_by())
      .bind(intent.summary())
      .run();
}

std::optional<Outcome> IntentRows::find(const IntentId& id) const {
  auto row = database_.prepare(std::string(kSelect) + "WHERE id = ?");
  row.bind(id.value);
  if (!row.step()) return std::nullopt;
  return read(row);
}

std::optional<wire::Intent> IntentRows::intent(const IntentId& id) const {
  auto row = database_.prepare("SELECT intent FROM intents WHERE id = ?");
  row.bind(id.value);
  wire::Intent intent;
  if (!row.step() || !intent.ParseFromString(row.text(0))) return std::nullopt;
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
      "'pending') ORDER BY sequence DESC LIMIT ?5");
  row.bind(cluster.value)
      .bind(wanted.before)
      .bind(wanted.asked_by)
      .bind(std::int64_t{wanted.only_pending})
      .bind(wanted.limit);
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
          "UPDATE intents SET state = 'done', delivered = 1, outcome = ?, finished_ms = ? "
          "WHERE id = ?")
      .bind_blob(outcome.SerializeAsString())
      .bind(to_unix_ms(now))
      .bind(id.value)
      .run();
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

}  // namespace slipway::intents
