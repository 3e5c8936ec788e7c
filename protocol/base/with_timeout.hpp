// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <string>

#include "protocol/base/clock.hpp"
#include "protocol/base/task.hpp"

namespace slipway::base {

/// Sleeps; ends early (quietly) when the task is cancelled.
Task<> sleep_for(Duration duration);

/// `work`, with what it throws kept aside: `||` alone would wait for the other side to succeed.
template <class T>
Task<Result<T>> kept_aside(Task<Result<T>> work, std::exception_ptr& thrown) {
  try {
    co_return co_await std::move(work);
  } catch (...) {
    thrown = std::current_exception();
  }
  co_return fail(ErrorCode::kInternal, "thrown");
}

/// `work` or, after `limit`, an ErrorCode::kTimeout that names `what`. The loser is cancelled.
template <class T>
Task<Result<T>> with_timeout(Duration limit, std::string what, Task<Result<T>> work) {
  using namespace asio::experimental::awaitable_operators;
  std::exception_ptr thrown;
  auto outcome = co_await (kept_aside(std::move(work), thrown) || sleep_for(limit));
  if (outcome.index() == 0 && thrown) std::rethrow_exception(thrown);
  if (outcome.index() == 0) co_return std::get<0>(std::move(outcome));
  co_return fail(ErrorCode::kTimeout, "no answer in time: " + what);
}

}  // namespace slipway::base
