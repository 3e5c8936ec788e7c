// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/task_scope.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <stdexcept>
#include <vector>

#include "protocol/base/check.hpp"
#include "protocol/base/log.hpp"

namespace slipway::base {
namespace {

using Signal = std::shared_ptr<asio::cancellation_signal>;  // the scope's list and the running task

/// Runs `body` after a post, so that spawn() never runs it inside the caller, and so that
/// co_spawn's own code is past its uncancellable part when a cancellation comes.
Task<> guarded(std::string name, Task<> body) {
  const auto state = co_await asio::this_coro::cancellation_state;
  try {
    co_await asio::post(asio::use_awaitable);
    co_await std::move(body);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) {
      spdlog::error("task {}: {}", name, error.what());
    }
  } catch (const std::exception& error) {
    // A cancelled `a || b` throws what both threw, as one exception of its own.
    if (state.cancelled() != asio::cancellation_type::none) co_return;
    spdlog::error("task {}: {}", name, error.what());
  }
}

}  // namespace

struct TaskScope::State {
  explicit State(asio::any_io_executor io) : executor(io), all_ended(io) {
    all_ended.expires_at(asio::steady_timer::time_point::max());
  }
  asio::any_io_executor executor;
  std::list<Signal> tasks;
  asio::steady_timer all_ended;  // cancelled when the last task ended
};

TaskScope::TaskScope(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

TaskScope::~TaskScope() {
  check(state_->tasks.empty(), "a TaskScope is joined before it ends");
}

void TaskScope::spawn(std::string name, Task<> body) {
  auto signal = std::make_shared<asio::cancellation_signal>();
  const auto place = state_->tasks.insert(state_->tasks.end(), signal);
  auto ended = [state = state_, place, signal](std::exception_ptr) {
    state->tasks.erase(place);
    if (state->tasks.empty()) state->all_ended.cancel();
  };
  asio::co_spawn(state_->executor, guarded(std::move(name), std::move(body)),
                 asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
}

void TaskScope::cancel() {
  const std::vector<Signal> tasks(state_->tasks.begin(), state_->tasks.end());
  for (const auto& task : tasks) task->emit(asio::cancellation_type::terminal);
}

Task<> TaskScope::join() {
  const auto state = state_;
  const auto before = (co_await asio::this_coro::cancellation_state).cancelled();
  cancel();
  const auto after = (co_await asio::this_coro::cancellation_state).cancelled();
  if (before == asio::cancellation_type::none && after != asio::cancellation_type::none) {
    throw std::logic_error("TaskScope::join from one of its own tasks would wait for itself");
  }
  // Who joins must not go before its tasks have ended, even if it is cancelled meanwhile.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!state->tasks.empty()) {
    co_await state->all_ended.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
}

std::size_t TaskScope::running() const {
  return state_->tasks.size();
}

asio::any_io_executor TaskScope::executor() const {
  return state_->executor;
}

Task<> in_scope(std::function<Task<>(TaskScope&)> body) {
  TaskScope scope(co_await asio::this_coro::executor);
  std::exception_ptr failure;
  try {
    co_await body(scope);
  } catch (...) {
    failure = std::current_exception();
  }
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await scope.join();
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace slipway::base
