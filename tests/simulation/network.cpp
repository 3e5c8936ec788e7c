// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/network.hpp"

#include <gtest/gtest.h>

namespace slipway::simulation {

using base::ErrorCode;
using base::Result;
using base::Task;

namespace {

std::size_t index_of(wire::Side side) {
  return side == wire::Side::kAgent ? 0 : 1;
}

}  // namespace

/// One end: writes wait for room on the way, reads for what has arrived.
class SimulatedTransport : public net::Transport {
 public:
  SimulatedTransport(std::shared_ptr<Network::State> state, wire::Side side)
      : state_(std::move(state)), side_(side) {}
  ~SimulatedTransport() override { close(); }

  Task<Result<net::Message>> read() override {
    const auto state = state_;
    auto& lane = state->lanes[1 - index_of(side_)];
    while (lane.arrived.empty() && !lane.reader_closed) co_await lane.changed.wait();
    if (lane.reader_closed) co_return base::fail(ErrorCode::kUnavailable, "the network was cut");
    auto message = std::move(lane.arrived.front());
    lane.arrived.pop_front();
    co_return message;
  }

  Task<Result<>> write(net::Message message) override {
    const auto state = state_;
    const auto side = side_;
    auto& lane = state->lanes[index_of(side)];
    EXPECT_FALSE(writing_) << "two writes at once";
    writing_ = true;
    if (!lane.writer_closed) state->watch.wrote(side, message.bytes);
    while (lane.on_way.size() >= state->capacity && !lane.writer_closed)
      co_await lane.changed.wait();
    if (lane.writer_closed) co_return base::fail(ErrorCode::kUnavailable, "the network was cut");
    writing_ = false;
    lane.on_way.push_back(std::move(message));
    co_return Result<>{};
  }

  void close() override { state_->close(side_); }

 private:
  std::shared_ptr<Network::State> state_;
  wire::Side side_;
  bool writing_ = false;
};

void Network::State::close(wire::Side side) {
  auto& out = lanes[index_of(side)];
  auto& in = lanes[1 - index_of(side)];
  out.writer_closed = true;
  in.reader_closed = true;
  if (!silent) {  // else the other end does not hear of it
    out.reader_closed = true;
    in.writer_closed = true;
  }
  out.changed.notify();
  in.changed.notify();
}

Network::Network(boost::asio::any_io_executor executor, std::size_t capacity, WireWatch& watch)
    : state_(std::make_shared<State>(std::move(executor), capacity, watch)) {}

std::pair<std::unique_ptr<net::Transport>, std::unique_ptr<net::Transport>> Network::ends() {
  return {std::make_unique<SimulatedTransport>(state_, wire::Side::kAgent),
          std::make_unique<SimulatedTransport>(state_, wire::Side::kController)};
}

bool Network::deliver(wire::Side from) {
  auto& lane = state_->lanes[index_of(from)];
  if (lane.on_way.empty()) return false;
  if (!state_->silent) lane.arrived.push_back(std::move(lane.on_way.front()));
  lane.on_way.pop_front();
  lane.changed.notify();
  return true;
}

void Network::cut() {
  state_->silent = false;
  state_->close(wire::Side::kAgent);
}

void Network::silence() {
  state_->silent = true;
}

}  // namespace slipway::simulation
