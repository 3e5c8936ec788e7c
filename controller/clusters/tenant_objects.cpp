// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/tenant_objects.hpp"

#include <algorithm>
#include <map>

namespace slipway::clusters {

namespace {

constexpr char kMemberRole[] = "slipway:project-member";
constexpr char kReaderRole[] = "slipway:project-reader";
constexpr char kMembersBinding[] = "slipway:project-members";
constexpr char kReadersBinding[] = "slipway:project-readers";

constexpr char kRoles[] = R"yaml(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: slipway:user
rules:
  - nonResourceURLs: [/api, /api/*, /apis, /apis/*, /openapi, /openapi/*, /version, /version/]
    verbs: [get]
  - apiGroups: [authorization.k8s.io]
    resources: [selfsubjectaccessreviews, selfsubjectrulesreviews]
    verbs: [create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: slipway:users
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: slipway:user}
subjects:
  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: slipway:users}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: slipway:project-reader
rules:
  - apiGroups: [""]
    resources:
      - namespaces
      - pods
      - pods/log
      - pods/status
      - services
      - services/status
      - endpoints
      - configmaps
      - persistentvolumeclaims
      - persistentvolumeclaims/status
      - replicationcontrollers
      - replicationcontrollers/scale
      - serviceaccounts
      - events
      - limitranges
      - resourcequotas
      - resourcequotas/status
    verbs: [get, list, watch]
  - apiGroups: [apps]
    resources:
      - deployments
      - deployments/scale
      - deployments/status
      - statefulsets
      - statefulsets/scale
      - statefulsets/status
      - daemonsets
      - daemonsets/status
      - replicasets
      - replicasets/scale
      - replicasets/status
      - controllerrevisions
    verbs: [get, list, watch]
  - apiGroups: [batch]
    resources: [jobs, jobs/status, cronjobs, cronjobs/status]
    verbs: [get, list, watch]
  - apiGroups: [autoscaling]
    resources: [horizontalpodautoscalers, horizontalpodautoscalers/status]
    verbs: [get, list, watch]
  - apiGroups: [networking.k8s.io]
    resources: [ingresses, ingresses/status, networkpolicies]
    verbs: [get, list, watch]
  - apiGroups: [policy]
    resources: [poddisruptionbudgets, poddisruptionbudgets/status]
    verbs: [get, list, watch]
  - apiGroups: [discovery.k8s.io]
    resources: [endpointslices]
    verbs: [get, list, watch]
  - apiGroups: [events.k8s.io]
    resources: [events]
    verbs: [get, list, watch]
  - apiGroups: [app.k8s.io]
    resources: [applications, applications/status]
    verbs: [get, list, watch]
  - apiGroups: [metrics.k8s.io]
    resources: [pods]
    verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: slipway:project-member
rules:
  - apiGroups: [""]
    resources:
      - namespaces
      - pods/log
      - pods/status
      - services/status
      - endpoints
      - persistentvolumeclaims/status
      - events
      - limitranges
      - resourcequotas
      - resourcequotas/status
    verbs: [get, list, watch]
  - apiGroups: [""]
    resources:
      - pods
      - services
      - configmaps
      - secrets
      - persistentvolumeclaims
      - replicationcontrollers
      - replicationcontrollers/scale
      - serviceaccounts
    verbs: [get, list, watch, create, update, patch, delete, deletecollection]
  - apiGroups: [""]
    resources: [pods/exec, pods/attach, pods/portforward]
    verbs: [get, create]
  - apiGroups: [""]
    resources: [pods/eviction]
    verbs: [create]
  - apiGroups: [apps]
    resources:
      - deployments
      - deployments/scale
      - statefulsets
      - statefulsets/scale
      - daemonsets
      - replicasets
      - replicasets/scale
    verbs: [get, list, watch, create, update, patch, delete, deletecollection]
  - apiGroups: [apps]
    resources:
      - deployments/status
      - statefulsets/status
      - daemonsets/status
      - replicasets/status
      - controllerrevisions
    verbs: [get, list, watch]
  - apiGroups: [batch]
    resources: [jobs, cronjobs]
    verbs: [get, list, watch, create, update, patch, delete, deletecollection]
  - apiGroups: [batch]
    resources: [jobs/status, cronjobs/status]
    verbs: [get, list, watch]
  - apiGroups: [autoscaling]
    resources: [horizontalpodautoscalers]
    verbs: [get, list, watch, create, update, patch, delete, deletecollection]
  - apiGroups: [autoscaling]
    resources: [horizontalpodautoscalers/status]
    verbs: [get, list, watch]
  - apiGroups: [networking.k8s.io]
    resources: [ingresses, networkpolicies]
    verbs: [get, list, watch, create, update, patch, delete, deletecollection]
  - apiGroups: [networking.k8s.io]
    resources: [ingresses/status]
    verbs: [get, list, watch]
  - apiGroups: [policy]
    resources: [poddisruptionbudgets]
    verbs: [get, list, watch, create, update, patch, delete, deletecollection]
  - apiGroups: [discovery.k8s.io]
    resources: [endpointslices]
    verbs: [get, list, watch]
  - apiGroups: [events.k8s.io]
    resources: [events]
    verbs: [get, list, watch]
  - apiGroups: [app.k8s.io]
    resources: [applications]
    verbs: [get, list, watch, create, update, patch, delete, deletecollection]
  - apiGroups: [metrics.k8s.io]
    resources: [pods]
    verbs: [get, list]
)yaml";

/// The bindings that a namespace shall have.
std::vector<TenantBinding> wanted_in(const TenantNamespace& of) {
  const auto subjects = [](const std::set<std::string>& groups) {
    std::set<std::string> all;
    for (const auto& group : groups) all.insert("Group " + group);
    return all;
  };
  std::vector<TenantBinding> all;
  if (!of.workers.empty()) {
    all.push_back({of.name, kMembersBinding, kMemberRole, subjects(of.workers)});
  }
  if (!of.readers.empty()) {
    all.push_back({of.name, kReadersBinding, kReaderRole, subjects(of.readers)});
  }
  return all;
}

}  // namespace

BorderPlan plan_borders(const std::vector<TenantNamespace>& namespaces,
                        const std::vector<TenantBinding>& there) {
  using Key = std::pair<std::string, std::string>;
  std::map<Key, TenantBinding> left;
  for (const auto& binding : there) left[{binding.name_space, binding.name}] = binding;
  BorderPlan plan;
  const auto add = [](std::vector<TenantBinding>& to, const TenantBinding& one) {
    if (to.size() < kMaxBindingsAtOnce) to.push_back(one);
  };
  for (const auto& of : namespaces) {
    for (const auto& wanted : wanted_in(of)) {
      const auto found = left.extract({wanted.name_space, wanted.name});
      if (!found.empty() && found.mapped() == wanted) continue;
      if (!found.empty() && found.mapped().role != wanted.role) add(plan.remove, found.mapped());
      add(plan.apply, wanted);
    }
  }
  for (const auto& [key, binding] : left) add(plan.remove, binding);
  return plan;
}

std::string to_yaml(const std::vector<TenantBinding>& bindings) {
  std::string text;
  for (const auto& one : bindings) {
    text +=
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: '" +
        one.name + "'\n  namespace: '" + one.name_space +
        "'\n  labels: {app.kubernetes.io/managed-by: slipway}\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: '" +
        one.role + "'}\nsubjects:\n";
    for (const auto& subject : one.subjects) {
      const auto name = subject.substr(subject.find(' ') + 1);
      text += "  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: '" + name + "'}\n";
    }
  }
  return text;
}

std::string tenant_roles() {
  return kRoles;
}

}  // namespace slipway::clusters
