// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "agent/logs/cri_record.hpp"

namespace slipway::logs {

inline constexpr std::size_t kMaxJoinedBytes = 1 << 20;  ///< of one line's partial records

/// Turns records into the text that people read: partial records joined, older ones left out.
class LogText {
 public:
  struct Options {
    std::int64_t since_ns = 0;  ///< earlier records are left out
    bool timestamps = false;    ///< each line begins with its time, as the file has it
  };
  explicit LogText(Options options) : options_(options) {}

  /// Appends to `out` what whole `lines` (the last one too ends with a newline) say.
  void add(std::string_view lines, std::string& out);
  /// What still waits for the rest of its line.
  void flush(std::string& out);
  /// No begun line waits for its rest: what follows does not depend on what came before.
  bool between_lines() const { return waiting_[0].empty() && waiting_[1].empty(); }
  /// Lines that were no records and are left out, since the last call.
  std::size_t take_malformed() { return std::exchange(malformed_, 0); }
  /// Time of the first record seen since the last reset; 0: none yet.
  std::int64_t first_time_ns() const { return first_time_ns_; }
  void reset_first_time() { first_time_ns_ = 0; }

 private:
  void add_record(const CriRecord& record, std::string& out);

  Options options_;
  std::string waiting_[2];  // stdout, stderr: begun lines
  std::size_t malformed_ = 0;
  std::int64_t first_time_ns_ = 0;
};

}  // namespace slipway::logs
