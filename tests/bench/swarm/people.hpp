// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace slipway::swarm {

struct PeopleOptions {
  std::filesystem::path state;
  std::string controller;   ///< the public port
  std::size_t agents = 0;   ///< 0: all that were prepared
  std::size_t streams = 0;  ///< at once: half of them terminals, half of them followed logs
  double slow = 0;          ///< percent of them: they hardly read a log that never stops
  double life = 0;          ///< seconds of a stream at most; 0: no end
  std::chrono::seconds limit{3600};
  std::uint64_t seed = 1;
};

/// People at the public port: they type into terminals and follow logs of the agents' pods. Takes
/// the word `stat`.
void run_people(const PeopleOptions& options);

}  // namespace slipway::swarm
