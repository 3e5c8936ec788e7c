// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "protocol/base/task_scope.hpp"
#include "protocol/link/link.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/stories.hpp"

namespace slipway::simulation {

/// How a session ends.
enum class Ending {
  kDrained,            ///< all is delivered: every stream must end as planned
  kCut,                ///< the network is cut, both ends hear of it
  kSilent,             ///< nothing arrives any more: both ends find out by the clock
  kAgentRestarts,      ///< the agent's process goes
  kControllerRestarts  ///< the controller's process goes
};

/// An agent and a controller with their users, from hello to the end of their link.
class Session {
 public:
  Session(boost::asio::io_context& io, fakes::ManualClock& clock, std::mt19937_64& random);
  ~Session();

  void play(unsigned steps, Ending ending);

 private:
  /// One process: its link and its users go together.
  struct Process {
    wire::Side side;
    std::unique_ptr<link::Link> link;
    std::unique_ptr<base::TaskScope> tasks;
    std::optional<base::Error> ended;
    std::uint64_t sent = 0;  ///< reports or orders
    std::uint64_t received = 0;
  };

  void start(Process& process, std::unique_ptr<net::Transport> transport);
  link::LinkHandlers handlers_of(Process& process);
  void use(Process& process, StoryPtr story, link::StreamPtr stream);
  void step();
  void open_story(Process& process);
  void send_message(Process& process);
  void pass_time(std::chrono::milliseconds time);
  void drain();
  void wait_for_silence();
  void kill(Process& process);
  void run_some();  ///< a random number of what is ready
  void run_all();   ///< until nothing is ready
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  boost::asio::io_context& io_;
  fakes::ManualClock& clock_;
  std::mt19937_64& random_;
  WireWatch watch_;
  Network network_;
  Process agent_{wire::Side::kAgent, {}, {}, {}};
  Process controller_{wire::Side::kController, {}, {}, {}};
  std::vector<StoryPtr> stories_;
  std::vector<GatePtr> gates_;
  bool draining_ = false;
};

}  // namespace slipway::simulation
