// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <vector>

#include "controller/links/links.hpp"
#include "protocol/base/task_scope.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::fakes {

/// Goes round the io loop until `done` holds; false when it never does.
template <class F>
base::Task<bool> until(F done) {
  for (int turn = 0; turn < 20'000; ++turn) {
    if (done()) co_return true;
    co_await boost::asio::post(boost::asio::use_awaitable);
  }
  co_return false;
}

/// Lets everything that is ready happen.
inline base::Task<> turns(int count) {
  for (int turn = 0; turn < count; ++turn) {
    co_await boost::asio::post(boost::asio::use_awaitable);
  }
}

/// The agent's end of a link to real Links, in one process; keeps the orders that it got. Going
/// away it drops its link.
class FakeAgent {
  struct State {
    std::unique_ptr<link::Link> link;
    std::vector<wire::Order> orders;
    std::vector<link::StreamPtr> streams;
    std::vector<wire::StreamOpen> opened;
    bool ready = false;
    bool ended = false;
    base::Error why;
  };
  std::shared_ptr<State> state_ =
      std::make_shared<State>();  // shared with the task that runs the link

 public:
  FakeAgent(base::TaskScope& tasks, links::Links& links, const base::Clock& clock,
            base::MachineId machine) {
    auto [here, there] = net::transport_pair(tasks.executor());
    wire::Hello hello;
    hello.set_version_min(1);
    hello.set_version_max(1);
    hello.set_software("fake-agent 1");
    hello.set_incarnation("i");
    hello.set_utc_ms(base::to_unix_ms(clock.utc()));
    link::LinkHandlers handlers;
    handlers.ready = [state = state_.get()](const wire::Ready&) { state->ready = true; };
    handlers.order = [state = state_.get()](wire::Order order) {
      state->orders.push_back(std::move(order));
    };
    handlers.opened = [state = state_.get()](wire::StreamOpen what, bool, link::StreamPtr stream) {
      state->opened.push_back(std::move(what));
      state->streams.push_back(std::move(stream));
    };
    state_->link = std::make_unique<link::Link>(wire::Side::kAgent, hello, std::move(here),
                                                std::move(handlers), clock);
    link = state_->link.get();
    tasks.spawn("links.serve", links.serve(std::move(machine), std::move(there)));
    tasks.spawn("agent", run(state_));
  }
  ~FakeAgent() { drop(); }
  FakeAgent(const FakeAgent&) = delete;

  /// Hello, then its state.
  base::Task<> come_up(wire::NodeState state = {}) {
    EXPECT_TRUE(co_await until([this] { return ready || ended; }));
    wire::Report report;
    *report.mutable_state() = std::move(state);
    tell(std::move(report));
    co_await turns(200);
  }
  void tell(wire::Report report) { (void)link->send(std::move(report)); }
  void drop() { link->close({base::ErrorCode::kUnavailable, "the agent went away", {}}); }
  std::vector<wire::Intent> intents() const {
    std::vector<wire::Intent> all;
    for (const auto& order : orders) {
      if (order.has_intent()) all.push_back(order.intent());
    }
    return all;
  }
  std::size_t count(wire::Order::WhatCase what) const {
    std::size_t n = 0;
    for (const auto& order : orders) n += order.what_case() == what;
    return n;
  }

  link::Link* link = nullptr;
  const std::vector<wire::Order>& orders = state_->orders;
  std::vector<link::StreamPtr>& streams = state_->streams;       ///< that the controller opened
  const std::vector<wire::StreamOpen>& opened = state_->opened;  ///< what each of them was for
  const bool& ready = state_->ready;
  const bool& ended = state_->ended;
  const base::Error& why = state_->why;

 private:
  static base::Task<> run(std::shared_ptr<State> state) {
    state->why = co_await state->link->run();
    state->ended = true;
    state->streams.clear();
  }
};

/// Ends all links and joins all tasks, while what they tell still lives.
inline base::Task<> end(links::Links& links, base::TaskScope& tasks) {
  co_await links.stop();
  co_await tasks.join();
}

/// Runs `body` with a scope on a fresh io loop. What listens to the links it must outlive: `end`
/// them.
template <class Body>
void with_links(Body body) {
  boost::asio::io_context io;
  std::exception_ptr failure;
  auto whole = [&]() -> base::Task<> {
    ManualClock clock;
    links::Links links(io.get_executor(), clock);
    base::TaskScope tasks(io.get_executor());
    std::exception_ptr thrown;
    try {
      co_await body(links, tasks, clock);
    } catch (...) {
      thrown = std::current_exception();
    }
    co_await links.stop();
    co_await tasks.join();
    if (thrown) std::rethrow_exception(thrown);
  };
  boost::asio::co_spawn(io, whole(), [&](std::exception_ptr e) { failure = e; });
  io.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace slipway::fakes
