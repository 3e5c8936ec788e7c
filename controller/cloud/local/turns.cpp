// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/turns.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace slipway::cloud::local {
namespace asio = boost::asio;

base::Task<Turns::Turn> Turns::enter(std::string name) {
  auto [at, free] = waiting_.try_emplace(name);
  if (!free) {
    // leave() takes the timer off the list before it ends it: the turn is ours then, even if the
    // task is cancelled at the same moment.
    asio::steady_timer timer(executor_, asio::steady_timer::time_point::max());
    at->second.push_back(&timer);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    auto still = waiting_.find(name);
    if (still != waiting_.end() && std::erase(still->second, &timer) > 0) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
  co_return Turn(*this, std::move(name));
}

void Turns::leave(const std::string& name) {
  auto at = waiting_.find(name);
  if (at->second.empty()) {
    waiting_.erase(at);
    return;
  }
  asio::steady_timer* next = at->second.front();
  at->second.pop_front();
  next->cancel();
}

}  // namespace slipway::cloud::local
