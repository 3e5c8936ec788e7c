// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "protocol/base/wakeup.hpp"
#include "protocol/link/link.hpp"
#include "tests/simulation/wire_watch.hpp"

namespace slipway::simulation {

/// Holds a user up until the world lets it go on: a slow reader, a writer with nothing to say.
struct Gate {
  explicit Gate(boost::asio::any_io_executor executor) : opened(std::move(executor)) {}
  unsigned permits = 0;
  bool open = false;  ///< for good
  base::Wakeup opened;

  void permit() {
    ++permits;
    opened.notify();
  }
  base::Task<> pass();
};
using GatePtr = std::shared_ptr<Gate>;  // the world and the user that waits

/// One direction of a stream: what its writer did and what its reader saw.
struct Half {
  std::uint64_t attempted = 0;  ///< bytes given to write()
  std::uint64_t written = 0;    ///< bytes of which write() returned
  bool finished = false;
  std::uint64_t received = 0;
  bool ended = false;                  ///< the reader saw the end
  std::optional<base::Error> failure;  ///< or this
};

/// What the users of a stream intend.
struct Plan {
  bool interactive = false;
  std::uint64_t bytes[2] = {0, 0};  ///< from the opener, from the other
  bool resets[2] = {false, false};  ///< that side resets instead of finishing
  bool leaves[2] = {false, false};  ///< that side stops reading and goes
  bool slow[2] = {false, false};    ///< that side reads only when let
  bool is_plain() const { return !(resets[0] || resets[1] || leaves[0] || leaves[1]); }
};

/// A stream's plan and what became of it, told by its users at both ends.
struct Story {
  unsigned number = 0;
  wire::Side opener = wire::Side::kAgent;
  Plan plan;
  Half halves[2];  ///< from the opener, from the other
  bool taken = false;
};
using StoryPtr = std::shared_ptr<Story>;  // the world and the users at both ends

Plan make_plan(std::mt19937_64& random);

/// A user of one end of a stream, writing its half of the story or reading the other.
struct User {
  StoryPtr story;
  link::StreamPtr stream;
  wire::Side side;
  GatePtr gate;
  std::uint64_t seed;
};
base::Task<> write_half(User user, WireWatch& watch);
base::Task<> read_half(User user);

/// Holds a story against what may have become of it.
void check_story(const Story& story, bool link_lost);

}  // namespace slipway::simulation
