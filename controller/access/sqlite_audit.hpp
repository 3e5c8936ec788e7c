// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/access/audit.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::access {

inline constexpr std::size_t kMaxAuditFieldBytes = 1024;  ///< longer ones are cut
inline constexpr std::size_t kMaxAuditPage = 500;

/// An entry as it was stored: `hash` covers it and the hash of the entry before.
struct StoredAuditEntry {
  std::int64_t sequence = 0;
  base::UtcTime at;
  AuditEntry entry;
  std::string hash;
};

/// Which entries; what is empty or unset is any.
struct AuditQuery {
  std::optional<std::int64_t> before = {};  ///< sequence; the newest first
  std::optional<std::int64_t> after = {};   ///< sequence; set, the oldest first
  std::size_t limit = 100;
  std::string action = {};  ///< "exec.open"; "exec." is all that begins so
  std::string actor = {};
  std::string object = {};   ///< what it begins with
  std::string outcome = {};  ///< "ok", "refused" is all but ok, or a word
  std::string cluster = {};
  std::string name_space = {};
  std::optional<base::UtcTime> since = {};
  std::optional<base::UtcTime> until = {};  ///< not included
};

/// The newest entry.
struct AuditHead {
  std::int64_t sequence = 0;  ///< 0: there is none
  std::string hash;
};

/// What a walk over the whole chain found.
struct AuditChain {
  std::int64_t entries = 0;
  std::optional<std::int64_t> broken_at;  ///< first entry that is missing or was changed
};

/// The audit log in the database; rows can only be added.
class SqliteAudit : public Audit {
 public:
  SqliteAudit(store::Database& database, const base::Clock& clock);

  void record(AuditEntry entry) override;
  std::vector<StoredAuditEntry> list(const AuditQuery& query) const;
  AuditHead head() const;
  std::optional<std::string> hash_at(std::int64_t sequence) const;
  AuditChain verify() const;

 private:
  store::Database& database_;
  const base::Clock& clock_;
};

}  // namespace slipway::access
