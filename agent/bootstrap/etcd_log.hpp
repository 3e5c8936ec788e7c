// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "agent/bootstrap/host.hpp"

namespace slipway::bootstrap {

inline constexpr std::size_t kLogHeadBytes = 4096;  ///< far more than comes before a first entry

/// Whether a member's write-ahead log, of which `head` is the beginning, has an entry or a vote in
/// it. Format: etcd's wal package, records of 8 bytes (length, and padding in the highest byte) and
/// a walpb.Record, ended by a length of 0. What is no such log counts as begun.
bool log_has_begun(std::string_view head);

/// Whether etcd was killed between the making of its log and the first entry. It never voted and
/// never answered anybody; but it takes the empty log for that of a cluster and waits for ever.
bool died_before_its_first_entry(Host& host);

}  // namespace slipway::bootstrap
