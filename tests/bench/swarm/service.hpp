// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "protocol/link/link.hpp"

namespace slipway::swarm {

/// Serves a stream that the controller opened: an exec echoes, a log has lines; counts itself in
/// `open` meanwhile. Ends with the stream or its link.
base::Task<> serve(std::uint64_t& open, wire::StreamOpen what, link::StreamPtr stream);

}  // namespace slipway::swarm
