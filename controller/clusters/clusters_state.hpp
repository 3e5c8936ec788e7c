// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/clusters/api_endpoint.hpp"
#include "controller/clusters/clusters.hpp"
#include "controller/clusters/console_watch.hpp"
#include "controller/clusters/create_cluster.hpp"
#include "controller/clusters/delete_cluster.hpp"
#include "controller/clusters/node_watch.hpp"
#include "controller/clusters/reconciler.hpp"
#include "controller/clusters/replace_node.hpp"
#include "controller/clusters/upgrade_agents.hpp"
#include "controller/store/memo.hpp"
#include "protocol/base/task_scope.hpp"

namespace slipway::clusters {

inline constexpr std::size_t kMostStandings = 256;  // kept, those of names that nothing has too

/// What stands behind the door: clusters.cpp and cluster_nodes.cpp share it.
struct Clusters::State {
  State(base::asio::any_io_executor executor, Foundation given)
      : ground(std::move(given)),
        rows(ground.database),
        standings(ground.database, kMostStandings),
        operations(executor, ground.database, ground.clock, ground.changes, ground.seed),
        machines(ground.database, ground.secrets, ground.cloud, ground.agents, ground.changes,
                 ground.clock, ground.user_data),
        creation(ground.database, ground.secrets, ground.cloud, ground.agents, machines, words,
                 ground.roster.image(), ground.clock),
        deletion(ground.database, ground.secrets, ground.cloud, ground.agents, machines,
                 ground.clock),
        replacement(ground.database, ground.cloud, ground.agents, machines, words, ground.clock),
        releases(ground.database, ground.agents, ground.clock),
        upgrade(ground.database, ground.releases, ground.agents, releases, ground.clock),
        reconciler(ground.database, ground.cloud, ground.clock),
        api(ground.database, ground.cloud, ground.clock),
        watch(ground.database, ground.agents, operations, ground.changes, words, releases,
              ground.clock),
        consoles(ground.database, ground.cloud, ground.agents, words, operations, ground.changes,
                 ground.clock),
        tasks(executor) {
    operations.define(creation.procedure());
    operations.define(deletion.procedure());
    operations.define(replacement.procedure());
    operations.define(upgrade.procedure());
  }

  Cluster view(const ClusterRow& row) const;
  /// As every request for a cluster asks. Good until the next call.
  const std::optional<ClusterStanding>& standing(const std::string& id_or_name) {
    return standings.get(id_or_name, [&] { return rows.find_standing(id_or_name); });
  }
  base::Result<ClusterRow> find(const std::string& id_or_name) const;
  base::Result<MachineRow> find_node(const ClusterRow& cluster, const std::string& node) const;
  base::Result<Accepted> accepted(const ClusterId& id, const OperationId& operation) const;
  base::Result<Accepted> insert(const ClusterSpec& spec, const std::string& by);
  OperationView view(OperationRecord record) const;
  base::Result<Accepted> accept(const ClusterRow& cluster, const char* kind,
                                const std::string& subject, const std::string& by);
  base::Result<std::optional<OperationId>> make_way(const ClusterId& cluster, const char* kind,
                                                    const std::string& subject);

  Foundation ground;
  Rows rows;
  store::Memo<std::string, std::optional<ClusterStanding>> standings;  // by id or name
  Operations operations;
  NodeWords words;
  Machines machines;
  CreateCluster creation;
  DeleteCluster deletion;
  ReplaceNode replacement;
  NodeReleases releases;
  UpgradeAgents upgrade;
  Reconciler reconciler;
  ApiEndpoint api;
  NodeWatch watch;
  ConsoleWatch consoles;
  base::MonotonicTime judging_due{};
  base::TaskScope tasks;
};

}  // namespace slipway::clusters
