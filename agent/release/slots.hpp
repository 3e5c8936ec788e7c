// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "protocol/base/result.hpp"

namespace slipway::agent_release {

/// A release as the disk knows it: its program's SHA-256 in hex; empty: the program of the image.
struct Candidate {
  std::string sha256;
  std::uint32_t attempt = 0;  ///< of the controller's order
  bool operator==(const Candidate&) const = default;
};

/// What is to run, what is on trial, and what failed last.
struct Slots {
  struct Trial {
    Candidate what;
    unsigned starts = 0;  ///< so often was it begun
  };
  struct Failure {
    Candidate what;
    std::string why;
  };

  std::string current;  ///< SHA-256 of the settled program; empty: that of the image
  std::optional<Trial> trial;
  std::optional<Failure> failure;

  /// The trial is over and lost.
  void give_up(std::string why);
};

/// The slots on disk: slots.json and a file for each program, named by its SHA-256. Shared by the
/// agent, its guard and the next start: every change is made under a lock. Blocking; small.
class SlotStore {
 public:
  explicit SlotStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// What was never written, or is damaged, is the image's program and nothing else.
  Slots read() const;
  /// Reads, changes, writes: what `change` left. kInternal: the disk refuses.
  base::Result<Slots> update(const std::function<void(Slots&)>& change);

  std::filesystem::path program(const std::string& sha256) const { return directory_ / sha256; }
  /// Where a program is written before it is known to be whole.
  std::filesystem::path partial(const std::string& sha256) const {
    return directory_ / (sha256 + ".part");
  }
  /// Removes every program that no slot names, and whatever was left of their fetching.
  void sweep();

 private:
  base::Result<> make_directory() const;

  std::filesystem::path directory_;
};

}  // namespace slipway::agent_release
