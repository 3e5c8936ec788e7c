// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/operations.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <deque>

#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/operation_rows.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;

/// An operation of two steps whose outcomes a test lays down; an empty plan means done.
class OperationsTest : public testing::Test {
 protected:
  void SetUp() override {
    ClusterRow cluster;
    cluster.id = cluster_;
    cluster.spec.name = "demo";
    Rows{*database_}.insert(cluster);
    begin_life();
  }

  void begin_life() {
    operations_ = std::make_unique<Operations>(io_.get_executor(), *database_, clock_, changes_, 7);
    const auto run = [this](const char* name) {
      return [this, name](Attempt attempt) -> base::Task<Outcome> {
        ++runs_[name];
        attempt.log(std::string{"run of "} + name);
        if (on_run_) on_run_(attempt, name);
        Outcome outcome = Done{};
        if (!plan_[name].empty()) {
          outcome = plan_[name].front();
          plan_[name].pop_front();
        }
        co_return outcome;
      };
    };
    Procedure procedure;
    procedure.kind = "test";
    procedure.steps = {{"one", std::chrono::seconds{60}, 3, run("one")},
                       {"two", std::chrono::seconds{60}, 3, run("two")}};
    procedure.done = [this](const ClusterId&) { ++done_; };
    procedure.failed = [this](const ClusterId&, const base::Error& why) { failure_ = why.message; };
    operations_->define(procedure);
  }

  OperationId add() { return *operations_->add("test", cluster_, "someone"); }
  bool step() {
    io_.restart();
    auto ran = boost::asio::co_spawn(io_, operations_->step(), boost::asio::use_future);
    io_.run();
    return ran.get();
  }
  OperationRecord record(const OperationId& id) { return *operations_->get(id); }

  const ClusterId cluster_{"c"};
  boost::asio::io_context io_;
  fakes::ManualClock clock_;
  std::unique_ptr<store::Database> database_ = store::Database::in_memory();
  Changes changes_{io_.get_executor()};
  std::unique_ptr<Operations> operations_;
  std::map<std::string, std::deque<Outcome>> plan_;
  std::map<std::string, int> runs_;
  std::function<void(const Attempt&, const std::string& step)> on_run_;
  int done_ = 0;
  std::string failure_;
};

TEST_F(OperationsTest, RunsItsStepsInOrderOnce) {
  const auto id = add();
  EXPECT_EQ(record(id).state, OperationState::kWaiting);
  EXPECT_TRUE(step());
  EXPECT_EQ(record(id).steps[0].state, StepState::kDone);
  EXPECT_EQ(record(id).steps[1].state, StepState::kWaiting);
  EXPECT_TRUE(step());
  EXPECT_FALSE(step());
  EXPECT_EQ(record(id).state, OperationState::kDone);
  EXPECT_EQ(record(id).steps[1].log_tail, "run of two\n");
  EXPECT_EQ(done_, 1);
  EXPECT_EQ(runs_, (std::map<std::string, int>{{"one", 1}, {"two", 1}}));
}

TEST_F(OperationsTest, WaitsWithAReasonAndLooksAgain) {
  plan_["one"] = {Wait{"nobody is there", std::chrono::seconds{5}}};
  const auto id = add();
  step();
  EXPECT_EQ(record(id).steps[0].error, "nobody is there");
  EXPECT_EQ(record(id).steps[0].attempts, 1u);
  EXPECT_FALSE(step());
  clock_.advance(std::chrono::seconds{5});
  EXPECT_TRUE(step());
  EXPECT_EQ(record(id).steps[0].state, StepState::kDone);
  EXPECT_EQ(record(id).steps[0].attempts, 1u) << "looking again is no new attempt";
}

TEST_F(OperationsTest, AWakeUpEndsAWaitButNoBackoff) {
  plan_["one"] = {Wait{"x", std::chrono::hours{1}},
                  Failed{{ErrorCode::kUnavailable, "away", {}}, true}};
  add();
  step();
  operations_->wake(cluster_);
  EXPECT_TRUE(step());
  operations_->wake(cluster_);
  EXPECT_FALSE(step());
}

TEST_F(OperationsTest, TriesAgainWithBackoffThenFailsWithTheReason) {
  const Failed away{{ErrorCode::kUnavailable, "the cloud is away", {}}, true};
  plan_["one"] = {away, away, away};
  const auto id = add();
  step();
  EXPECT_EQ(record(id).steps[0].state, StepState::kWaiting);
  EXPECT_TRUE(record(id).steps[0].next_attempt.has_value());
  EXPECT_FALSE(step());
  clock_.advance(kLastRetry);
  step();
  clock_.advance(kLastRetry);
  step();
  EXPECT_EQ(record(id).state, OperationState::kFailed);
  EXPECT_EQ(record(id).steps[0].attempts, 3u);
  EXPECT_EQ(record(id).steps[0].error, "unavailable: the cloud is away");
  EXPECT_EQ(record(id).error, "one: unavailable: the cloud is away");
  EXPECT_EQ(failure_, record(id).error);
  clock_.advance(kLastRetry);
  EXPECT_FALSE(step()) << "what has failed rests until somebody retries it";
}

TEST_F(OperationsTest, AFinalFailureIsNotTriedAgain) {
  plan_["one"] = {failed({ErrorCode::kInvalid, "no such flavor", "masterFlavor"})};
  const auto id = add();
  step();
  EXPECT_EQ(record(id).state, OperationState::kFailed);
  EXPECT_EQ(record(id).steps[0].error, "invalid (masterFlavor): no such flavor");
}

TEST_F(OperationsTest, ARetryGoesOnFromTheFailedStep) {
  plan_["two"] = {Failed{{ErrorCode::kInvalid, "no", {}}, false}};
  const auto id = add();
  step();
  step();
  EXPECT_EQ(record(id).state, OperationState::kFailed);
  ASSERT_TRUE(operations_->retry(id));
  EXPECT_EQ(operations_->retry(id).error().code, ErrorCode::kConflict);
  step();
  EXPECT_EQ(record(id).state, OperationState::kDone);
  EXPECT_EQ(runs_["one"], 1);
  EXPECT_EQ(record(id).steps[1].attempts, 2u);
}

TEST_F(OperationsTest, AStepThatTakesTooLongFails) {
  plan_["one"] = {Wait{"for Godot", std::chrono::seconds{1}},
                  Wait{"for Godot", std::chrono::seconds{1}}};
  const auto id = add();
  step();
  clock_.advance(std::chrono::seconds{61});
  step();
  EXPECT_EQ(record(id).state, OperationState::kFailed);
  EXPECT_EQ(record(id).steps[0].error, "timeout: not done after 60 s: for Godot");
}

TEST_F(OperationsTest, ANewLifeGoesOnWhereTheOldOneWas) {
  plan_["two"] = {Wait{"x", std::chrono::hours{1}}};
  const auto id = add();
  step();
  step();
  begin_life();
  EXPECT_TRUE(step()) << "what waited is looked at right after the start";
  EXPECT_EQ(record(id).state, OperationState::kDone);
  EXPECT_EQ(record(id).steps[1].attempts, 1u) << "a death is no failed attempt";
  EXPECT_EQ(runs_["one"], 1);
}

TEST_F(OperationsTest, TimeWithoutAControllerDoesNotCount) {
  const Wait waits{"x", std::chrono::seconds{1}};
  plan_["one"] = {waits, waits, waits};
  const auto id = add();
  step();
  clock_.advance(std::chrono::hours{1});
  begin_life();
  step();
  EXPECT_EQ(record(id).state, OperationState::kRunning) << record(id).error;
  clock_.advance(std::chrono::seconds{61});
  step();
  EXPECT_EQ(record(id).state, OperationState::kFailed) << "this life's time does";
}

TEST_F(OperationsTest, ANewLifeGivesAStepThatIsTriedAgainItsTimeToo) {
  const Failed away{{ErrorCode::kUnavailable, "the cloud is away", {}}, true};
  plan_["one"] = {away, away};
  const auto id = add();
  step();
  clock_.advance(std::chrono::hours{1});
  begin_life();
  step();
  EXPECT_EQ(record(id).state, OperationState::kRunning) << record(id).error;
}

TEST_F(OperationsTest, AnAttemptMayGoBackToAnEarlierStep) {
  const Failed lost{{ErrorCode::kUnavailable, "the machine is lost", {}}, true};
  plan_["two"] = {lost, lost};
  on_run_ = [this](const Attempt& attempt, const std::string& name) {
    if (name == "two" && runs_[name] < 3) go_back(*database_, attempt.operation, "one");
  };
  const auto id = add();
  step();
  step();
  EXPECT_EQ(record(id).steps[0].state, StepState::kWaiting);
  EXPECT_EQ(record(id).steps[1].error, "unavailable: the machine is lost");
  EXPECT_FALSE(step()) << "it backs off";
  for (int i = 0; i < 4; ++i) {
    clock_.advance(kLastRetry);
    step();
  }
  EXPECT_EQ(record(id).state, OperationState::kDone);
  EXPECT_EQ(runs_, (std::map<std::string, int>{{"one", 3}, {"two", 3}}));
  EXPECT_EQ(record(id).steps[0].attempts, 3u);
}

TEST_F(OperationsTest, ADeathAfterItWentBackIsNoFailure) {
  plan_["two"] = {Wait{"cut short", std::chrono::hours{1}}};
  const auto id = add();
  step();
  step();
  go_back(*database_, id, "one");
  begin_life();
  step();
  step();
  EXPECT_EQ(record(id).state, OperationState::kDone);
  EXPECT_EQ(runs_["one"], 2);
}

TEST_F(OperationsTest, ACancelledOneRunsNoMore) {
  const auto id = add();
  step();
  operations_->cancel_all(cluster_);
  EXPECT_FALSE(step());
  EXPECT_EQ(record(id).state, OperationState::kCancelled);
  EXPECT_EQ(done_, 0);
}

TEST_F(OperationsTest, AnExceptionIsAFailureOfThatStepAlone) {
  Procedure odd;
  odd.kind = "odd";
  odd.steps = {{"throws", std::chrono::seconds{60}, 1, [](Attempt) -> base::Task<Outcome> {
                  throw std::runtime_error("a bug");
                  co_return Done{};
                }}};
  operations_->define(odd);
  const auto id = *operations_->add("odd", cluster_, "someone");
  step();
  EXPECT_EQ(record(id).state, OperationState::kFailed);
  EXPECT_EQ(record(id).steps[0].error, "internal: a bug");
}

TEST_F(OperationsTest, KeepsTheNewestLinesOfALog) {
  Procedure talks;
  talks.kind = "talks";
  talks.steps = {{"talk", std::chrono::seconds{60}, 1, [](Attempt attempt) -> base::Task<Outcome> {
                    for (int i = 0; i < 80; ++i) attempt.log("line " + std::to_string(i));
                    co_return Done{};
                  }}};
  operations_->define(talks);
  const auto id = *operations_->add("talks", cluster_, "someone");
  step();
  const auto tail = record(id).steps[0].log_tail;
  EXPECT_EQ(std::ranges::count(tail, '\n'), static_cast<std::ptrdiff_t>(kLogTailLines));
  EXPECT_TRUE(tail.starts_with("line 30\n"));
}

TEST_F(OperationsTest, OpenOnesAreBounded) {
  for (std::size_t i = 0; i < kMaxOpenOperations; ++i) add();
  EXPECT_EQ(operations_->add("test", cluster_, "x").error().code, ErrorCode::kExhausted);
}

TEST_F(OperationsTest, TheLoopRunsWhatComesAndStops) {
  operations_->start();
  const auto id = add();
  auto stopped = boost::asio::co_spawn(
      io_,
      [](Operations& operations, const OperationId& which) -> base::Task<> {
        while ((*operations.get(which)).state != OperationState::kDone) {
          co_await boost::asio::post(boost::asio::use_awaitable);
        }
        co_await operations.stop();
      }(*operations_, id),
      boost::asio::use_future);
  io_.run();
  stopped.get();
  EXPECT_EQ(done_, 1);
}

/// Turns of the loop until `done`; false: it did not come to that.
base::Task<bool> comes(std::function<bool()> done) {
  for (int i = 0; i < 1000 && !done(); ++i) {
    co_await boost::asio::post(boost::asio::use_awaitable);
  }
  co_return done();
}

TEST_F(OperationsTest, TheLoopOutlivesADatabaseThatFailsForAMoment) {
  operations_->start();
  const auto body = [this]() -> base::Task<> {
    co_await comes([] { return false; });
    database_->prepare("ALTER TABLE operations RENAME TO away").run();
    operations_->wake(cluster_);
    co_await comes([] { return false; });
    database_->prepare("ALTER TABLE away RENAME TO operations").run();
    add();
    EXPECT_TRUE(co_await comes([this] { return done_ == 1; }));
    co_await operations_->stop();
  };
  auto ended = boost::asio::co_spawn(io_, body(), boost::asio::use_future);
  io_.run();
  ended.get();
}

TEST_F(OperationsTest, AnOutcomeThatWasNotWrittenDownIsTriedAgainLater) {
  on_run_ = [this](const Attempt&, const std::string&) {
    database_->prepare(runs_["one"] == 1 ? "PRAGMA query_only=ON" : "PRAGMA query_only=OFF").run();
  };
  operations_->start();
  add();
  const auto body = [this]() -> base::Task<> {
    EXPECT_TRUE(co_await comes([this] { return runs_["one"] == 1; }));
    database_->prepare("PRAGMA query_only=OFF").run();
    operations_->wake(cluster_);
    EXPECT_FALSE(co_await comes([this] { return runs_["one"] > 1; })) << "not at once";
    clock_.advance(std::chrono::seconds{5});
    operations_->wake(cluster_);
    EXPECT_TRUE(co_await comes([this] { return done_ == 1; }));
    co_await operations_->stop();
  };
  auto ended = boost::asio::co_spawn(io_, body(), boost::asio::use_future);
  io_.run();
  ended.get();
}

}  // namespace
}  // namespace slipway::clusters
