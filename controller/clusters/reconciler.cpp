// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/reconciler.hpp"

#include <algorithm>
#include <map>

#include "protocol/base/log.hpp"

namespace slipway::clusters {

std::vector<Finding> compare(const std::vector<LedgerRow>& ledger,
                             const std::vector<cloud::Tagged>& tagged,
                             const std::set<ClusterId>& deleted) {
  std::map<ResourceId, const LedgerRow*> rows;
  for (const LedgerRow& row : ledger) rows[row.id] = &row;
  std::vector<Finding> findings;
  std::set<ResourceId> seen;
  for (const cloud::Tagged& each : tagged) {
    seen.insert(each.id);
    const auto found = rows.find(each.id);
    if (found == rows.end()) {
      findings.push_back({Finding::Kind::kForeign, each.id, each.kind, each.name, {}});
      continue;
    }
    const LedgerRow& row = *found->second;
    if (row.state != ResourceState::kGone && !deleted.contains(row.cluster)) continue;
    findings.push_back({Finding::Kind::kOrphan, row.id, row.kind, row.name, deleted_by(row)});
  }
  for (const LedgerRow& row : ledger) {
    if (row.state != ResourceState::kPresent || seen.contains(row.id)) continue;
    findings.push_back({Finding::Kind::kMissing, row.id, row.kind, row.name, {}});
  }
  return findings;
}

Reconciler::Reconciler(store::Database& database, cloud::Cloud& cloud, const base::Clock& clock)
    : database_(database), cloud_(cloud), ledger_(database, clock) {}

base::Task<> Reconciler::mend(Finding finding) {
  switch (finding.kind) {
    case Finding::Kind::kForeign:
      if (!reported_.insert(finding.id).second) co_return;
      spdlog::warn("{} {} ({}) carries our tag but has no row: it is left alone",
                   finding.resource_kind, finding.name, finding.id.value);
      co_return;
    case Finding::Kind::kMissing:
      spdlog::warn("{} {} ({}): present -> missing (the cloud does not know it)",
                   finding.resource_kind, finding.name, finding.id.value);
      ledger_.set(finding.id, ResourceState::kMissing, "the cloud does not know it");
      co_return;
    case Finding::Kind::kOrphan:
      break;
  }
  spdlog::warn("{} {} ({}) outlived its deletion: deleted again", finding.resource_kind,
               finding.name, finding.id.value);
  auto deleted = co_await delete_in(cloud_, finding.resource_kind, finding.delete_by);
  if (deleted) {
    ledger_.gone(finding.id);
  } else {
    spdlog::warn("{} {}: {}", finding.resource_kind, finding.name, deleted.error().message);
  }
}

base::Task<base::Result<std::vector<Finding>>> Reconciler::run() {
  const auto before = ledger_.all();
  auto tagged = co_await cloud_.tagged();
  if (!tagged) co_return base::fail(tagged);
  std::set<ClusterId> deleted;
  auto rows = database_.prepare("SELECT id FROM clusters WHERE deleted_ms IS NOT NULL");
  while (rows.step()) deleted.insert(ClusterId{rows.text(0)});
  std::vector<Finding> found;
  for (Finding& finding : compare(ledger_.all(), *tagged, deleted)) {
    // A row that changed while the cloud answered cannot be judged by this answer.
    if (finding.kind == Finding::Kind::kMissing) {
      const auto old = std::find_if(before.begin(), before.end(),
                                    [&](const LedgerRow& row) { return row.id == finding.id; });
      const auto now = ledger_.find(finding.id);
      if (old == before.end() || !now || now->changed != old->changed || now->state != old->state) {
        continue;
      }
    }
    co_await mend(finding);
    found.push_back(std::move(finding));
  }
  co_return found;
}

}  // namespace slipway::clusters
