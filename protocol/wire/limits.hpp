// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// The limits of the wire; both ends hold them, tests name them.
namespace slipway::wire {

inline constexpr std::uint32_t kProtocolVersion = 1;
inline constexpr std::size_t kMaxFrameBytes = 1 << 20;
inline constexpr std::size_t kMaxStreams = 1024;             ///< open at once on a link
inline constexpr std::size_t kWindowBytes = 256 << 10;       ///< credit of a stream, each way
inline constexpr std::size_t kChunkBytes = 16 << 10;         ///< a Data frame's bytes at most, so that keys wait for little
inline constexpr std::size_t kNoteCostBytes = 256;           ///< credit that a note costs
inline constexpr std::size_t kControlQueue = 1024;           ///< reports and orders waiting to be sent
inline constexpr std::size_t kControlQueueBytes = 16 << 20;
inline constexpr std::chrono::seconds kHelloTimeout{10};
inline constexpr std::chrono::seconds kPingInterval{5};
inline constexpr std::chrono::seconds kSilenceLimit{15};     ///< nothing heard: the link is dead
inline constexpr std::chrono::seconds kSyncInterval{30};

}  // namespace slipway::wire
