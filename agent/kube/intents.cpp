// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/intents.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

#include "protocol/base/log.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/wire/limits.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::kube {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr std::size_t kMaxWaiting = kMaxIntents;
constexpr std::uint32_t kTooMany = 429;
constexpr std::uint32_t kBadIntent = 400;
constexpr std::size_t kMaxOutcomeBytes = wire::kMaxFrameBytes / 16 * 15;
constexpr std::size_t kMaxToldBytes = wire::kMaxFrameBytes / 2;  // steps and facts take room too
constexpr std::size_t kShortText = 200;

/// What no frame holds would never be told: of a thousand refused objects each may have a long
/// text.
void make_fit(wire::IntentOutcome& outcome) {
  if (outcome.ByteSizeLong() <= kMaxOutcomeBytes) return;
  for (auto& object : *outcome.mutable_objects()) {
    object.set_message(wire::head_of(object.message(), kShortText));
    object.set_field(wire::head_of(object.field(), kShortText));
  }
  if (outcome.ByteSizeLong() <= kMaxOutcomeBytes) return;
  for (auto& object : *outcome.mutable_objects()) object.clear_undo();
  outcome.clear_body();
}

}  // namespace

Intents::Intents(asio::any_io_executor executor, asio::thread_pool& pool, IntentStore& store,
                 Does does, May may, Told told)
    : pool_(pool),
      store_(store),
      does_(std::move(does)),
      may_(std::move(may)),
      told_(std::move(told)),
      wake_(executor, asio::steady_timer::time_point::max()),
      backoff_({}, std::random_device{}()) {
  for (auto& outcome : store_.outcomes()) outcomes_[outcome.intent_id()] = std::move(outcome);
}

std::vector<wire::IntentOutcome> Intents::outcomes() const {
  std::vector<wire::IntentOutcome> all;
  std::size_t bytes = 0;
  for (const auto& [id, outcome] : outcomes_) {
    bytes += outcome.ByteSizeLong();
    if (bytes > kMaxToldBytes) break;
    all.push_back(outcome);
  }
  return all;
}

void Intents::link_up() {
  untold_.clear();
  std::size_t told = outcomes().size();
  for (const auto& [id, outcome] : outcomes_) {
    if (told > 0)
      --told;
    else
      untold_.push_back(id);
  }
  tell_next();
}

void Intents::link_lost() {
  waiting_.clear();
  untold_.clear();
}

void Intents::tell_next() {
  while (!untold_.empty()) {
    const auto next = outcomes_.find(untold_.front());
    untold_.pop_front();
    if (next == outcomes_.end()) continue;
    told_(next->second);
    return;
  }
}

void Intents::tell_refusal(const std::string& id, const base::Error& why) {
  wire::IntentOutcome outcome;
  outcome.set_intent_id(id);
  outcome.set_http_status(why.code == ErrorCode::kExhausted ? kTooMany : kBadIntent);
  outcome.set_message(why.message);
  told_(outcome);
}

void Intents::take(wire::Intent intent) {
  if (waiting_.size() >= kMaxWaiting) {
    tell_refusal(intent.id(), {ErrorCode::kExhausted, "this node holds too many intents", {}});
    return;
  }
  waiting_.push_back(std::move(intent));
  wake_.cancel();
}

void Intents::acknowledge(const std::string& id) {
  outcomes_.erase(id);
  std::erase_if(waiting_, [&](const auto& intent) { return intent.id() == id; });
  if (acknowledged_.size() < kMaxWaiting) acknowledged_.push_back(id);
  tell_next();
  wake_.cancel();
}

Task<> Intents::run() {
  // One after the other: what was asked first is there when the next needs it. The store is used
  // by this task alone.
  for (const auto& intent : store_.pending()) co_await drop(intent.id());
  while (true) {
    if (!acknowledged_.empty()) {
      auto id = std::move(acknowledged_.front());
      acknowledged_.pop_front();
      co_await base::offload(pool_, [this, &id] { return store_.forget(id), true; });
    } else if (!waiting_.empty()) {
      auto intent = std::move(waiting_.front());
      waiting_.pop_front();
      co_await handle(std::move(intent));
    } else {
      co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
}

Task<> Intents::handle(wire::Intent intent) {
  auto taken = co_await base::offload(pool_, [&] { return store_.take(intent); });
  if (!taken) {
    tell_refusal(intent.id(), taken.error());
  } else if (*taken == IntentStore::Taken::kDone) {
    told_(*store_.outcome(intent.id()));
  } else if (*taken == IntentStore::Taken::kNew) {
    co_await perform(std::move(intent));
  }
}

Task<> Intents::drop(std::string id) {
  co_await base::offload(pool_, [this, &id] { return store_.drop(id), true; });
}

Task<> Intents::perform(wire::Intent intent) {
  while (true) {
    if (!may_()) {
      spdlog::info("intents: {} is left to another master", intent.id());
      co_return co_await drop(intent.id());
    }
    auto outcome = co_await does_(intent);
    if (outcome) {
      make_fit(*outcome);
      auto kept = co_await base::offload(pool_, [&] { return store_.complete(*outcome); });
      if (!kept) spdlog::error("intents: {}: {}", intent.id(), kept.error().message);
      spdlog::info("intents: {} -> {} ({})", intent.id(), outcome->ok() ? "done" : "refused",
                   outcome->message());
      outcomes_[intent.id()] = *outcome;
      told_(*outcome);
      backoff_.lasted(std::chrono::hours{1});
      co_return;
    }
    spdlog::info("intents: {} waits: {}", intent.id(), outcome.error().message);
    intent.set_repeated(true);  // it may have been done although no answer came
    if (may_()) co_await base::sleep_for(backoff_.next());
  }
}

}  // namespace slipway::kube
