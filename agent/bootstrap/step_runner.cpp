// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/step_runner.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "agent/bootstrap/space.hpp"
#include "protocol/base/log.hpp"

namespace slipway::bootstrap {
namespace {

constexpr std::chrono::milliseconds kLogInterval{300};  // between reports of growing logs
constexpr auto kQuiet = base::asio::as_tuple(base::asio::use_awaitable);

}  // namespace

StepRunner::StepRunner(boost::asio::any_io_executor executor, Host& host, StepBoard& board)
    : executor_(executor), host_(host), board_(board), change_(executor), tasks_(executor) {}

StepRunner::~StepRunner() = default;

base::Task<RunEnd> StepRunner::run(const std::vector<Step>& steps, const wire::DesiredNode& desired,
                                   std::optional<std::int64_t> clock_ms) {
  started_.clear();
  done_.clear();
  failed_ = stopped_ = false;
  std::exception_ptr cancelled;
  try {
    for (;;) {
      if (!interrupted()) start_what_can(steps, desired, clock_ms);
      if (running_ == 0) break;
      change_.expires_after(kLogInterval);
      co_await change_.async_wait(kQuiet);
      board_.flush();
    }
  } catch (...) {
    cancelled = std::current_exception();
  }
  if (cancelled) {
    co_await base::asio::this_coro::reset_cancellation_state();
    co_await tasks_.join();
    std::rethrow_exception(cancelled);
  }
  if (failed_) co_return RunEnd::kFailed;
  co_return stopped_ ? RunEnd::kOvertaken : RunEnd::kDone;
}

void StepRunner::stop() {
  stopped_ = true;
}

void StepRunner::start_what_can(const std::vector<Step>& steps, const wire::DesiredNode& desired,
                                std::optional<std::int64_t> clock_ms) {
  for (const Step& step : steps) {
    if (started_.contains(step.name)) continue;
    if (!std::ranges::all_of(step.needs, [&](auto name) { return done_.contains(name); })) continue;
    started_.emplace(step.name);
    ++running_;
    board_.begin(step.name, host_.clock().utc());
    tasks_.spawn(std::string(step.name),
                 run_step(step, StepContext(step.name, desired, host_, *this, clock_ms)));
  }
}

base::Task<> StepRunner::run_step(const Step& step, StepContext context) {
  struct Ended {  // also when the task is cancelled or throws
    StepRunner& runner;
    ~Ended() {
      --runner.running_;
      runner.change_.cancel();
    }
  } ended{*this};
  base::Result<> result;
  try {
    result = co_await step.run(context);
  } catch (const std::exception& error) {
    result = base::fail(base::ErrorCode::kInternal, error.what());
  }
  const auto now = host_.clock().utc();
  if (result) {
    done_.emplace(step.name);
    board_.done(step.name, now);
    spdlog::info("step {} done", step.name);
  } else if (interrupted() && result.error().code == base::ErrorCode::kConflict) {
    board_.waiting(step.name);
  } else {
    failed_ = true;
    const auto why = with_full_disks(host_, result.error().message);
    board_.failed(step.name, why, now);
    spdlog::error("step {} failed: {}", step.name, why);
  }
}

}  // namespace slipway::bootstrap
