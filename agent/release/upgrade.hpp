// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <optional>
#include <string>

#include "agent/release/launch.hpp"
#include "agent/release/slots.hpp"
#include "order.pb.h"
#include "protocol/base/wakeup.hpp"
#include "protocol/link/link.hpp"
#include "protocol/release/release.hpp"
#include "report.pb.h"

namespace slipway::agent_release {

/// A release on trial is settled once its link has held so long without a break.
inline constexpr std::chrono::seconds kProof{10};
/// Broken links during one fetch, then it has failed.
inline constexpr unsigned kMaxFetches = 20;

struct UpgradeOptions {
  bool allowed = false;             ///< by the node's own configuration
  std::filesystem::path keys_file;  ///< Ed25519 public keys, PEM: whose releases are believed
  base::Duration proof = kProof;
};

struct UpgradeTools {
  std::function<base::Result<link::StreamPtr>(wire::StreamOpen)> open;
  std::function<void(wire::ReleaseState)> tell;
  std::function<void()> restart;  ///< ends the process soon; the next start chooses anew
};

/// Makes the agent the program that the controller wants: fetches it, puts it on trial, and tells
/// what became of it. The program that runs goes on until the other is whole on the disk.
class Upgrade {
 public:
  Upgrade(boost::asio::any_io_executor executor, boost::asio::thread_pool& pool, SlotStore& slots,
          Running running, UpgradeOptions options, UpgradeTools tools);

  void want(wire::AgentRelease wish);
  void link_changed(bool up);
  const wire::ReleaseState& state() const { return state_; }

  /// Works until cancelled.
  base::Task<> run();

 private:
  base::Task<> prove();
  base::Task<base::Result<>> take(release::Release wanted, Candidate what);
  base::Task<base::Result<>> fetch_all(const release::Release& wanted);
  base::Task<> follow(wire::AgentRelease wish);
  base::Task<> wait_for_link();
  void show(wire::ReleaseState::State state, const Candidate& what, const std::string& error = {});
  void refuse(const Candidate& what, const std::string& why);
  bool runs(const std::string& sha256) const;

  boost::asio::thread_pool& pool_;
  SlotStore& slots_;
  Running running_;
  UpgradeOptions options_;
  UpgradeTools tools_;
  base::Wakeup changed_;
  std::optional<wire::AgentRelease> wish_;
  bool up_ = false;
  std::uint64_t links_ = 0;  ///< counted up with each change
  wire::ReleaseState state_;
};

}  // namespace slipway::agent_release
