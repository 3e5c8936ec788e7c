// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <functional>
#include <map>

#include "agent/kube/intent_store.hpp"
#include "protocol/base/backoff.hpp"
#include "protocol/base/task.hpp"

namespace slipway::kube {

/// Takes intents in order, does each once and tells its outcome. While the API server is out of
/// reach it waits with the oldest. What is not done when this node stops being the gateway is
/// dropped: the controller hands it to the next one, and a late repetition here would undo what
/// came after it.
class Intents {
 public:
  using Told = std::function<void(const wire::IntentOutcome&)>;
  using Does = std::function<base::Task<base::Result<wire::IntentOutcome>>(wire::Intent)>;
  using May = std::function<bool()>;
  /// `does`: an error means that the whole is tried again later. `may`: whether this node is the
  /// gateway now; asked before each try.
  Intents(base::asio::any_io_executor executor, base::asio::thread_pool& pool, IntentStore& store,
          Does does, May may, Told told);

  /// Never blocks: what is taken becomes durable on the pool before it runs.
  void take(wire::Intent intent);
  /// The controller knows its outcome: repetitions that wait here are not done again.
  void acknowledge(const std::string& id);
  /// The link has gone: what is not begun comes again over the next one, unless it is another
  /// master's by then.
  void link_lost();
  /// Of what is done and not acknowledged, as many as a report has room for beside all else.
  std::vector<wire::IntentOutcome> outcomes() const;
  /// The link is up and outcomes() told: the others follow, each when one before is acknowledged.
  void link_up();
  /// Does what comes, until cancelled. Unfinished intents of earlier runs are dropped.
  base::Task<> run();

 private:
  void tell_next();
  base::Task<> handle(wire::Intent intent);
  base::Task<> perform(wire::Intent intent);
  base::Task<> drop(std::string id);
  void tell_refusal(const std::string& id, const base::Error& why);

  base::asio::thread_pool& pool_;
  IntentStore& store_;
  Does does_;
  May may_;
  Told told_;
  std::deque<wire::Intent> waiting_;
  std::deque<std::string> acknowledged_;
  std::deque<std::string> untold_;                       ///< done, and not yet told on this link
  std::map<std::string, wire::IntentOutcome> outcomes_;  // the store itself may be busy on the pool
  base::asio::steady_timer wake_;
  base::Backoff backoff_;
};

}  // namespace slipway::kube
