// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/operations.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>

#include "controller/clusters/operation_rows.hpp"
#include "controller/rounds.hpp"
#include "protocol/base/check.hpp"
#include "protocol/base/log.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;

using controller::Busy;
using controller::outlive;

constexpr std::chrono::seconds kLongestSleep{5};  ///< the loop looks again at least so often

}  // namespace

Outcome failed(const base::Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kDenied:
    case ErrorCode::kExhausted:
    case ErrorCode::kConflict:
      return Failed{error, false};
    default:
      return Failed{error, true};
  }
}

Operations::Operations(base::asio::any_io_executor executor, store::Database& database,
                       const base::Clock& clock, Changes& changes, std::uint64_t seed)
    : database_(database),
      clock_(clock),
      changes_(changes),
      seed_(seed),
      wake_(executor),
      tasks_(executor) {
  renew_times(database_, clock_.utc());
}

Operations::~Operations() = default;

void Operations::define(Procedure procedure) {
  auto kind = procedure.kind;
  procedures_.insert_or_assign(std::move(kind), std::move(procedure));
}

base::Result<OperationId> Operations::add(const std::string& kind, const ClusterId& cluster,
                                          const std::string& by, const std::string& subject) {
  const auto known = procedures_.find(kind);
  base::check(known != procedures_.end(), "the kind has a procedure");
  if (count_open_operations(database_) >= kMaxOpenOperations) {
    return fail(ErrorCode::kExhausted,
                "too many operations are under way: wait until some of them have ended");
  }
  OperationId id{base::new_id()};
  std::vector<std::string> names;
  for (const Step& step : known->second.steps) names.push_back(step.name);
  insert_operation(database_, {id, cluster, kind, subject, by}, clock_.utc(), names);
  tell(id, cluster);
  wake_.cancel();
  return id;
}

void Operations::cancel_all(const ClusterId& cluster) {
  database_
      .prepare(
          "UPDATE operations SET state='cancelled', ended_ms=? WHERE cluster=?"
          " AND state IN ('waiting','running','failed')")
      .bind(base::to_unix_ms(clock_.utc()))
      .bind(cluster.value)
      .run();
}

base::Result<> Operations::retry(const OperationId& id) {
  auto found = get(id);
  if (!found) return fail(found);
  if (found->state != OperationState::kFailed) {
    return fail(ErrorCode::kConflict, "operation " + id.value + " is " +
                                          std::string{name_of(found->state)} +
                                          ": only one that failed can be retried");
  }
  auto stored = database_.transaction([&]() -> base::Result<> {
    database_.prepare("UPDATE operations SET state='running', ended_ms=0, error='' WHERE id=?")
        .bind(id.value)
        .run();
    database_
        .prepare(
            "UPDATE operation_steps SET state='waiting', failures=0, began_ms=0, ended_ms=0,"
            " next_ms=0 WHERE operation=? AND state<>'done'")
        .bind(id.value)
        .run();
    return {};
  });
  if (!stored) return stored;
  spdlog::info("operation {} ({}): failed -> running (retried)", id.value, found->kind);
  due_.erase(id);
  tell(id, found->cluster);
  wake_.cancel();
  return {};
}

void Operations::wake(const ClusterId& cluster) {
  woken_.insert(cluster);
  wake_.cancel();
}

base::Result<OperationRecord> Operations::get(const OperationId& id) const {
  return read_operation(database_, id);
}

std::vector<OperationRecord> Operations::list(const std::optional<ClusterId>& cluster) const {
  return read_operations(database_, cluster);
}

std::optional<OperationRecord> Operations::latest(const ClusterId& cluster) const {
  auto all = read_operations(database_, cluster, 1);
  if (all.empty()) return std::nullopt;
  return std::move(all.front());
}

bool Operations::is_open(const OperationId& id) const {
  auto row =
      database_.prepare("SELECT 1 FROM operations WHERE id=? AND state IN ('waiting','running')");
  return row.bind(id.value).step();
}

std::vector<OperationId> Operations::due() const {
  std::vector<OperationId> found;
  auto rows = database_.prepare(
      "SELECT id, cluster FROM operations WHERE state IN ('waiting','running') ORDER BY sequence");
  const auto now = clock_.utc();
  while (rows.step()) {
    const OperationId id{rows.text(0)};
    const ClusterId cluster{rows.text(1)};
    if (busy_.contains(cluster)) continue;
    const auto due = due_.find(id);
    const bool is_due = due == due_.end() || due->second.at <= now ||
                        (due->second.waits && woken_.contains(cluster));
    if (is_due) found.push_back(id);
  }
  return found;
}

std::optional<base::UtcTime> Operations::next_due() const {
  std::optional<base::UtcTime> next;
  auto rows =
      database_.prepare("SELECT id, cluster FROM operations WHERE state IN ('waiting','running')");
  while (rows.step()) {
    if (busy_.contains(ClusterId{rows.text(1)})) continue;
    const auto due = due_.find(OperationId{rows.text(0)});
    const auto at = due == due_.end() ? clock_.utc() : due->second.at;
    next = next ? std::min(*next, at) : at;
  }
  return next;
}

void Operations::begin(const CurrentStep& now) {
  const auto ms = base::to_unix_ms(clock_.utc());
  auto stored = database_.transaction([&]() -> base::Result<> {
    database_.prepare("UPDATE operations SET state='running' WHERE id=?").bind(now.id.value).run();
    if (now.state == "running") return {};  // it waits, or a crash cut its last attempt short
    database_
        .prepare(
            "UPDATE operation_steps SET state='running', attempts=attempts+1, next_ms=0,"
            " began_ms=iif(began_ms=0,?1,began_ms), started_ms=iif(started_ms=0,?1,started_ms)"
            " WHERE operation=?2 AND position=?3")
        .bind(ms)
        .bind(now.id.value)
        .bind(now.position)
        .run();
    return {};
  });
  base::check(stored.has_value(), "the transaction refuses nothing");
  if (now.state != "running") tell(now.id, now.cluster);
}

base::Task<Outcome> Operations::run_step(const Step& step, Attempt attempt) {
  const std::string where = attempt.operation.value + " " + step.name;
  try {
    co_return co_await step.run(std::move(attempt));
  } catch (const std::exception& error) {
    spdlog::error("operation {}: {}", where, error.what());
    co_return Failed{{ErrorCode::kInternal, error.what(), {}}, true};
  }
}

base::Task<> Operations::attempt(OperationId id) {
  auto now = read_current(database_, id);
  if (!now) co_return;
  const Busy busy{busy_, now->cluster};
  woken_.erase(now->cluster);
  if (!now->has_step) {  // killed between the last step's end and the operation's
    finish(*now, OperationState::kDone, {});
    co_return;
  }
  begin(*now);
  now = read_current(database_, id);
  const auto procedure = procedures_.find(now->kind);
  const Step* step = nullptr;
  if (procedure != procedures_.end()) {
    for (const Step& each : procedure->second.steps) {
      if (each.name == now->step) step = &each;
    }
  }
  Outcome outcome = Failed{{ErrorCode::kInternal, "this version knows no such step", {}}, false};
  if (step != nullptr) {
    Attempt made{id, now->cluster, now->subject, now->attempts, {}, {}};
    made.log = [this, id, position = now->position](std::string line) {
      append_log(id, position, line);
    };
    made.cancelled = [this, id] { return stopping_ || !is_open(id); };
    outcome = co_await run_step(*step, std::move(made));
  }
  if (stopping_) co_return;     // the step begins again at the next start
  if (!is_open(id)) co_return;  // cancelled meanwhile
  settle(*now, step, outcome);
}

base::Task<bool> Operations::step() {
  const auto ready = due();
  for (const OperationId& id : ready) co_await attempt(id);
  co_return !ready.empty();
}

base::Task<> Operations::run_marked(OperationId id, ClusterId cluster) {
  {
    const Busy busy{busy_, cluster};
    // What came of it is not written down, so that its step runs again; not at once.
    const bool settled = co_await outlive("operation " + id.value, attempt(id));
    if (!settled) due_[id] = {clock_.utc() + kLongestSleep, false};
  }
  wake_.cancel();
}

base::Task<> Operations::loop() {
  std::chrono::milliseconds pause{};
  const auto begin_due = [&]() -> base::Task<> {
    for (const OperationId& id : due()) {
      const auto found = read_current(database_, id);
      // Marked here and not by the spawned task alone: it may begin later than the next look.
      if (!found || !busy_.insert(found->cluster).second) continue;
      tasks_.spawn("operation " + id.value, run_marked(id, found->cluster));
    }
    if (const auto next = next_due()) {
      pause = std::clamp(*next - clock_.utc(), std::chrono::milliseconds{1}, pause);
    }
    co_return;
  };
  while (!stopping_) {
    pause = kLongestSleep;
    co_await outlive("operations", begin_due());
    wake_.expires_after(pause);
    co_await wake_.async_wait(base::asio::as_tuple(base::asio::use_awaitable));
  }
}

void Operations::start() {
  tasks_.spawn("operations", loop());
}

base::Task<> Operations::stop() {
  stopping_ = true;
  wake_.cancel();
  co_await tasks_.join();
}

}  // namespace slipway::clusters
