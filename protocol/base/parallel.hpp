// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <vector>

#include "protocol/base/task.hpp"

namespace slipway::base {

/// `work(0)` … `work(count - 1)`, at most `at_once` of them under way; all results, in order.
template <class F>
Task<std::vector<Result<>>> in_parallel(std::size_t count, std::size_t at_once, F work) {
  std::vector<Result<>> results(count);
  std::size_t next = 0;
  const auto lane = [&]() -> Task<> {
    while (next < count) {
      const std::size_t mine = next++;
      results[mine] = co_await work(mine);
    }
  };
  const auto executor = co_await asio::this_coro::executor;
  using Lane = decltype(asio::co_spawn(executor, lane(), asio::deferred));
  std::vector<Lane> lanes;
  const std::size_t wanted = std::min(count, at_once);
  lanes.reserve(wanted);
  for (std::size_t i = 0; i < wanted; ++i) {
    lanes.push_back(asio::co_spawn(executor, lane(), asio::deferred));
  }
  if (lanes.empty()) co_return results;
  auto [order, thrown] = co_await asio::experimental::make_parallel_group(std::move(lanes))
                             .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  for (const std::exception_ptr& each : thrown) {
    if (each) std::rethrow_exception(each);
  }
  co_return results;
}

}  // namespace slipway::base
