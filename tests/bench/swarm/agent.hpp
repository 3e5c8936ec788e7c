// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/backoff.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/link/link.hpp"
#include "tests/bench/swarm/roll.hpp"
#include "tests/bench/swarm/tally.hpp"
#include "tests/bench/swarm/tls_socket.hpp"

namespace slipway::swarm {

/// What the agents of a swarm share.
struct Common {
  boost::asio::any_io_executor executor;
  const base::Clock& clock;
  base::UtcTime booted;  ///< when their nodes were: it does not change with their links
  TlsIdentity identity;
  wire::TrustHeld trust;  ///< what all of them hold at first
  std::string bundle;     ///< told last, and its digests: the same for all
  std::vector<std::string> pins;
  boost::asio::ip::tcp::endpoint controller;
  std::map<base::ClusterId, std::vector<const Member*>> clusters;
  std::chrono::seconds health;  ///< how often to tell it, as the controller said last
  Tally tally;
  base::TaskScope tasks;  ///< the agents and their streams
};

/// One simulated agent: dials, says hello and its whole state, serves streams, backs off as the
/// real one does. Work on its node is left out.
class Agent {
 public:
  Agent(Common& common, const Member& member, std::uint64_t seed);

  base::Task<> run();  ///< until cancelled
  void tell_health();
  /// Ends its link and stays away for a while. `politely`: with a farewell, else by a reset.
  void leave(base::Duration away, bool politely);
  /// When the last order of that kind came; nullopt: none yet.
  std::optional<base::MonotonicTime> trust_came() const { return trust_came_; }

 private:
  base::Task<base::Result<>> attempt();
  base::Task<base::Result<std::unique_ptr<net::Transport>>> dial();
  link::LinkHandlers handlers();
  wire::Hello hello() const;
  void tell_state();
  void take(wire::Order order);
  void take_desired(const wire::DesiredNode& desired);
  void opened(wire::StreamOpen what, link::StreamPtr stream);
  base::Task<> feed_mirror(link::StreamPtr stream);
  void hold(const wire::TrustBundle& bundle);

  Common& common_;
  const Member& member_;
  base::Backoff backoff_;
  wire::TrustHeld trust_;
  std::unique_ptr<link::Link> link_;
  std::optional<base::MonotonicTime> up_since_;  ///< of the present or last link
  std::optional<Tally::Up> up_;
  bool mirrors_ = false;
  std::optional<base::Duration> away_;
  std::uint64_t generation_ = 0;
  std::optional<base::MonotonicTime> trust_came_;
};

}  // namespace slipway::swarm
