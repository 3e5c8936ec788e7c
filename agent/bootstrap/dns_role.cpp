// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/templates.hpp"

// Nodes may read services but not list endpoints: what headless services resolve to.
namespace slipway::bootstrap {

std::string dns_role() {
  return R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole",
"metadata":{"name":"slipway:node-dns"},
"rules":[{"apiGroups":[""],"resources":["services","endpoints"],"verbs":["get","list","watch"]}]})";
}

std::string dns_role_binding() {
  return R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding",
"metadata":{"name":"slipway:node-dns"},
"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"slipway:node-dns"},
"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:nodes"}]})";
}

}  // namespace slipway::bootstrap
