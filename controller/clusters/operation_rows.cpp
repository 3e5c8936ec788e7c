// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/operation_rows.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace slipway::clusters {
namespace {

constexpr std::array<std::pair<OperationState, std::string_view>, 5> kOperationStates{{
    {OperationState::kWaiting, "waiting"},
    {OperationState::kRunning, "running"},
    {OperationState::kDone, "done"},
    {OperationState::kFailed, "failed"},
    {OperationState::kCancelled, "cancelled"},
}};
constexpr std::array<std::pair<StepState, std::string_view>, 4> kStepStates{{
    {StepState::kWaiting, "waiting"},
    {StepState::kRunning, "running"},
    {StepState::kDone, "done"},
    {StepState::kFailed, "failed"},
}};

template <class Table, class State>
std::string_view name_in(const Table& table, State state) {
  return std::ranges::find(table, state, [](const auto& row) { return row.first; })->second;
}

template <class Table>
auto state_in(const Table& table, std::string_view name) {
  const auto found = std::ranges::find(table, name, [](const auto& row) { return row.second; });
  return found == table.end() ? table.front().first : found->first;
}

std::optional<base::UtcTime> time_or_none(std::int64_t ms) {
  if (ms == 0) return std::nullopt;
  return base::from_unix_ms(ms);
}

std::vector<StepRecord> read_steps(store::Database& database, const OperationId& id) {
  std::vector<StepRecord> steps;
  auto rows = database.prepare(
      "SELECT name, state, attempts, started_ms, ended_ms, next_ms, error, log_tail"
      " FROM operation_steps WHERE operation=? ORDER BY position");
  rows.bind(id.value);
  while (rows.step()) {
    StepRecord step{rows.text(0), state_in(kStepStates, rows.text(1)),
                    static_cast<unsigned>(rows.number(2))};
    step.started = time_or_none(rows.number(3));
    step.ended = time_or_none(rows.number(4));
    step.next_attempt = time_or_none(rows.number(5));
    step.error = rows.text(6);
    step.log_tail = rows.text(7);
    steps.push_back(std::move(step));
  }
  return steps;
}

constexpr char kOperationColumns[] =
    "SELECT id, cluster, kind, subject, state, created_ms, ended_ms, error, by";

OperationRecord record_of(store::Database& database, const store::Statement& row) {
  OperationRecord record{OperationId{row.text(0)},
                         ClusterId{row.text(1)},
                         row.text(2),
                         row.text(3),
                         state_in(kOperationStates, row.text(4)),
                         base::from_unix_ms(row.number(5))};
  record.ended = time_or_none(row.number(6));
  record.error = row.text(7);
  record.by = row.text(8);
  record.steps = read_steps(database, record.id);
  return record;
}

}  // namespace

std::string_view name_of(OperationState state) {
  return name_in(kOperationStates, state);
}
std::string_view name_of(StepState state) {
  return name_in(kStepStates, state);
}

void insert_operation(store::Database& database, const NewOperation& operation, base::UtcTime now,
                      const std::vector<std::string>& steps) {
  database
      .prepare(
          "INSERT INTO operations (id, cluster, kind, subject, state, created_ms, by, sequence)"
          " VALUES (?,?,?,?,'waiting',?,?,"
          " (SELECT coalesce(max(sequence),0)+1 FROM operations))")
      .bind(operation.id.value)
      .bind(operation.cluster.value)
      .bind(operation.kind)
      .bind(operation.subject)
      .bind(base::to_unix_ms(now))
      .bind(operation.by)
      .run();
  int position = 0;
  for (const std::string& step : steps) {
    database
        .prepare(
            "INSERT INTO operation_steps (operation, position, name, state)"
            " VALUES (?,?,?,'waiting')")
        .bind(operation.id.value)
        .bind(position++)
        .bind(step)
        .run();
  }
}

std::size_t count_open_operations(store::Database& database) {
  auto count =
      database.prepare("SELECT count(*) FROM operations WHERE state IN ('waiting','running')");
  return count.step() ? static_cast<std::size_t>(count.number(0)) : 0;
}

std::optional<CurrentStep> read_current(store::Database& database, const OperationId& id) {
  auto row = database.prepare(
      "SELECT o.cluster, o.kind, s.position, s.name, s.state, s.attempts, s.failures, s.began_ms,"
      " s.error, o.subject FROM operations o LEFT JOIN operation_steps s ON s.operation=o.id"
      " AND s.state<>'done' WHERE o.id=? AND o.state IN ('waiting','running')"
      " ORDER BY s.position LIMIT 1");
  if (!row.bind(id.value).step()) return std::nullopt;
  CurrentStep found{id, ClusterId{row.text(0)}, row.text(1), row.text(9)};
  found.has_step = !row.is_null(2);
  found.position = static_cast<int>(row.number(2));
  found.step = row.text(3);
  found.state = row.text(4);
  found.attempts = static_cast<unsigned>(row.number(5));
  found.failures = static_cast<unsigned>(row.number(6));
  found.began_ms = row.number(7);
  found.error = row.text(8);
  return found;
}

base::Result<OperationRecord> read_operation(store::Database& database, const OperationId& id) {
  auto row = database.prepare(std::string{kOperationColumns} + " FROM operations WHERE id=?");
  if (!row.bind(id.value).step()) {
    return base::fail(base::ErrorCode::kNotFound, "no operation " + id.value);
  }
  return record_of(database, row);
}

std::vector<OperationRecord> read_operations(store::Database& database,
                                             const std::optional<ClusterId>& cluster,
                                             std::size_t limit) {
  std::vector<OperationRecord> found;
  const std::string where = cluster ? " WHERE cluster=?" : "";
  auto rows = database.prepare(std::string{kOperationColumns} + " FROM operations" + where +
                               " ORDER BY sequence DESC LIMIT ?");
  if (cluster) rows.bind(cluster->value);
  rows.bind(limit);
  while (rows.step()) found.push_back(record_of(database, rows));
  return found;
}

void renew_times(store::Database& database, base::UtcTime now) {
  database
      .prepare(
          "UPDATE operation_steps SET began_ms=max(began_ms, ?) WHERE began_ms>0"
          " AND state IN ('waiting','running')")
      .bind(base::to_unix_ms(now))
      .run();
}

void go_back(store::Database& database, const OperationId& id, const std::string& step) {
  database
      .prepare(
          "UPDATE operation_steps SET state='waiting', began_ms=0, ended_ms=0 WHERE operation=?1"
          " AND position>=(SELECT position FROM operation_steps WHERE operation=?1 AND name=?2)")
      .bind(id.value)
      .bind(step)
      .run();
}

void append_step_log(store::Database& database, const OperationId& id, int position,
                     const std::string& line) {
  auto row =
      database.prepare("SELECT log_tail FROM operation_steps WHERE operation=? AND position=?");
  if (!row.bind(id.value).bind(position).step()) return;
  std::string tail = row.text(0) + line + "\n";
  auto lines = static_cast<std::size_t>(std::ranges::count(tail, '\n'));
  while (!tail.empty() && (lines > kLogTailLines || tail.size() > kLogTailBytes)) {
    tail.erase(0, tail.find('\n') + 1);
    --lines;
  }
  database.prepare("UPDATE operation_steps SET log_tail=? WHERE operation=? AND position=?")
      .bind(tail)
      .bind(id.value)
      .bind(position)
      .run();
}

}  // namespace slipway::clusters
