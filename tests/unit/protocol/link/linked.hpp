// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/task_scope.hpp"
#include "protocol/link/link.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::link {

/// Two links over an in-process transport, and the streams that each end was offered.
class Linked : public testing::Test {
 protected:
  struct End {
    std::unique_ptr<Link> link;
    std::vector<StreamPtr> offered;
    std::vector<wire::Report> reports;
    std::vector<wire::Order> orders;
    std::optional<base::Error> ended;
    bool takes_streams = true;
  };

  Linked() {
    auto [a, b] = net::transport_pair(io.get_executor(), 4);
    make(agent, wire::Side::kAgent, std::move(a));
    make(controller, wire::Side::kController, std::move(b));
    io.poll();
  }
  ~Linked() override {
    for (auto* end : {&agent, &controller}) {
      end->link->close({base::ErrorCode::kUnavailable, "the test is over", {}});
    }
    boost::asio::post(io, [this] { scope.cancel(); });  // on the io thread, as it is meant
    for (int i = 0; i < 10; ++i) poll();
  }

  void poll() {
    io.restart();
    io.poll();
  }
  /// Runs a coroutine until it, or all that can be done without waiting, is done.
  void run(std::function<base::Task<>()> body) {
    scope.spawn("test", [](std::function<base::Task<>()> inner) -> base::Task<> {
      co_await inner();
    }(std::move(body)));
    poll();
  }
  StreamPtr open_from(End& end, bool interactive = false) {
    wire::StreamOpen what;
    what.mutable_logs()->set_pod("web");
    auto stream = end.link->open(what, interactive);
    EXPECT_TRUE(stream) << stream.error().message;
    poll();
    return stream.value_or(nullptr);
  }
  StreamPtr last_offered(End& end) {
    if (end.offered.empty()) return nullptr;
    auto stream = std::move(end.offered.back());
    end.offered.pop_back();
    return stream;
  }

  boost::asio::io_context io;
  fakes::ManualClock clock;
  End agent;
  End controller;
  base::TaskScope scope{io.get_executor()};

 private:
  void make(End& end, wire::Side side, std::unique_ptr<net::Transport> transport) {
    wire::Hello hello;
    hello.set_software("test");
    LinkHandlers handlers;
    handlers.opened = [&end](wire::StreamOpen, bool, StreamPtr stream) {
      if (end.takes_streams) end.offered.push_back(std::move(stream));
    };
    handlers.report = [&end](wire::Report it) { end.reports.push_back(std::move(it)); };
    handlers.order = [&end](wire::Order it) { end.orders.push_back(std::move(it)); };
    end.link =
        std::make_unique<Link>(side, hello, std::move(transport), std::move(handlers), clock);
    scope.spawn("link",
                [](End& mine) -> base::Task<> { mine.ended = co_await mine.link->run(); }(end));
  }
};

}  // namespace slipway::link
