// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "controller/access/sqlite_audit.hpp"
#include "protocol/base/result.hpp"

namespace slipway::access {

inline constexpr std::chrono::minutes kHeadInterval{1};
inline constexpr std::size_t kMaxHeadsBytes = 4 << 20;  ///< a month; then one older file is kept

/// The newest hash of the audit log, line by line in a file of its own (0600): whoever cuts the
/// log's tail off, or writes the whole chain anew, does not fit what stands there. A copy of the
/// file elsewhere says more than the file.
/// A line: time, sequence and hash.
class AuditHeads {
 public:
  AuditHeads(const SqliteAudit& audit, const base::Clock& clock, std::filesystem::path file);

  /// Adds a line if something was recorded since the last one.
  base::Result<> write();
  /// What the last line says against the log: kConflict. Read before the first write.
  base::Result<> check_last() const;

 private:
  const SqliteAudit& audit_;
  const base::Clock& clock_;
  std::filesystem::path file_;
  std::int64_t written_ = 0;
};

/// Holds every line of the file, and of the older one, against the log; how many. kConflict: the
/// log has another entry there, or none. kInvalid: a line that is none.
base::Result<std::size_t> check_heads(const SqliteAudit& audit, const std::filesystem::path& file);
std::filesystem::path older_heads(const std::filesystem::path& file);

}  // namespace slipway::access
