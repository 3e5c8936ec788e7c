// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "protocol/base/task.hpp"

namespace slipway::clusters {

inline constexpr std::size_t kMaxPendingChanges = 1024;  ///< of a subscriber
inline constexpr std::size_t kMaxSubscribers = 1024;

/// Something is no longer as it was: look at it again. Carries no data.
struct Change {
  std::string topic;    ///< "cluster", "operation", "node", "machine", "namespace", "pod" …
  std::string id;       ///< of the cluster, operation, machine … or "namespace/name"
  std::string cluster;  ///< id, empty where none
  auto operator<=>(const Change&) const = default;
};

class Changes;

/// One reader of changes; equal changes that it has not read yet count once.
class Subscription {
 public:
  ~Subscription();
  Subscription(const Subscription&) = delete;

  /// All that is pending, oldest first; waits for the first one. Empty: cancelled or closed.
  base::Task<std::vector<Change>> next();
  std::vector<Change> take();
  /// True once after more than kMaxPendingChanges came unread and were dropped: read all anew.
  bool take_lost();
  void close();  ///< ends next()

 private:
  friend class Changes;
  Subscription(Changes& changes, boost::asio::any_io_executor executor);
  void add(const Change& change);

  Changes* changes_;
  boost::asio::steady_timer wake_;
  std::deque<Change> pending_;
  std::set<Change> known_;
  bool lost_ = false;
  bool closed_ = false;
};

/// Tells subscribers what changed; publishing never waits. Outlives its subscriptions.
class Changes {
 public:
  explicit Changes(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  ~Changes();

  void publish(Change change);
  /// kExhausted at kMaxSubscribers.
  base::Result<std::unique_ptr<Subscription>> subscribe();
  std::size_t subscribers() const { return subscriptions_.size(); }

 private:
  friend class Subscription;
  boost::asio::any_io_executor executor_;
  std::set<Subscription*> subscriptions_;
};

}  // namespace slipway::clusters
