// SPDX-License-Identifier: Apache-2.0
// What becomes of an operation after an attempt: each outcome is written down before anything else.
#include <functional>

#include "controller/clusters/operation_rows.hpp"
#include "controller/clusters/operations.hpp"
#include "protocol/base/backoff.hpp"
#include "protocol/base/check.hpp"
#include "protocol/base/log.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;

std::string as_text(const base::Error& error) {
  const std::string name{base::name_of(error.code)};
  return error.field.empty() ? name + ": " + error.message
                             : name + " (" + error.field + "): " + error.message;
}

}  // namespace

void Operations::settle(const CurrentStep& now, const Step* step, const Outcome& outcome) {
  if (std::holds_alternative<Done>(outcome)) return pass(now);
  if (const auto* wait = std::get_if<Wait>(&outcome)) return hold(now, *step, *wait);
  const auto& failure = std::get<Failed>(outcome);
  if (step == nullptr || !failure.retryable || now.failures + 1 >= step->attempts) {
    return finish(now, OperationState::kFailed, failure.error);
  }
  try_again(now, *step, failure.error);
}

void Operations::pass(const CurrentStep& now) {
  database_
      .prepare(
          "UPDATE operation_steps SET state='done', ended_ms=?, error='' WHERE operation=?"
          " AND position=?")
      .bind(base::to_unix_ms(clock_.utc()))
      .bind(now.id.value)
      .bind(now.position)
      .run();
  spdlog::info("operation {} ({}): step {} is done", now.id.value, now.kind, now.step);
  due_.erase(now.id);
  const auto next = read_current(database_, now.id);
  if (next && !next->has_step) return finish(*next, OperationState::kDone, {});
  tell(now.id, now.cluster);
}

void Operations::hold(const CurrentStep& now, const Step& step, const Wait& wait) {
  const auto time = clock_.utc();
  if (base::to_unix_ms(time) - now.began_ms > std::chrono::milliseconds{step.time_limit}.count()) {
    return finish(now, OperationState::kFailed,
                  {ErrorCode::kTimeout,
                   "not done after " + std::to_string(step.time_limit.count()) + " s: " + wait.why,
                   {}});
  }
  const auto poll = std::chrono::duration_cast<std::chrono::milliseconds>(wait.poll);
  due_[now.id] = {woken_.contains(now.cluster) ? time : time + poll, true};
  if (now.error == wait.why) return;
  database_.prepare("UPDATE operation_steps SET error=? WHERE operation=? AND position=?")
      .bind(wait.why)
      .bind(now.id.value)
      .bind(now.position)
      .run();
  tell(now.id, now.cluster);
}

void Operations::try_again(const CurrentStep& now, const Step& step, const base::Error& why) {
  const auto time = clock_.utc();
  if (base::to_unix_ms(time) - now.began_ms > std::chrono::milliseconds{step.time_limit}.count()) {
    return finish(now, OperationState::kFailed, why);
  }
  base::Backoff backoff{{kFirstRetry, kLastRetry},
                        seed_ ^ std::hash<std::string>{}(now.id.value + now.step)};
  auto pause = backoff.next();
  for (unsigned i = 0; i < now.failures; ++i) pause = backoff.next();
  due_[now.id] = {time + pause, false};
  database_
      .prepare(
          "UPDATE operation_steps SET state='waiting', failures=failures+1, error=?,"
          " next_ms=? WHERE operation=? AND position=?")
      .bind(as_text(why))
      .bind(base::to_unix_ms(time + pause))
      .bind(now.id.value)
      .bind(now.position)
      .run();
  append_log(now.id, now.position, "attempt failed: " + as_text(why));
  spdlog::warn("operation {} ({}): step {} failed, again in {} ms: {}", now.id.value, now.kind,
               now.step, pause.count(), as_text(why));
  tell(now.id, now.cluster);
}

void Operations::finish(const CurrentStep& now, OperationState state, const base::Error& why) {
  const auto ms = base::to_unix_ms(clock_.utc());
  const bool failed = state == OperationState::kFailed;
  const std::string text = failed ? now.step + ": " + as_text(why) : std::string{};
  auto stored = database_.transaction([&]() -> base::Result<> {
    database_.prepare("UPDATE operations SET state=?, ended_ms=?, error=? WHERE id=?")
        .bind(name_of(state))
        .bind(ms)
        .bind(text)
        .bind(now.id.value)
        .run();
    if (failed) {
      database_
          .prepare(
              "UPDATE operation_steps SET state='failed', failures=failures+1, ended_ms=?,"
              " error=? WHERE operation=? AND position=?")
          .bind(ms)
          .bind(as_text(why))
          .bind(now.id.value)
          .bind(now.position)
          .run();
    }
    const auto known = procedures_.find(now.kind);
    if (known == procedures_.end()) return {};
    if (failed && known->second.failed) known->second.failed(now.cluster, {why.code, text, {}});
    if (!failed && known->second.done) known->second.done(now.cluster);
    return {};
  });
  base::check(stored.has_value(), "the transaction refuses nothing");
  due_.erase(now.id);
  spdlog::log(failed ? spdlog::level::err : spdlog::level::info,
              "operation {} ({}): running -> {} {}", now.id.value, now.kind, name_of(state), text);
  tell(now.id, now.cluster);
  changes_.publish({"cluster", now.cluster.value, now.cluster.value});
}

void Operations::append_log(const OperationId& id, int position, const std::string& line) {
  append_step_log(database_, id, position, line);
  if (auto row = read_current(database_, id)) tell(id, row->cluster);
}

void Operations::tell(const OperationId& id, const ClusterId& cluster) {
  changes_.publish({"operation", id.value, cluster.value});
}

}  // namespace slipway::clusters
