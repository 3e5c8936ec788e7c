// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/ledger.hpp"

namespace slipway::clusters {

/// What a comparison of ledger and cloud found.
struct Finding {
  enum class Kind {
    kOrphan,   ///< its row says that it is gone, or its cluster is deleted: delete it
    kMissing,  ///< its row says that it is there, the cloud does not know it: mark the row
    kForeign,  ///< tagged like ours, without a row: report it and touch nothing
  };
  Kind kind;
  ResourceId id;
  std::string resource_kind;
  std::string name;
  ResourceId delete_by;  ///< of orphans: the row to delete (a volume goes with its machine)
};

/// `deleted`: clusters that are no more. Never looks at names.
std::vector<Finding> compare(const std::vector<LedgerRow>& ledger,
                             const std::vector<cloud::Tagged>& tagged,
                             const std::set<ClusterId>& deleted);

/// Finds what a crash left between cloud and ledger, and mends it.
class Reconciler {
 public:
  Reconciler(store::Database& database, cloud::Cloud& cloud, const base::Clock& clock);
  base::Task<base::Result<std::vector<Finding>>> run();

 private:
  base::Task<> mend(Finding finding);

  store::Database& database_;
  cloud::Cloud& cloud_;
  Ledger ledger_;
  std::set<ResourceId> reported_;  ///< foreign ones, told once
};

}  // namespace slipway::clusters
