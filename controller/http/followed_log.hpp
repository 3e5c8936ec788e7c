// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "controller/http/log_cursor.hpp"
#include "protocol/link/link.hpp"

namespace slipway::http {

/// How long a followed log waits for its node's link before it ends.
inline constexpr std::chrono::minutes kLogPatience{5};
inline constexpr std::chrono::milliseconds kLogRetry{250};

/// What a log has next, in this order. All of it is empty where only the place is known anew, and
/// it is the one that was asked for.
struct LogPart {
  std::string text;
  std::string gap;      ///< why lines are missing after `text`
  std::string waiting;  ///< why nothing comes for now
};

/// An agent's log stream, whoever it is for. A followed log outlives the link and the agent's
/// process: it goes on where it stood, and what its reader has already is left out. It reads no
/// faster than it is read.
class FollowedLog {
 public:
  /// Opens the log's stream anew; kUnavailable: it may do later.
  using Opener = std::function<base::Result<link::StreamPtr>(wire::StreamOpen)>;

  /// `open`: what `stream` was opened with; `ahead`: bytes after its `from` that the reader has,
  /// for which its limit has room; `first`: what was read of the stream already.
  FollowedLog(Opener again, wire::LogOpen open, std::uint64_t ahead, link::StreamPtr stream,
              std::optional<link::Chunk> first);

  /// nullopt: the log is at its end, and nothing will follow.
  base::Task<base::Result<std::optional<LogPart>>> next();
  /// Where the reader stands after the last part; nullopt before the agent has said a place.
  std::optional<LogPoint> point() const;
  bool follows() const { return open_.follow(); }
  bool is_at_limit() const { return open_.limit_bytes() > 0 && left_ <= 0; }
  /// The reader has gone: next() fails soon.
  void stop();

 private:
  LogPart render(link::Chunk chunk, bool& placed);
  bool take_place(const wire::LogPosition& place);
  bool can_go_on(const base::Error& why) const;
  base::Task<base::Result<>> go_on();

  Opener again_;
  wire::LogOpen open_;
  link::StreamPtr stream_;  ///< none while it is opened anew
  std::optional<link::Chunk> first_;
  std::int64_t left_;     ///< of the reader's limit, where it gave one
  std::uint64_t ahead_;   ///< bytes that the reader has beyond the agent's last place
  std::uint64_t skip_;    ///< bytes to come that it has already
  bool begun_anew_;       ///< the next place tells where the agent goes on
  bool cut_off_ = false;  ///< the stream is to be opened anew
  bool stopped_ = false;
};

}  // namespace slipway::http
