// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/step_runner.hpp"

#include <algorithm>

#include "agent/bootstrap/plan.hpp"
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

struct RunnerTest : testing::Test {
  RunEnd run(const std::vector<Step>& steps) {
    std::vector<std::string_view> names;
    for (const auto& step : steps) names.push_back(step.name);
    board.prepare(names, 1, true);
    RunEnd end{};
    boost::asio::co_spawn(io, runner.run(steps, a_worker(), {}),
                          [&](std::exception_ptr thrown, RunEnd value) {
                            if (thrown) std::rethrow_exception(thrown);
                            end = value;
                          });
    io.restart();
    io.run();
    return end;
  }
  Step ok(std::string_view name, std::vector<std::string_view> needs) {
    return {name, std::move(needs), [this, name](const StepContext&) -> StepResult {
              order.emplace_back(name);
              co_return base::Result<>{};
            }};
  }

  boost::asio::io_context io;
  fakes::FakeHost host;
  std::vector<std::string> order;
  StepBoard board{nullptr};
  StepRunner runner{io.get_executor(), host, board};
};

TEST_F(RunnerTest, RunsWhatIsNeededFirst) {
  EXPECT_EQ(run({ok("c", {"b"}), ok("b", {"a"}), ok("a", {})}), RunEnd::kDone);
  EXPECT_EQ(order, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(board.all_done());
}

TEST_F(RunnerTest, AFailureStopsWhatRestsOnItAndWhatWaits) {
  const Step bad{"bad", {}, [](const StepContext&) -> StepResult {
                   co_return base::fail(base::ErrorCode::kInternal, "out of luck");
                 }};
  const Step patient{"patient", {}, [](const StepContext& context) -> StepResult {
                       Wait wait(context, "what never comes", std::chrono::hours(1));
                       while (co_await wait.more()) {
                       }
                       co_return wait.failure();
                     }};
  EXPECT_EQ(run({patient, bad, ok("after", {"bad"})}), RunEnd::kFailed);
  EXPECT_EQ(board.state("bad"), wire::StepReport::FAILED);
  EXPECT_EQ(board.reports()[1].error(), "out of luck");
  EXPECT_EQ(board.state("patient"), wire::StepReport::WAITING);
  EXPECT_TRUE(order.empty());
}

TEST_F(RunnerTest, WhatAStepThrowsIsItsFailure) {
  const Step bad{"bad", {}, [](const StepContext&) -> StepResult {
                   throw std::runtime_error("a bug");
                   co_return base::Result<>{};
                 }};
  EXPECT_EQ(run({bad}), RunEnd::kFailed);
  EXPECT_EQ(board.reports()[0].error(), "a bug");
}

TEST_F(RunnerTest, AnOvertakenRunStartsNoMore) {
  const Step stopper{"stopper", {}, [this](const StepContext&) -> StepResult {
                       runner.stop();
                       co_return base::Result<>{};
                     }};
  EXPECT_EQ(run({stopper, ok("next", {"stopper"})}), RunEnd::kOvertaken);
  EXPECT_TRUE(order.empty());
}

TEST_F(RunnerTest, AWaitEndsAtItsLimitAndSaysWhatItSaw) {
  const Step patient{"patient", {}, [](const StepContext& context) -> StepResult {
                       Wait wait(context, "the moon", std::chrono::seconds(5));
                       while (co_await wait.more()) wait.found("below the horizon");
                       co_return wait.failure();
                     }};
  EXPECT_EQ(run({patient}), RunEnd::kFailed);
  EXPECT_EQ(board.reports()[0].error(), "waited 5 s for the moon: below the horizon");
  EXPECT_EQ(board.reports()[0].log_tail(), "waiting for the moon: below the horizon\n");
}

TEST(PlanTest, EveryNeedIsAStepThatDoesNotNeedItBack) {
  for (const auto& desired : {a_master(), a_worker()}) {
    auto steps = plan(desired);
    std::vector<std::string_view> done;
    for (std::size_t round = 0; round < steps.size(); ++round)
      for (const auto& step : steps)
        if (std::ranges::find(done, step.name) == done.end() &&
            std::ranges::all_of(
                step.needs, [&](auto need) { return std::ranges::find(done, need) != done.end(); }))
          done.push_back(step.name);
    EXPECT_EQ(done.size(), steps.size());
  }
}

TEST(PlanTest, NamesAreThoseOfTheContract) {
  std::vector<std::string_view> names;
  for (const auto& step : plan(a_master())) names.push_back(step.name);
  EXPECT_EQ(names, (std::vector<std::string_view>{"clock", "disks", "kernel", "containerd",
                                                  "images", "cni", "dns", "etcd", "control-plane",
                                                  "kube-proxy", "labels", "ready"}));
  names.clear();
  for (const auto& step : plan(a_worker())) names.push_back(step.name);
  EXPECT_EQ(names,
            (std::vector<std::string_view>{"clock", "disks", "kernel", "containerd", "images",
                                           "cni", "dns", "join", "kube-proxy", "labels", "ready"}));
}

}  // namespace
}  // namespace slipway::bootstrap
