// SPDX-License-Identifier: Apache-2.0
#include "controller/http/places.hpp"

namespace slipway::http {

namespace {

/// Sees whatever there is, and needs no look at the namespaces one by one.
bool sees_all(const access::Rights& who, const base::ClusterId& cluster) {
  return who.role == access::Role::kAdministrator && who.scope.project.empty() &&
         (who.scope.cluster.empty() || who.scope.cluster == cluster.value);
}

std::string project_label(const wire::MirrorRow& row) {
  if (is_of_kubernetes(row.meta().name())) return {};
  const auto& labels = row.meta().labels();
  const auto label = labels.find(kProjectLabel);
  return label == labels.end() ? std::string{} : label->second;
}

}  // namespace

bool is_of_kubernetes(const std::string& name_space) {
  return name_space.starts_with("kube-");
}

access::Place place_of(const access::Project& project) {
  return {.cluster = {}, .project = project.id, .department = project.department.id};
}

access::Place place_of(const Services& services, const base::ClusterId& cluster,
                       const wire::MirrorRow& row) {
  access::Place place{.cluster = cluster.value};
  const auto project = services.accounts.tenancy().project({project_label(row)});
  if (!project) return place;  // a label of nobody's making: it is nobody's
  place.project = project->id;
  place.department = project->department.id;
  return place;
}

access::Place place_of(const Services& services, const base::ClusterId& cluster,
                       const std::string& name_space) {
  const auto row = services.mirror.find(cluster, "namespaces", "", name_space);
  return row ? place_of(services, cluster, *row) : access::Place{.cluster = cluster.value};
}

bool is_known(const Services& services, const base::ClusterId& cluster,
              const std::string& name_space) {
  return services.mirror.freshness(cluster, "namespaces").live ||
         (!name_space.empty() && services.mirror.find(cluster, "namespaces", "", name_space));
}

std::optional<access::Place> place_of(const Services& services,
                                      const std::map<std::string, std::string>& path) {
  if (const auto name_space = path.find("namespace"); name_space != path.end()) {
    const auto cluster = services.clusters.named(path.at("cluster"));
    return cluster ? place_of(services, cluster->id, name_space->second) : access::Place{};
  }
  if (const auto id = path.find("project"); id != path.end()) {
    const auto project = services.accounts.tenancy().project({id->second});
    return project ? place_of(*project) : access::Place{};
  }
  return std::nullopt;
}

Visible visible_namespaces(const Services& services, const access::Rights& who,
                           const base::ClusterId& cluster, access::Act act) {
  if (sees_all(who, cluster)) return std::nullopt;
  std::set<std::string> names;
  std::map<std::string, bool> known;  // by project: one question for all its namespaces
  for (const auto& row : services.mirror.all(cluster, "namespaces")) {
    const auto label = project_label(row);
    auto found = known.find(label);
    if (found == known.end()) {
      const auto where = place_of(services, cluster, row);
      found = known.emplace(label, access::decide(who, act, false, &where).has_value()).first;
    }
    if (found->second) names.insert(row.meta().name());
  }
  return names;
}

bool is_visible(const Visible& visible, const std::string& name_space) {
  return !visible || visible->contains(name_space);
}

base::Result<clusters::ClusterName> visible_cluster(const Services& services, const Caller& caller,
                                                    const std::string& id_or_name) {
  auto cluster = services.clusters.named(id_or_name);
  if (!cluster) return cluster;
  if (access::decide(caller.rights, access::Act::kKeepNamespaces, false)) return cluster;
  const auto visible = visible_namespaces(services, caller.rights, cluster->id);
  if (!visible || !visible->empty()) return cluster;
  // In the very words for one that is not there.
  return base::fail(base::ErrorCode::kNotFound, "no cluster " + id_or_name, "cluster");
}

std::string cluster_name(const Services& services, const std::string& id_or_name) {
  const auto cluster = services.clusters.named(id_or_name);
  return cluster ? cluster->name : id_or_name;
}

}  // namespace slipway::http
