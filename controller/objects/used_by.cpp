// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/used_by.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace slipway::objects {

namespace {

constexpr std::size_t kNamed = 5;  // in a sentence; the rest is counted

constexpr UserKind kOfTemplates[] = {
    {"deployments", "Deployment"},
    {"statefulsets", "StatefulSet"},
    {"daemonsets", "DaemonSet"},
    {"replicasets", "ReplicaSet"},
    {"jobs", "Job"},
    {"cronjobs", "CronJob"},
    {"pods", "Pod"},
};
constexpr UserKind kOfServices[] = {
    {"deployments", "Deployment"}, {"statefulsets", "StatefulSet"}, {"daemonsets", "DaemonSet"},
    {"replicasets", "ReplicaSet"}, {"ingresses", "Ingress"},        {"pods", "Pod"},
};
constexpr UserKind kOfClasses[] = {{"persistentvolumeclaims", "PersistentVolumeClaim"}};

bool has(const auto& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

bool selects(const Selector& selector, const auto& labels) {
  if (selector.empty()) return false;
  return std::ranges::all_of(selector, [&](const auto& wanted) {
    const auto found = labels.find(wanted.first);
    return found != labels.end() && found->second == wanted.second;
  });
}

bool names_it(const wire::UsedObjects& uses, const Wanted& wanted) {
  switch (wanted.what) {
    case Used::kConfigMap:
      return has(uses.config_maps(), wanted.name);
    case Used::kSecret:
      return has(uses.secrets(), wanted.name);
    case Used::kClaim:
      return has(uses.claims(), wanted.name);
    case Used::kService:
    case Used::kStorageClass:
      return false;
  }
  return false;
}

std::string_view of_workload(const wire::WorkloadRow& row, const Wanted& wanted) {
  if (wanted.what == Used::kService) {
    return selects(wanted.selector, row.pod_labels()) ? "selector" : "";
  }
  return names_it(row.uses(), wanted) ? "template" : "";
}

std::string_view of_pod(const wire::MirrorRow& row, const Wanted& wanted) {
  if (wanted.what == Used::kService) {
    return selects(wanted.selector, row.meta().labels()) ? "selector" : "";
  }
  if (wanted.what != Used::kClaim || !has(row.pod().claims(), wanted.name)) return "";
  const auto& phase = row.pod().phase();
  return phase == "Succeeded" || phase == "Failed" ? "finished" : "pod";
}

std::string_view of_ingress(const wire::IngressRow& row, const Wanted& wanted) {
  if (wanted.what != Used::kService) return "";
  const bool routes = std::ranges::any_of(
      row.paths(), [&](const auto& path) { return path.service() == wanted.name; });
  return routes ? "backend" : "";
}

/// An earlier template of a Deployment, of which no pod is left.
bool is_history(const wire::MirrorRow& row) {
  return !row.meta().owner_name().empty() && row.workload().desired() == 0 &&
         row.workload().pods() == 0;
}

}  // namespace

std::span<const UserKind> user_kinds(Used what) {
  if (what == Used::kService) return kOfServices;
  if (what == Used::kStorageClass) return kOfClasses;
  return kOfTemplates;
}

std::string_view how_used(const wire::MirrorRow& row, const Wanted& wanted) {
  switch (row.row_case()) {
    case wire::MirrorRow::kWorkload:
      return is_history(row) ? "" : of_workload(row.workload(), wanted);
    case wire::MirrorRow::kJob:
      return names_it(row.job().uses(), wanted) ? "template" : "";
    case wire::MirrorRow::kCronJob:
      return names_it(row.cron_job().uses(), wanted) ? "template" : "";
    case wire::MirrorRow::kPod:
      return of_pod(row, wanted);
    case wire::MirrorRow::kIngress:
      return of_ingress(row.ingress(), wanted);
    case wire::MirrorRow::kClaim:
      return wanted.what == Used::kStorageClass && row.claim().storage_class() == wanted.name
                 ? "class"
                 : "";
    default:
      return "";
  }
}

User user_of(const wire::MirrorRow& row, std::string_view kind, std::string_view how) {
  const auto& meta = row.meta();
  return {.kind = std::string(kind),
          .name_space = meta.pod_namespace(),
          .name = meta.name(),
          .how = std::string(how),
          .owner_kind = meta.owner_kind(),
          .owner_name = meta.owner_name()};
}

std::vector<User> folded(std::vector<User> users) {
  std::set<std::pair<std::string, std::string>> there;
  for (const auto& user : users) there.emplace(user.kind, user.name);
  std::erase_if(users, [&](const User& user) {
    const bool follows = user.kind == "ReplicaSet" || user.kind == "Job";
    return follows && there.contains({user.owner_kind, user.owner_name});
  });
  std::ranges::sort(users, [](const User& a, const User& b) {
    return std::tie(a.name_space, a.kind, a.name, a.how) <
           std::tie(b.name_space, b.kind, b.name, b.how);
  });
  return users;
}

std::string words_of(const std::vector<User>& users) {
  std::string text;
  for (std::size_t at = 0; at < users.size() && at < kNamed; ++at) {
    text += (at == 0 ? "" : ", ") + users[at].kind + " " + users[at].name;
  }
  if (users.size() > kNamed) text += " and " + std::to_string(users.size() - kNamed) + " more";
  return text;
}

}  // namespace slipway::objects
