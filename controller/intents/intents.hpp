// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/links/links.hpp"
#include "controller/links/roster.hpp"
#include "controller/store/database.hpp"
#include "order.pb.h"
#include "protocol/base/clock.hpp"
#include "report.pb.h"

namespace slipway::intents {

using base::ClusterId;
using base::IntentId;

inline constexpr std::size_t kMaxPending = 256;  ///< of a cluster, then kExhausted
inline constexpr std::size_t kMaxInFlight = 16;  ///< delivered and not answered, of a cluster
inline constexpr std::size_t kMaxIntentBytes = 768 << 10;  ///< fits a frame
inline constexpr std::size_t kKeptFinished = 500;          ///< the newest, of a cluster and a user
/// Of those that failed or were given up: what they asked is kept of so many, to be asked again.
inline constexpr std::size_t kKeptTexts = 50;

enum class State {
  kPending,    ///< durable; not answered by the cluster yet
  kDone,       ///< the cluster answered, well or not
  kCancelled,  ///< given up before the cluster answered; a late answer makes it kDone
};

/// An intent and what became of it.
struct Outcome {
  IntentId id;
  ClusterId cluster;
  State state = State::kPending;
  bool delivered = false;  ///< a gateway has it
  base::UtcTime accepted;
  base::UtcTime finished;  ///< of kDone and kCancelled
  /// Of kDone. Its body only where somebody waited for it; in lists `ok` of all and the message.
  wire::IntentOutcome answer;
  std::string asked_by = {};  ///< id of a user; empty: the controller itself
  std::string summary = {};   ///< one line of what it is about
  std::int64_t sequence = 0;  ///< grows with each that is accepted
};

/// Which intents a list shows.
struct Wanted {
  std::string asked_by = {};  ///< id of a user; empty: anybody
  bool only_pending = false;
  std::string search = {};  ///< what their summary has, in lower case; empty: any
  std::int64_t before = std::numeric_limits<std::int64_t>::max();  ///< their sequence is below it
  std::size_t limit = 100;
};

/// What was asked of clusters: accepted durably, delivered to the cluster's gateway at least once,
/// again after each reconnect, until its outcome is stored; then the agent is told to forget it.
class IntentLedger : public links::LinkListener {
 public:
  IntentLedger(boost::asio::any_io_executor executor, store::Database& database,
               links::Links& links, const links::Roster& roster, const base::Clock& clock);
  ~IntentLedger() override;

  /// Stores and delivers. An empty id is chosen; a known id with the same content is a no-op that
  /// returns it, with another content kConflict. kExhausted at kMaxPending, kInvalid over
  /// kMaxIntentBytes.
  base::Result<IntentId> accept(ClusterId cluster, wire::Intent intent);
  /// Accepts and, if the gateway is connected, waits for the outcome; kPending when it did not
  /// come.
  base::Task<base::Result<Outcome>> submit(ClusterId cluster, wire::Intent intent,
                                           std::chrono::milliseconds wait);
  base::Task<base::Result<Outcome>> apply(ClusterId cluster, wire::ApplyManifest manifest,
                                          std::chrono::milliseconds wait);
  /// The outcome once it is there, or as it stands after `limit`. kNotFound.
  base::Task<base::Result<Outcome>> wait_for(IntentId id, std::chrono::milliseconds limit);

  base::Result<Outcome> find(const IntentId& id) const;
  std::vector<Outcome> pending(const ClusterId& cluster) const;  ///< oldest first
  std::vector<Outcome> newest(const ClusterId& cluster, const Wanted& wanted) const;
  /// What was asked. kConflict: it is done well, or of too long ago to be kept.
  base::Result<wire::Intent> intent(const IntentId& id) const;
  /// kConflict: answered already, or a connected gateway is at it.
  base::Result<> cancel(const IntentId& id);
  /// Another master was picked: what is pending goes there.
  void gateway_changed(const ClusterId& cluster);
  void forget(const ClusterId& cluster);  ///< with its outcomes; waiters get kNotFound

  void link_up(const base::MachineId& machine, const wire::NodeState& state) override;
  void link_down(const base::MachineId& machine, const base::Error& why) override;
  void reported(const base::MachineId& machine, const wire::Report& report) override;

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace slipway::intents
