// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "protocol/base/wakeup.hpp"
#include "protocol/net/transport.hpp"
#include "tests/simulation/wire_watch.hpp"

namespace slipway::simulation {

/// What lies between two ends. Nothing moves unless deliver() is called.
class Network {
 public:
  Network(boost::asio::any_io_executor executor, std::size_t capacity, WireWatch& watch);

  std::pair<std::unique_ptr<net::Transport>, std::unique_ptr<net::Transport>> ends();

  /// Lets the oldest message from that side arrive; false when none is on its way.
  bool deliver(wire::Side from);
  void cut();      ///< what is on its way is lost; both ends are told
  void silence();  ///< what is on its way and all that follows is lost; nobody is told

 private:
  friend class SimulatedTransport;
  struct Lane {
    Lane(boost::asio::any_io_executor executor) : changed(std::move(executor)) {}
    std::deque<net::Message> on_way;
    std::deque<net::Message> arrived;
    bool writer_closed = false;
    bool reader_closed = false;
    base::Wakeup changed;
  };
  struct State {
    State(boost::asio::any_io_executor executor, std::size_t bound, WireWatch& eye)
        : lanes{Lane(executor), Lane(executor)}, capacity(bound), watch(eye) {}
    Lane lanes[2];  ///< from the agent, from the controller
    std::size_t capacity;
    bool silent = false;
    WireWatch& watch;  // of the same session
    void close(wire::Side side);
  };
  std::shared_ptr<State> state_;  // shared with both ends, which may outlive the network
};

}  // namespace slipway::simulation
