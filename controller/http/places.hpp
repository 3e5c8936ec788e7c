// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

inline constexpr char kProjectLabel[] = "slipway.io/project";
inline constexpr char kDepartmentLabel[] = "slipway.io/department";

/// Kubernetes' own: of no project, whatever its labels say.
bool is_of_kubernetes(const std::string& name_space);

/// Where a namespace lies: of which project its label says, as the mirror saw it last.
access::Place place_of(const Services& services, const base::ClusterId& cluster,
                       const std::string& name_space);
/// By a namespace's row.
access::Place place_of(const Services& services, const base::ClusterId& cluster,
                       const wire::MirrorRow& row);
access::Place place_of(const access::Project& project);
/// Whether it is known whose a namespace is, or all of the cluster's where none is named. False: it
/// was not seen, and may be there all the same.
bool is_known(const Services& services, const base::ClusterId& cluster,
              const std::string& name_space);

/// What the path says of the place: its namespace, project or department; nullopt: nothing.
std::optional<access::Place> place_of(const Services& services,
                                      const std::map<std::string, std::string>& path);

/// The namespaces of a cluster where somebody may do this; nullopt: all there are.
using Visible = std::optional<std::set<std::string>>;
Visible visible_namespaces(const Services& services, const access::Rights& who,
                           const base::ClusterId& cluster, access::Act act = access::Act::kRead);
bool is_visible(const Visible& visible, const std::string& name_space);

/// The cluster, for who has a namespace there or may make one; to others it is not there.
base::Result<clusters::ClusterName> visible_cluster(const Services& services, const Caller& caller,
                                                    const std::string& id_or_name);

/// Its name where there is such a cluster; for the audit log, which is searched by it.
std::string cluster_name(const Services& services, const std::string& id_or_name);

}  // namespace slipway::http
