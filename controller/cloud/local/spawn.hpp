// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "controller/cloud/local/system.hpp"

namespace slipway::cloud::local {

/// The three descriptors of a program that outlives us; -1: /dev/null.
struct Stdio {
  int in = -1;
  int out = -1;
  int err = -1;
};

/// Runs a program on given descriptors and waits for its exit status (128 + signal). Blocks; for
/// what hands its descriptors on to a daemon, which base::run would wait for.
base::Result<int> spawn_and_wait(const std::vector<std::string>& argv, Stdio stdio,
                                 std::chrono::milliseconds limit);

}  // namespace slipway::cloud::local
