// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

/// The limits of the wire; both ends hold them, tests name them.
namespace slipway::wire {

inline constexpr std::uint32_t kProtocolVersion = 1;
inline constexpr std::size_t kMaxFrameBytes = 1 << 20;
inline constexpr std::size_t kMaxStreams = 1024;        ///< open at once on a link
inline constexpr std::size_t kWindowBytes = 256 << 10;  ///< credit of a stream, each way
inline constexpr std::size_t kChunkBytes = 16 << 10;    ///< of a Data frame: keys wait for no more
/// Of a Data frame as it is sent: with the head of an answer before it, it fits into one TLS record
/// (16 KiB).
inline constexpr std::size_t kPieceBytes = kChunkBytes - (1 << 10);
/// A batch takes one more frame while it is smaller than this.
inline constexpr std::size_t kBatchBytes = 4 << 10;
inline constexpr std::size_t kBatchFrames = 1024;
inline constexpr std::size_t kMaxNoteBytes = 64 << 10;  ///< a note, serialized
inline constexpr std::size_t kNoteCostBytes = 256;      ///< credit that a note costs at least
inline constexpr std::size_t kCreditStepBytes = 64
                                                << 10;   ///< credit is given back in steps of this
inline constexpr std::size_t kHelloTextBytes = 256;      ///< each text of a Hello
inline constexpr std::size_t kResetTextBytes = 4 << 10;  ///< a Reset's message; cut when sent
inline constexpr unsigned kInteractiveRun = 8;  ///< interactive frames in a row while others wait
inline constexpr std::size_t kControlQueue = 1024;  ///< reports and orders waiting to be sent
inline constexpr std::size_t kControlQueueBytes = 16 << 20;
inline constexpr std::chrono::seconds kHelloTimeout{10};
// A dead master is told to the link's owner at the latest 13 s after its last byte: 10 s of
// silence, a tick of 1 s that looks for it, and 2 s for a machine that is busy. The agent pings and
// the controller, who has thousands of them, answers: to each end the other's frame is a sign of
// life, and two of them must be missing. A pause of one's own process is taken off. Workers, who
// are most and of whom none is another's gateway, ping less: dead ones are told within 29 s. Theirs
// is a little more than the 10 s between two reports of health, with which their pings leave. A
// controller of very many machines asks for both less often (controller/links/pace.hpp).
inline constexpr std::chrono::seconds kPingInterval{4};  ///< of an agent that is not told another
inline constexpr std::chrono::seconds kMaxPingInterval{30};
inline constexpr std::chrono::seconds kHealthInterval{10};  ///< where no other is told
inline constexpr std::chrono::seconds kMaxHealthInterval{29};
/// A worker's pings leave with its health.
constexpr std::chrono::seconds worker_ping(std::chrono::seconds health) {
  return health + std::chrono::seconds{1};
}
inline constexpr std::chrono::seconds kWorkerPingInterval = worker_ping(kHealthInterval);
inline constexpr std::chrono::seconds kMinTick{1};
inline constexpr std::chrono::seconds kMaxTick{3};
/// Nothing heard for so long from who pings at that interval: the link is dead.
constexpr std::chrono::seconds silence_limit(std::chrono::seconds ping) {
  return 2 * ping + std::chrono::seconds{2};
}
/// How often who is pinged at that interval looks whether it still is.
constexpr std::chrono::milliseconds tick_interval(std::chrono::seconds ping) {
  return std::clamp<std::chrono::milliseconds>(std::chrono::milliseconds{ping} / 4, kMinTick,
                                               kMaxTick);
}
/// What is due at that interval leaves earlier, from here on, when other frames leave anyway: each
/// message by itself wakes the other end up.
constexpr std::chrono::milliseconds joins_after(std::chrono::milliseconds interval) {
  return interval * 7 / 8;
}
inline constexpr std::chrono::seconds kSilenceLimit = silence_limit(kPingInterval);  ///< a master's
inline constexpr std::chrono::seconds kProbeInterval{
    30};                                               ///< of the controller's own pings: whether
                                                       ///< it is read, and how far away it is
inline constexpr std::chrono::seconds kDeafLimit{60};  ///< no ping answered: it reads no more
inline constexpr std::chrono::seconds kSyncInterval{30};

// A sender with any credit left out by kCreditStepBytes can still send the largest note.
static_assert(kWindowBytes - kCreditStepBytes >= kMaxNoteBytes);
static_assert(kMaxTick < kPingInterval);  // more is taken for a pause of this process
static_assert(kDeafLimit > kProbeInterval);
static_assert(kDeafLimit >= 2 * kMaxPingInterval);
static_assert(worker_ping(kMaxHealthInterval) <= kMaxPingInterval);

}  // namespace slipway::wire
