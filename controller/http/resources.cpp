// SPDX-License-Identifier: Apache-2.0
#include "controller/http/resources.hpp"

#include <iterator>

namespace slipway::http {

Routes all_routes(Services& services) {
  Routes all;
  for (auto* part :
       {sessions_routes,     tokens_routes,         audit_routes,        clusters_routes,
        key_pairs_routes,    nodes_routes,          ca_rotation_routes,  machines_routes,
        operations_routes,   kubeconfig_routes,     publish_routes,      namespaces_routes,
        manifests_routes,    intents_routes,        objects_routes,      mirror_routes,
        pod_log_routes,      merged_log_routes,     capabilities_routes, canaries_routes,
        exec_routes,         node_shell_routes,     events_routes,       kube_proxy_routes,
        health_routes,       agent_releases_routes, terminals_routes,    shell_recordings_routes,
        users_routes,        departments_routes,    projects_routes,     workloads_routes,
        applications_routes, used_by_routes,        secrets_routes,      namespace_quota_routes,
        budgets_routes}) {
    auto routes = part(services);
    std::ranges::move(routes, std::back_inserter(all));
  }
  // What is deleted its path names; kubectl's, by the proxy, have bodies.
  for (auto& route : all) {
    if (route.method == "DELETE" && !route.pattern.ends_with("...}")) route.no_body = true;
  }
  return all;
}

}  // namespace slipway::http
