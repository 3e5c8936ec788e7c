// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "agent/link/identity_store.hpp"
#include "protocol/base/backoff.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/task.hpp"
#include "protocol/link/link.hpp"

namespace slipway::agent_link {

/// Shorter than the silence after which the controller lets another master act.
inline constexpr auto kLease = wire::kSilenceLimit - std::chrono::seconds{1};

struct AgentLinkOptions {
  Controller controller;
  std::string token;  ///< from user-data; empty once it is gone
  std::filesystem::path state_dir;
  std::string software;     ///< "slipway-agent 0.1.0"
  std::string incarnation;  ///< random for each start of the process
  base::Backoff::Limits backoff;
  std::uint64_t seed = 0;  ///< of the backoff's jitter
};

/// What the rest of the agent gives to and takes from the link. Called on the io thread; must not
/// block.
struct AgentLinkHandlers {
  std::function<wire::NodeFacts()> facts;  ///< shown at enrolment
  std::function<wire::NodeState()> state;  ///< the full view, the first report on each link
  std::function<void(wire::Order)> order;
  std::function<void(wire::StreamOpen, bool interactive, link::StreamPtr)> opened;
  std::function<void(std::int64_t offset_ms)> controller_clock;  ///< the controller's minus ours
  std::function<void(bool up)> changed;
  std::function<void(const base::Error&)> failed;  ///< an attempt at a link, or a link, ended so
};

/// Keeps the one link to the controller: enrols where needed, dials, backs off, renews. All in one
/// coroutine; everything else asks it to send or to open.
class AgentLink {
 public:
  AgentLink(boost::asio::any_io_executor executor, AgentLinkOptions options,
            AgentLinkHandlers handlers, const base::Clock& clock);
  ~AgentLink();

  /// Works until cancelled.
  base::Task<> run();

  /// kUnavailable while the link is down: the full view follows when it is up again, so nothing is
  /// to be kept.
  base::Result<> send(wire::Report report);
  base::Result<link::StreamPtr> open(wire::StreamOpen what, bool interactive);
  bool up() const;
  /// Whether the controller surely still takes us for linked: it answered what we sent within
  /// kLease. A link for which that does not hold any more is closed, so that both ends begin anew.
  bool confirmed();
  /// How often the controller wants to hear how the machine fares, as it said at the last link.
  std::chrono::seconds health_interval() const;
  std::string machine_id() const;  ///< empty before enrolment

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::agent_link
