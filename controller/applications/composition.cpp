// SPDX-License-Identifier: Apache-2.0
#include "controller/applications/composition.hpp"

#include <algorithm>
#include <set>

namespace slipway::applications {

namespace {

/// Workloads by one label of their pods; a service need not look at those without its rarest one.
using ByLabel = std::map<std::pair<std::string, std::string>, std::vector<const Held*>>;

ByLabel by_label(const std::vector<Held>& workloads) {
  ByLabel all;
  for (const auto& one : workloads) {
    for (const auto& [key, value] : one.row.workload().pod_labels()) {
      all[{key, value}].push_back(&one);
    }
  }
  return all;
}

bool selects(const wire::ServiceRow& service, const wire::WorkloadRow& workload) {
  return std::ranges::all_of(service.selector(), [&](const auto& wanted) {
    const auto found = workload.pod_labels().find(wanted.first);
    return found != workload.pod_labels().end() && found->second == wanted.second;
  });
}

std::vector<const Held*> selected_by(const wire::ServiceRow& service, const ByLabel& labelled) {
  const std::vector<const Held*>* fewest = nullptr;
  for (const auto& [key, value] : service.selector()) {
    const auto found = labelled.find({key, value});
    if (found == labelled.end()) return {};
    if (fewest == nullptr || found->second.size() < fewest->size()) fewest = &found->second;
  }
  std::vector<const Held*> all;
  if (fewest == nullptr) return all;  // without a selector it selects nothing
  std::ranges::copy_if(*fewest, std::back_inserter(all),
                       [&](const auto* one) { return selects(service, one->row.workload()); });
  return all;
}

/// The applications that a service is of, by the service's name.
using Memberships = std::map<std::string, std::set<std::string>>;

Memberships memberships_of(const Holdings& holdings, const Selections& selections) {
  Memberships all;
  for (const auto& service : holdings.services) {
    auto& of = all[service.meta().name()];
    of.insert(application_of(service));
    const auto selected = selections.find(service.meta().name());
    if (selected == selections.end()) continue;
    for (const auto* one : selected->second) of.insert(application_of(one->row));
  }
  return all;
}

}  // namespace

std::string application_of(const wire::MirrorRow& row) {
  const auto found = row.meta().labels().find(kApplicationLabel);
  return found == row.meta().labels().end() ? std::string{} : found->second;
}

Selections selections_of(const Holdings& holdings) {
  const auto labelled = by_label(holdings.workloads);
  Selections all;
  for (const auto& service : holdings.services) {
    all[service.meta().name()] = selected_by(service.service(), labelled);
  }
  return all;
}

ApplicationState state_of(const Application& application) {
  std::vector<workloads::WorkloadState> states;
  for (const auto* one : application.workloads) {
    states.push_back(workloads::state_of(one->row.workload()));
  }
  return state_of(states);
}

std::map<std::string, Application> compose(const Holdings& holdings, const Selections& selections) {
  std::map<std::string, Application> all;
  for (const auto& one : holdings.workloads) all[application_of(one.row)].workloads.push_back(&one);
  for (const auto& one : holdings.jobs) all[application_of(one.row)].jobs.push_back(&one);
  const auto memberships = memberships_of(holdings, selections);
  for (const auto& service : holdings.services) {
    for (const auto& name : memberships.at(service.meta().name())) {
      all[name].services.push_back(&service);
    }
  }
  for (const auto& ingress : holdings.ingresses) {
    std::set<std::string> of{application_of(ingress)};
    for (const auto& path : ingress.ingress().paths()) {
      const auto leads_to = memberships.find(path.service());
      if (leads_to != memberships.end())
        of.insert(leads_to->second.begin(), leads_to->second.end());
    }
    for (const auto& name : of) all[name].ingresses.push_back(&ingress);
  }
  all.erase("");  // what is of none
  return all;
}

}  // namespace slipway::applications
