// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "controller/clusters/changes.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/task_scope.hpp"

namespace slipway::clusters {

using base::ClusterId;
using base::OperationId;

inline constexpr std::size_t kMaxOpenOperations = 256;
inline constexpr std::size_t kLogTailLines = 50;
inline constexpr std::size_t kLogTailBytes = 16 << 10;
inline constexpr std::chrono::milliseconds kFirstRetry{500};
inline constexpr std::chrono::milliseconds kLastRetry{30'000};

/// How a step's attempt ended.
struct Done {};
struct Wait {
  std::string why;
  base::Duration poll;
};  ///< nothing is wrong; look again after `poll`
struct Failed {
  base::Error error;
  bool retryable = true;
};
using Outcome = std::variant<Done, Wait, Failed>;
/// kInvalid, kDenied, kExhausted and kConflict are final, all other codes are tried again.
Outcome failed(const base::Error& error);

/// What a step's attempt knows and may tell.
struct Attempt {
  OperationId operation;
  ClusterId cluster;
  std::string subject;  ///< what of the cluster it is about, as given to add()
  unsigned number = 1;
  std::function<void(std::string line)> log;  ///< into the step's log tail
  std::function<bool()> cancelled;            ///< the operation is no longer wanted: stop soon
};

/// A named idempotent step: it may be run again after any crash.
struct Step {
  std::string name;
  std::chrono::seconds time_limit;  ///< of all its attempts and waits, then it fails
  unsigned attempts;                ///< failures that it may have, then it fails
  std::function<base::Task<Outcome>(Attempt)> run;
};

/// A step that is a member function of the object that holds the procedure's tools.
template <class T>
Step step_of(T* self, const char* name, std::chrono::seconds limit, unsigned attempts,
             base::Task<Outcome> (T::*run)(Attempt)) {
  return {name, limit, attempts,
          [self, run](Attempt attempt) { return (self->*run)(std::move(attempt)); }};
}

/// What an operation of a kind does, in order.
struct Procedure {
  std::string kind;  ///< "cluster.create"
  std::vector<Step> steps;
  /// In the transaction that ends the operation: sets the cluster's state.
  std::function<void(const ClusterId&)> done;
  std::function<void(const ClusterId&, const base::Error&)> failed;
};

enum class OperationState {
  kWaiting,    ///< accepted, its first step has not begun
  kRunning,    ///< a step runs, waits, or will be tried again
  kDone,       ///< all steps are done
  kFailed,     ///< a step gave up; retry goes on from there
  kCancelled,  ///< another operation took over
};
enum class StepState { kWaiting, kRunning, kDone, kFailed };
std::string_view name_of(OperationState state);
std::string_view name_of(StepState state);

struct StepRecord {
  std::string name;
  StepState state = StepState::kWaiting;
  unsigned attempts = 0;
  std::optional<base::UtcTime> started;
  std::optional<base::UtcTime> ended;
  std::optional<base::UtcTime> next_attempt;
  std::string error;  ///< of the last failed attempt, or what it waits for
  std::string log_tail;
};
struct OperationRecord {
  OperationId id;
  ClusterId cluster;
  std::string kind;
  std::string subject;
  OperationState state = OperationState::kWaiting;
  base::UtcTime created;
  std::optional<base::UtcTime> ended;
  std::string error;
  std::string by;
  std::vector<StepRecord> steps;
};

struct CurrentStep;  // an open operation and the step that it is at, see operation_rows.hpp

/// Runs operations step by step; each transition is durable before the next begins, so that a
/// controller killed anywhere goes on where it was. At most one operation of a cluster runs.
class Operations {
 public:
  Operations(base::asio::any_io_executor executor, store::Database& database,
             const base::Clock& clock, Changes& changes, std::uint64_t seed);
  ~Operations();

  void define(Procedure procedure);  ///< before any of its kind is added or resumed

  /// Call inside a transaction: the operation is durable when it commits. kExhausted.
  base::Result<OperationId> add(const std::string& kind, const ClusterId& cluster,
                                const std::string& by, const std::string& subject = {});
  void cancel_all(const ClusterId& cluster);  ///< inside a transaction too
  /// From the failed step on; kConflict when it has not failed.
  base::Result<> retry(const OperationId& id);
  /// Something that a step of this cluster may be waiting for has happened.
  void wake(const ClusterId& cluster);

  base::Result<OperationRecord> get(const OperationId& id) const;
  std::vector<OperationRecord> list(
      const std::optional<ClusterId>& cluster) const;  ///< newest first
  std::optional<OperationRecord> latest(const ClusterId& cluster) const;

  /// One attempt of the present step of each operation that is due; true if any was.
  base::Task<bool> step();
  /// When the next attempt is due; nullopt: no operation is open.
  std::optional<base::UtcTime> next_due() const;
  /// Runs what is open and what comes, until stop().
  void start();
  base::Task<> stop();

 private:
  struct Due {
    base::UtcTime at;
    bool waits = false;  ///< for something: a wake-up makes it due
  };

  base::Task<> attempt(OperationId id);
  base::Task<Outcome> run_step(const Step& step, Attempt attempt);
  base::Task<> run_marked(OperationId id, ClusterId cluster);
  base::Task<> loop();
  std::vector<OperationId> due() const;
  void begin(const CurrentStep& current);
  void settle(const CurrentStep& current, const Step* step, const Outcome& outcome);
  void pass(const CurrentStep& current);
  void hold(const CurrentStep& current, const Step& step, const Wait& wait);
  void try_again(const CurrentStep& current, const Step& step, const base::Error& why);
  void finish(const CurrentStep& current, OperationState state, const base::Error& why);
  void append_log(const OperationId& id, int position, const std::string& line);
  bool is_open(const OperationId& id) const;
  void tell(const OperationId& id, const ClusterId& cluster);

  store::Database& database_;
  const base::Clock& clock_;
  Changes& changes_;
  std::uint64_t seed_;
  std::map<std::string, Procedure> procedures_;
  std::map<OperationId, Due> due_;  ///< absent: at once
  std::set<ClusterId> busy_;        ///< an attempt is under way
  std::set<ClusterId> woken_;       ///< since its attempt began
  boost::asio::steady_timer wake_;
  bool stopping_ = false;
  base::TaskScope tasks_;
};

}  // namespace slipway::clusters
