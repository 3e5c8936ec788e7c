// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/clusters/agents.hpp"
#include "controller/clusters/clusters.hpp"
#include "controller/discovery/registry.hpp"
#include "controller/intents/intents.hpp"
#include "controller/links/enrolment.hpp"
#include "controller/links/links.hpp"
#include "controller/mirror/mirror.hpp"
#include "controller/releases/release_files.hpp"

namespace slipway::controller {

/// What the clusters ask of the agents' side, spread over the folders that do it.
class ConnectedAgents : public clusters::Agents {
 public:
  ConnectedAgents(links::Links& links, links::Enrolment& enrolment, intents::IntentLedger& intents,
                  discovery::Registry& registry, mirror::Mirror& mirror)
      : links_(links),
        enrolment_(enrolment),
        intents_(intents),
        registry_(registry),
        mirror_(mirror) {}

  links::LinkFacts facts(const base::MachineId& machine) const override;
  void refresh(const base::MachineId& machine) override;
  void release(const base::MachineId& machine, const wire::AgentRelease& release) override;
  base::Result<> retry(const base::MachineId& machine, const std::string& step) override;
  std::string issue_token(const base::MachineId& machine, const base::ClusterId& cluster,
                          const base::ResourceId& resource, wire::Role role) override;
  std::optional<std::string> suspicion(const base::MachineId& machine) const override;
  void machine_runs(const base::MachineId& machine, base::UtcTime since) override;
  void forget(const base::MachineId& machine) override;
  void forget(const base::ClusterId& cluster) override;
  std::string discovery_token(const base::ClusterId& cluster, unsigned size) override;
  void gateway_changed(const base::ClusterId& cluster) override;
  base::Task<base::Result<wire::IntentOutcome>> apply(base::ClusterId cluster, std::string intent,
                                                      std::string manifest,
                                                      std::chrono::milliseconds wait) override;
  base::Task<base::Result<wire::IntentOutcome>> submit(base::ClusterId cluster, wire::Intent intent,
                                                       std::chrono::milliseconds wait) override;

 private:
  links::Links& links_;
  links::Enrolment& enrolment_;
  intents::IntentLedger& intents_;
  discovery::Registry& registry_;
  mirror::Mirror& mirror_;
};

/// What each machine may fetch, as the clusters' rows say.
releases::WantedRelease wanted_releases(store::Database& database);

/// Tells the event sockets what changed in the mirror, and the clusters how their nodes are.
class MirrorFeed : public mirror::MirrorListener {
 public:
  MirrorFeed(clusters::Clusters& clusters, clusters::Changes& changes, const base::Clock& clock)
      : clusters_(clusters), changes_(changes), clock_(clock) {}

  void row_changed(const base::ClusterId& cluster, const std::string& kind,
                   const wire::MirrorRow& row) override;
  void row_gone(const base::ClusterId& cluster, const std::string& kind,
                const wire::MirrorRow& last) override;
  void freshness_changed(const base::ClusterId& cluster, const std::string& kind) override;

 private:
  void publish(const base::ClusterId& cluster, const std::string& kind, const wire::MirrorRow& row);

  clusters::Clusters& clusters_;
  clusters::Changes& changes_;
  const base::Clock& clock_;
};

}  // namespace slipway::controller
