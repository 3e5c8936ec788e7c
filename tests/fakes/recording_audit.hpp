// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "controller/access/audit.hpp"

namespace slipway::fakes {

/// Keeps what was audited.
class RecordingAudit : public access::Audit {
 public:
  void record(access::AuditEntry entry) override { entries.push_back(std::move(entry)); }
  std::size_t count(std::string_view action) const {
    std::size_t n = 0;
    for (const auto& entry : entries) n += entry.action == action;
    return n;
  }

  std::vector<access::AuditEntry> entries;
};

}  // namespace slipway::fakes
