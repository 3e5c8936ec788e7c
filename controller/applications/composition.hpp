// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/applications/application_state.hpp"
#include "controller/workloads/workload_kinds.hpp"
#include "report.pb.h"

namespace slipway::applications {

inline constexpr char kApplicationLabel[] = "app.kubernetes.io/name";

/// The application that an object says it is of; empty: none.
std::string application_of(const wire::MirrorRow& row);

/// A workload, a Job or a CronJob, as the mirror shows it.
struct Held {
  const workloads::WorkloadKind* kind = nullptr;
  wire::MirrorRow row;
};

/// What one namespace holds of what applications are made of.
struct Holdings {
  std::vector<Held> workloads;  ///< Deployments, StatefulSets, DaemonSets
  std::vector<Held> jobs;       ///< Jobs and CronJobs
  std::vector<wire::MirrorRow> services;
  std::vector<wire::MirrorRow> ingresses;
};

/// The workloads whose pods each service selects, by the service's name.
using Selections = std::map<std::string, std::vector<const Held*>>;
Selections selections_of(const Holdings& holdings);

/// What an application is made of; points into the holdings.
struct Application {
  std::vector<const Held*> workloads;
  std::vector<const Held*> jobs;
  std::vector<const wire::MirrorRow*> services;   ///< labelled so, or selecting a workload of it
  std::vector<const wire::MirrorRow*> ingresses;  ///< labelled so, or leading to such a service
};
ApplicationState state_of(const Application& application);

/// Every application that an object of the namespace names, whether there is such an object or not.
std::map<std::string, Application> compose(const Holdings& holdings, const Selections& selections);

}  // namespace slipway::applications
