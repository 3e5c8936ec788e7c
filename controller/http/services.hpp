// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "controller/access/accounts.hpp"
#include "controller/access/sqlite_audit.hpp"
#include "controller/cloud/cloud.hpp"
#include "controller/clusters/clusters.hpp"
#include "controller/clusters/key_pairs.hpp"
#include "controller/http/caller_streams.hpp"
#include "controller/http/manifest_reader.hpp"
#include "controller/http/metrics.hpp"
#include "controller/intents/intents.hpp"
#include "controller/links/ca_rotation.hpp"
#include "controller/links/links.hpp"
#include "controller/mirror/mirror.hpp"
#include "controller/quotas/quota_ledger.hpp"
#include "controller/recordings/recordings.hpp"
#include "controller/releases/agent_releases.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::http {

/// Whether a part of the controller is up, for /readyz.
struct Part {
  std::string name;
  bool ready = false;
  std::string detail;
};

/// What the resources stand on; all owned by the composition root, all outlive the public port.
struct Services {
  access::Accounts& accounts;
  access::SqliteAudit& audit;
  clusters::Clusters& clusters;
  clusters::KeyPairs& key_pairs;
  clusters::Changes& changes;
  links::Links& links;
  CallerStreams& streams;
  intents::IntentLedger& intents;
  mirror::Mirror& mirror;
  cloud::Cloud& cloud;
  Metrics& metrics;
  const base::Clock& clock;
  links::CaRotation& ca_rotation;
  const releases::AgentReleases& releases;
  recordings::Recordings& recordings;
  quotas::QuotaLedger& quotas;
  ManifestReader& manifests;
  std::function<std::string()> roots_pem;  ///< what believes the public port; for kubeconfigs
  std::function<std::vector<Part>()> parts;
};

}  // namespace slipway::http
