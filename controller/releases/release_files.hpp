// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>

#include "controller/links/links.hpp"
#include "controller/releases/agent_releases.hpp"

namespace slipway::releases {

inline constexpr std::size_t kMaxFetches = 16;  ///< at once, of all machines
inline constexpr std::size_t kPieceBytes = 64 << 10;
inline constexpr std::chrono::seconds kStallLimit{60};  ///< a reader takes a piece within it

/// SHA-256 of the program that a machine shall run, from its row; empty: of no release.
using WantedRelease = std::function<std::string(const base::MachineId&)>;

/// Serves the streams by which agents fetch the program that they shall be, and no other. An agent
/// that reads slowly is waited for by the stream's credit, one that does not read is let go.
class ReleaseFiles : public links::StreamTaker {
 public:
  ReleaseFiles(const AgentReleases& releases, WantedRelease wanted, boost::asio::thread_pool& pool,
               std::chrono::milliseconds stall_limit = kStallLimit)
      : releases_(releases), wanted_(std::move(wanted)), pool_(pool), stall_limit_(stall_limit) {}

  bool takes(const wire::StreamOpen& what) const override;
  /// Ends with finish() after the last byte, else with a reset: kDenied (it is not this machine's),
  /// kExhausted (kMaxFetches), kInvalid (offset), kConflict (the file is broken or has changed),
  /// kTimeout (nobody reads).
  base::Task<> serve(base::MachineId from, wire::StreamOpen what, link::StreamPtr stream) override;

 private:
  base::Task<base::Result<>> send(std::string sha256, std::uint64_t offset, link::Stream& stream);

  const AgentReleases& releases_;
  WantedRelease wanted_;
  boost::asio::thread_pool& pool_;
  std::chrono::milliseconds stall_limit_;
  std::size_t fetches_ = 0;
};

}  // namespace slipway::releases
