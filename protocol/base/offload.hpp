// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "protocol/base/task.hpp"

namespace slipway::base {

/// Runs blocking `work` (no coroutine) on `pool`; resumes on the io thread with its value. A
/// cancelled caller still waits for it: `work` may refer to the caller's locals. The cancellation
/// is kept from the pool, where it could come after the work's end and touch what is freed; it
/// takes effect at the caller's next suspension.
template <class F, class T = std::invoke_result_t<F>>
Task<T> offload(asio::thread_pool& pool, F work) {
  co_return co_await asio::co_spawn(
      pool, [](F inner) -> Task<T> { co_return inner(); }(std::move(work)),
      asio::bind_cancellation_slot(asio::cancellation_slot{}, asio::use_awaitable));
}

}  // namespace slipway::base
