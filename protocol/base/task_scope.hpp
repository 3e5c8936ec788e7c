// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "protocol/base/task.hpp"

namespace slipway::base {

/// Owns running coroutines so that none is detached. Make it the last member of its owner and
/// `co_await join()` before the owner goes. Cancellation ends a task at its next suspension.
class TaskScope {
 public:
  explicit TaskScope(asio::any_io_executor executor);
  ~TaskScope();  ///< asserts that nothing runs any more
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  /// Starts `body` soon (never inside this call); what it throws is logged under `name` and ends
  /// that task alone.
  void spawn(std::string name, Task<> body);
  void cancel();  ///< asks all tasks to end; call it on the io thread
  /// Cancels, then waits until all have ended, even if its caller is cancelled meanwhile. Never
  /// from one of its own tasks (throws std::logic_error).
  Task<> join();
  std::size_t running() const;
  asio::any_io_executor executor() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the completion of each running task
};

/// Runs `body` with a scope that is joined however it ends: by return, exception or cancellation.
/// For scopes that live in a coroutine, where a cancelled caller could not await join() itself.
Task<> in_scope(std::function<Task<>(TaskScope&)> body);

}  // namespace slipway::base
