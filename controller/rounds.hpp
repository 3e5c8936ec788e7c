// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/this_coro.hpp>
#include <exception>
#include <set>
#include <string>
#include <utility>

#include "protocol/base/log.hpp"
#include "protocol/base/task.hpp"

namespace slipway::controller {

/// Runs one round of a loop that goes on whatever happens in it: what the round throws, as the
/// database does while the disk is full, is logged under `name` and makes it false. A cancelled
/// task still ends: what it throws is passed on.
inline base::Task<bool> outlive(std::string name, base::Task<> round) {
  const auto state = co_await base::asio::this_coro::cancellation_state;
  try {
    co_await std::move(round);
    co_return true;
  } catch (const std::exception& error) {
    if (state.cancelled() != base::asio::cancellation_type::none) throw;
    spdlog::warn("{}: this round failed: {}", name, error.what());
  }
  co_return false;
}

/// Marks an id as busy while something is done about it, however that ends. `busy` outlives it.
template <class Id>
class Busy {
 public:
  Busy(std::set<Id>& busy, Id id) : busy_(busy), id_(std::move(id)) { busy_.insert(id_); }
  ~Busy() { busy_.erase(id_); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  std::set<Id>& busy_;
  Id id_;
};

}  // namespace slipway::controller
