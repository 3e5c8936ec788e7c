// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/base_objects.hpp"

namespace slipway::clusters {

// The API server makes the namespace "default" some seconds after it is ready itself: who deploys
// at once must find it.
std::string base_objects() {
  return R"yaml(apiVersion: v1
kind: Namespace
metadata:
  name: default
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: slipway:administrators
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: cluster-admin
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: slipway:administrators
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: slipway:node-agent
rules:
  - apiGroups: [""]
    resources: [services, endpoints, namespaces, nodes]
    verbs: [get, list, watch]
  - apiGroups: [discovery.k8s.io]
    resources: [endpointslices]
    verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: slipway:node-agent
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: slipway:node-agent
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: system:nodes
)yaml";
}

}  // namespace slipway::clusters
