// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/links/pace.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/task.hpp"
#include "protocol/link/link.hpp"

namespace slipway::links {

using base::MachineId;

/// What is known of a machine's tunnel, with as of when.
struct LinkFacts {
  bool connected = false;
  base::UtcTime since;  ///< of the present state
  base::UtcTime last_heard;
  std::chrono::milliseconds round_trip{-1};
  std::int64_t clock_offset_ms = 0;                                       ///< node minus controller
  std::string why_down = "never connected since the controller started";  ///< empty while connected
  std::string software;  ///< of the agent, as its hello said
};

/// Told on the io thread what agents do; must not block. Register before the listener starts.
class LinkListener {
 public:
  virtual ~LinkListener() = default;
  virtual void link_up(const MachineId&, const wire::NodeState&) {
  }  ///< hello and full state are in
  virtual void link_down(const MachineId&, const base::Error&) {}
  virtual void reported(const MachineId&, const wire::Report&) {}
};

/// Takes the streams of one kind that agents open (mirror, discovery).
class StreamTaker {
 public:
  virtual ~StreamTaker() = default;
  virtual bool takes(const wire::StreamOpen& what) const = 0;
  virtual base::Task<> serve(MachineId from, wire::StreamOpen what, link::StreamPtr stream) = 0;
};

/// Says what a machine shall be; the clusters own that.
class DesiredSource {
 public:
  virtual ~DesiredSource() = default;
  virtual base::Result<wire::DesiredNode> desired(const MachineId&) = 0;
};

/// The connected agents: at most one link a machine (a newer one ends the older). A link counts as
/// connected once its full state is in; what an agent reports before that ends the link.
class Links {
 public:
  Links(boost::asio::any_io_executor executor, const base::Clock& clock);
  ~Links();

  void add(LinkListener& listener);  ///< not owned; outlives the links
  void add(StreamTaker& taker);
  void set(DesiredSource& source);

  /// Runs the link of an accepted transport until it ends (the agent listener's upgrade session).
  /// The agent is told that pace.
  base::Task<> serve(MachineId machine, std::unique_ptr<net::Transport> transport, Pace pace = {});

  LinkFacts facts(const MachineId& machine) const;
  std::vector<MachineId> connected() const;
  /// kUnavailable: no link, with since when.
  base::Result<link::StreamPtr> open(const MachineId& machine, wire::StreamOpen what,
                                     bool interactive);
  base::Result<> send(const MachineId& machine, wire::Order order);
  /// Sends the machine its DesiredNode anew (its content changed).
  void refresh(const MachineId& machine);
  void cut(const MachineId& machine,
           base::Error why);              ///< its certificate is no longer good, it is deleted …
  void forget(const MachineId& machine);  ///< cut, and its facts dropped
  /// Ends all links, takes no more, returns once all have ended.
  base::Task<> stop();

 private:
  struct State;
  struct Session;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::links
