// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "protocol/link/link.hpp"
#include "protocol/net/byte_stream.hpp"

namespace slipway::link {

struct SpliceLimits {
  /// No byte moved for so long: over. kubelet's own limit for its sessions.
  std::chrono::milliseconds idle = std::chrono::hours{4};
  /// What came before its stream broke is still handed to the connection for so long.
  std::chrono::milliseconds farewell = std::chrono::seconds{10};
};

/// What a splice has carried, and what ended it.
struct Spliced {
  enum class End {
    kCut,         ///< it still runs, or its owner ended it
    kConnection,  ///< the connection was the first to send no more, or it broke
    kStream,      ///< the stream was the first to send no more
    kBroken,      ///< the stream was reset, or its link ended
    kIdle,        ///< SpliceLimits::idle
  };
  End end = End::kCut;
  std::uint64_t up_bytes = 0;    ///< from the connection into the stream
  std::uint64_t down_bytes = 0;  ///< from the stream into the connection
};

/// Makes one duplex of a connection and a stream. Each direction ends by itself and the other goes
/// on; when either end is gone both are over. Nothing is read before what came earlier was taken,
/// so that a slow reader at one end slows the writer at the other. `told` is true at any time; it
/// is shared with who asks afterwards.
base::Task<> splice(std::unique_ptr<net::ByteStream> connection, StreamPtr stream,
                    std::shared_ptr<Spliced> told, SpliceLimits limits = {});

}  // namespace slipway::link
