// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "agent/logs/log_files.hpp"
#include "agent/logs/log_text.hpp"

namespace slipway::logs {

/// Between two lines of a log; from there on every reader gives the same text.
struct LogPlace {
  std::string pod_uid;  ///< whose directory it is; empty: not known
  unsigned run = 0;
  ino_t inode = 0;                 ///< of the file, while it is plain
  std::int64_t first_time_ns = 0;  ///< of its first record: finds it once it is compressed
  off_t offset = 0;                ///< of its uncompressed bytes
  bool operator==(const LogPlace&) const = default;
};

/// What of a container's log is wanted.
struct LogQuery {
  std::optional<LogPlace> from;  ///< goes on there; then tail_lines is of no account
  std::int64_t tail_lines = -1;  ///< -1: all
  std::int64_t since_ns = 0;
  bool previous = false;  ///< the run before the present one, and no other
  bool timestamps = false;
  bool follow = false;  ///< later runs too
};

/// The next part of a log.
struct LogPiece {
  std::string text;
  std::string gap;      ///< not empty: why something is missing before `text`
  bool at_end = false;  ///< nothing more at present
  bool gone = false;    ///< nor ever: the log was deleted
};

/// Reads one container's log in order, over what kubelet rotated and compressed, over renames while
/// it reads and, when it follows, over restarts. Blocking: use it on a pool, one call at a time.
class LogReader {
 public:
  static base::Result<std::unique_ptr<LogReader>> open(LogDirectory directory, LogQuery query);

  base::Result<LogPiece> next();
  /// Where the next piece begins; nullopt in the midst of a line.
  std::optional<LogPlace> place();
  int directory_fd() const { return directory_.fd(); }

 private:
  LogReader(LogDirectory directory, LogQuery query, unsigned run);

  base::Result<> start();
  base::Result<> start_at_tail(const std::vector<std::string>& files);
  base::Result<> start_since(const std::vector<std::string>& files);
  base::Result<> start_at(const LogPlace& place);
  base::Result<> start_after_loss(const LogPlace& place);
  base::Result<std::size_t> read_block(LogPiece& piece);
  base::Result<bool> advance();
  base::Result<bool> advance_in_run();
  void use(LogFile file);
  std::int64_t first_time_ns() const;
  void note_malformed(LogPiece& piece);

  LogDirectory directory_;
  LogQuery query_;
  unsigned run_;
  LogText text_;
  std::optional<LogFile> file_;
  std::unique_ptr<char[]> block_;   // read, not yet handed on; none while a quiet log is followed
  std::size_t carry_ = 0;           // bytes of an unfinished line at the block's start
  std::int64_t begun_at_ns_ = 0;    // time of the file's first record; 0: it had none when opened
  std::optional<LogPlace> before_;  // the end of the file before: an empty one is known by nothing
  std::string lost_;                // said with the first piece: what cannot be read any more
  bool line_too_long_ = false;      // the rest of a line without end is left out
};

}  // namespace slipway::logs
