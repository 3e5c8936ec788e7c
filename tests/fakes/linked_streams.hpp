// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "protocol/base/task_scope.hpp"
#include "protocol/base/wakeup.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/link/link.hpp"
#include "protocol/net/transport.hpp"

namespace slipway::fakes {

/// Both ends of a real link in one process, for tests of what serves or opens streams.
class LinkedStreams {
 public:
  boost::asio::io_context io;

  /// A stream as the controller's end and the agent's end hold it.
  struct Pair {
    link::StreamPtr controller;
    link::StreamPtr agent;
  };

  /// Runs `body` while the link is up; fails the test when it takes longer than `limit`.
  void run(std::function<base::Task<>(LinkedStreams&, base::TaskScope&)> body,
           std::chrono::seconds limit = std::chrono::seconds{60}) {
    bool done = false;
    io.restart();
    boost::asio::co_spawn(io, linked(std::move(body)), [&](std::exception_ptr failure) {
      done = true;
      if (failure) std::rethrow_exception(failure);
    });
    io.run_for(limit);
    ASSERT_TRUE(done) << "the test did not end in time";
  }

  /// The controller opens a stream at the agent.
  base::Task<Pair> open(wire::StreamOpen what, bool interactive = false) {
    Pair pair;
    pair.controller = controller_->open(std::move(what), interactive).value();
    pair.agent = co_await next(at_agent_);
    co_return pair;
  }
  /// The agent opens a stream at the controller.
  base::Task<Pair> open_from_agent(wire::StreamOpen what) {
    Pair pair;
    pair.agent = agent_->open(std::move(what), false).value();
    pair.controller = co_await next(at_controller_);
    co_return pair;
  }
  /// The two halves of open_from_agent, for what opens by itself.
  base::Result<link::StreamPtr> agent_opens(wire::StreamOpen what) {
    opened_ = what;
    return agent_->open(std::move(what), false);
  }
  const wire::StreamOpen& last_opened() const { return opened_; }
  base::Task<link::StreamPtr> next_at_controller() { co_return co_await next(at_controller_); }

  /// All that came on one stream until its end.
  struct Text {
    std::string bytes;
    std::string errors;  ///< notes of stderr
    std::vector<wire::StreamNote> notes;
    std::optional<base::Error> failure;  ///< a reset; none: it finished
  };
  static base::Task<Text> read_all(link::StreamPtr stream) {
    Text text;
    while (true) {
      auto chunk = co_await stream->read();
      if (!chunk) text.failure = chunk.error();
      if (!chunk || !*chunk) co_return text;
      text.bytes += (*chunk)->bytes;
      if (!(*chunk)->note) continue;
      if ((*chunk)->note->note_case() == wire::StreamNote::kStderr) {
        text.errors += (*chunk)->note->stderr();
      } else {
        text.notes.push_back(*(*chunk)->note);
      }
    }
  }
  /// Reads until `wanted` was seen; what was read. Fails the test at the stream's end.
  static base::Task<std::string> read_until(link::StreamPtr stream, std::string wanted) {
    std::string seen;
    while (seen.find(wanted) == std::string::npos) {
      auto chunk = co_await stream->read();
      if (!chunk || !*chunk) {
        ADD_FAILURE() << "the stream ended before \"" << wanted << "\" came; seen: " << seen;
        co_return seen;
      }
      seen += (*chunk)->bytes;
    }
    co_return seen;
  }

 private:
  base::Task<> linked(std::function<base::Task<>(LinkedStreams&, base::TaskScope&)> body) {
    base::Wakeup ready(io.get_executor());
    arrived_.emplace(io.get_executor());
    auto [a, b] = net::transport_pair(io.get_executor());
    link::LinkHandlers handlers;
    handlers.ready = [&](const wire::Ready&) { ready.notify(); };
    handlers.opened = arrival(at_agent_);
    agent_ = std::make_unique<link::Link>(wire::Side::kAgent, hello("agent"), std::move(a),
                                          handlers, clock_);
    handlers.opened = arrival(at_controller_);
    controller_ = std::make_unique<link::Link>(wire::Side::kController, hello("controller"),
                                               std::move(b), handlers, clock_);
    co_await base::in_scope([&](base::TaskScope& links) -> base::Task<> {
      links.spawn("agent", keep(*agent_));
      links.spawn("controller", keep(*controller_));
      while (!agent_->is_ready() || !controller_->is_ready()) co_await ready.wait();
      co_await base::in_scope(
          [&](base::TaskScope& scope) -> base::Task<> { co_await body(*this, scope); });
      agent_->close({base::ErrorCode::kUnavailable, "the test is over", {}});
      controller_->close({base::ErrorCode::kUnavailable, "the test is over", {}});
    });
  }
  static base::Task<> keep(link::Link& link) { co_await link.run(); }
  static wire::Hello hello(const std::string& name) {
    wire::Hello hello;
    hello.set_version_min(wire::kProtocolVersion);
    hello.set_version_max(wire::kProtocolVersion);
    hello.set_software(name);
    hello.set_incarnation(name);
    return hello;
  }
  std::function<void(wire::StreamOpen, bool, link::StreamPtr)> arrival(
      std::deque<link::StreamPtr>& at) {
    return [this, &at](wire::StreamOpen, bool, link::StreamPtr stream) {
      at.push_back(std::move(stream));
      arrived_->notify();
    };
  }
  base::Task<link::StreamPtr> next(std::deque<link::StreamPtr>& at) {
    while (at.empty()) co_await arrived_->wait();
    auto stream = std::move(at.front());
    at.pop_front();
    co_return stream;
  }

  base::SystemClock clock_;
  std::optional<base::Wakeup> arrived_;
  wire::StreamOpen opened_;
  std::deque<link::StreamPtr> at_agent_;
  std::deque<link::StreamPtr> at_controller_;
  std::unique_ptr<link::Link> agent_;
  std::unique_ptr<link::Link> controller_;
};

}  // namespace slipway::fakes
