// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "protocol/base/result.hpp"
#include "stream.pb.h"

namespace slipway::http {

/// A byte of a log's text: a place of the agent's, and how many bytes of the text after it.
struct LogPoint {
  wire::LogPosition from;
  std::uint64_t ahead = 0;
};

/// What a log's text depends on besides the place: only from the same one does the same follow.
struct LogSubject {
  std::string cluster;
  std::string pod_uid;
  bool is_certain = true;  ///< false: the mirror is not fed now, another pod may have the name
  std::string container;
  bool follow = false;
  bool previous = false;
  bool timestamps = false;
  std::int64_t since_utc_ms = 0;
};

inline constexpr std::size_t kMaxLogCursorBytes = 512;

/// What a client keeps of a followed log's place. It is opaque to the client and it grants nothing:
/// whoever comes with it is authorised anew, and one that was made up leads to another place of the
/// same log at most.
std::string log_cursor(const LogSubject& subject, const LogPoint& point);

/// The point of a cursor, which must be of `subject`; its since is the cursor's then. kInvalid,
/// field "cursor", says what it is of and what to do; kUnavailable: it may be of the pod's.
base::Result<LogPoint> read_log_cursor(const std::string& text, LogSubject& subject);

}  // namespace slipway::http
