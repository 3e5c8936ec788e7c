// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/bootstrap/step.hpp"
#include "agent/bootstrap/step_board.hpp"
#include "protocol/base/task_scope.hpp"

namespace slipway::bootstrap {

/// How a run of the steps ended.
enum class RunEnd {
  kDone,       ///< every step is done
  kFailed,     ///< a step failed; the board says which
  kOvertaken,  ///< stop() was called: the desired node changed
};

/// Runs the steps of one plan, each as soon as what it needs is done, several at a time.
class StepRunner : public RunView {
 public:
  StepRunner(boost::asio::any_io_executor executor, Host& host, StepBoard& board);
  ~StepRunner() override;

  /// Returns when no step runs any more. `clock_ms`: the controller's clock minus ours.
  base::Task<RunEnd> run(const std::vector<Step>& steps, const wire::DesiredNode& desired,
                         std::optional<std::int64_t> clock_ms);
  /// Lets what runs come to an end and starts no more.
  void stop();

  bool interrupted() const override { return failed_ || stopped_; }
  bool done(std::string_view step) const override { return done_.contains(step); }
  void log(std::string_view step, std::string_view line) override { board_.log(step, line); }
  void waits_for(std::string_view step, std::string_view what) override {
    board_.waits_for(step, what);
  }

 private:
  base::Task<> run_step(const Step& step, StepContext context);
  void start_what_can(const std::vector<Step>& steps, const wire::DesiredNode& desired,
                      std::optional<std::int64_t> clock_ms);

  boost::asio::any_io_executor executor_;
  Host& host_;
  StepBoard& board_;
  std::set<std::string, std::less<>> started_;
  std::set<std::string, std::less<>> done_;
  bool failed_ = false;
  bool stopped_ = false;
  std::size_t running_ = 0;
  boost::asio::steady_timer change_;  ///< cancelled whenever a step has ended
  base::TaskScope tasks_;
};

}  // namespace slipway::bootstrap
