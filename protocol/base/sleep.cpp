// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/as_tuple.hpp>

#include "protocol/base/with_timeout.hpp"

namespace slipway::base {

Task<> sleep_for(Duration duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(duration);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace slipway::base
