// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "protocol/base/result.hpp"

namespace slipway::swarm {

inline constexpr std::size_t kMaxAgents = 19'000;  ///< a process has 20,000 descriptors here
inline constexpr std::size_t kMaxNodesOfCluster = 500;

struct Scratch {
  std::filesystem::path state;  ///< must not hold an installation yet
  std::string listen;           ///< of the public port
  std::size_t agents = 0;
  std::size_t clusters = 0;  ///< 0: as few as kMaxNodesOfCluster allows
};

/// Makes the state directory of a controller whose machines have all enrolled and gone: it has rows
/// for them and certificates of its CA, and no cloud knows them.
base::Result<> prepare(const Scratch& scratch);

}  // namespace slipway::swarm
