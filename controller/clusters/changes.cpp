// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/changes.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace slipway::clusters {

Subscription::Subscription(Changes& changes, boost::asio::any_io_executor executor)
    : changes_(&changes), wake_(std::move(executor), base::asio::steady_timer::time_point::max()) {}

Subscription::~Subscription() {
  if (changes_ != nullptr) changes_->subscriptions_.erase(this);
}

void Subscription::add(const Change& change) {
  if (pending_.size() >= kMaxPendingChanges) {
    lost_ = true;
  } else if (known_.insert(change).second) {
    pending_.push_back(change);
  }
  wake_.cancel();
}

std::vector<Change> Subscription::take() {
  std::vector<Change> taken{std::make_move_iterator(pending_.begin()),
                            std::make_move_iterator(pending_.end())};
  pending_.clear();
  known_.clear();
  return taken;
}

base::Task<std::vector<Change>> Subscription::next() {
  if (pending_.empty() && !lost_ && !closed_) {
    co_await wake_.async_wait(base::asio::as_tuple(base::asio::use_awaitable));
  }
  co_return take();
}

bool Subscription::take_lost() {
  return std::exchange(lost_, false);
}

void Subscription::close() {
  closed_ = true;
  wake_.cancel();
}

Changes::~Changes() {
  for (Subscription* subscription : subscriptions_) subscription->changes_ = nullptr;
}

void Changes::publish(Change change) {
  for (Subscription* subscription : subscriptions_) subscription->add(change);
}

base::Result<std::unique_ptr<Subscription>> Changes::subscribe() {
  if (subscriptions_.size() >= kMaxSubscribers) {
    return base::fail(base::ErrorCode::kExhausted, "too many event sockets are open");
  }
  std::unique_ptr<Subscription> made{new Subscription(*this, executor_)};
  subscriptions_.insert(made.get());
  return made;
}

}  // namespace slipway::clusters
