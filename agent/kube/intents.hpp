// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <functional>
#include <map>

#include "agent/kube/applier.hpp"
#include "agent/kube/intent_store.hpp"
#include "protocol/base/backoff.hpp"

namespace slipway::kube {

/// Takes intents in order, does each once and tells its outcome. While the API server is out of
/// reach it waits with the oldest.
class Intents {
 public:
  using Told = std::function<void(const wire::IntentOutcome&)>;
  Intents(base::asio::any_io_executor executor, base::asio::thread_pool& pool, IntentStore& store,
          Applier& applier, Told told);

  /// Never blocks: what is taken becomes durable on the pool before it runs.
  void take(wire::Intent intent);
  void acknowledge(const std::string& id);
  /// Of what is done and not acknowledged.
  std::vector<wire::IntentOutcome> outcomes() const;
  /// Unfinished intents of earlier runs first, then what comes; until cancelled.
  base::Task<> run();

 private:
  base::Task<> handle(wire::Intent intent);
  base::Task<> perform(wire::Intent intent);
  void tell_refusal(const std::string& id, const base::Error& why);

  base::asio::thread_pool& pool_;
  IntentStore& store_;
  Applier& applier_;
  Told told_;
  std::deque<wire::Intent> waiting_;
  std::deque<std::string> acknowledged_;
  std::map<std::string, wire::IntentOutcome> outcomes_;  // the store itself may be busy on the pool
  base::asio::steady_timer wake_;
  base::Backoff backoff_;
};

}  // namespace slipway::kube
