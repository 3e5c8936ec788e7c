// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "agent/release/slots.hpp"

namespace slipway::agent_release {

/// A release that ends by itself before it has proved itself is begun so often.
inline constexpr unsigned kMaxStarts = 3;

/// What a start of the image's program becomes.
struct Choice {
  std::string sha256;  ///< empty: the image's program goes on
  bool on_trial = false;
};
/// Counts the start of a trial and gives up one that had kMaxStarts, or whose program is not whole.
/// A settled program that is not whole is passed over.
Choice choose(SlotStore& slots);

/// Ends the process `watched` with SIGKILL and gives up the trial of `what` where it still is on
/// trial after `limit`; returns early when the process ends. False: it could not watch.
bool guard(SlotStore& slots, const Candidate& what, std::chrono::seconds limit, int watched_pidfd);

/// The program that runs in the end.
struct Running {
  std::string sha256;
  bool from_image = true;
};
/// First of all in `run`, while there is one thread: becomes the program that the slots say, with
/// the same arguments, and returns where this is it. A trial gets a guard process beside it.
Running launch(SlotStore& slots, char** argv, std::chrono::seconds trial_limit);

}  // namespace slipway::agent_release
