// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

#include "protocol/base/task.hpp"

namespace slipway::fakes {

/// Runs a task to its end on `io`; what it returned. Fails the test when it takes a minute.
template <class T>
T run_task(boost::asio::io_context& io, base::Task<T> task) {
  std::optional<T> result;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr failure, T value) {
    if (failure) std::rethrow_exception(failure);
    result.emplace(std::move(value));
    io.stop();
  });
  io.restart();
  io.run_for(std::chrono::minutes{1});
  if (!result) throw std::runtime_error("the task did not end in time");
  return std::move(*result);
}

}  // namespace slipway::fakes
