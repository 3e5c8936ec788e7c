// SPDX-License-Identifier: Apache-2.0
#include "controller/http/namespace_views.hpp"

#include <boost/json.hpp>

#include "controller/http/mirror_views.hpp"
#include "controller/http/places.hpp"

namespace slipway::http {

namespace {

boost::json::object named(const std::string& id, const std::string& name) {
  return {{"id", id}, {"name", name}};
}

}  // namespace

boost::json::object placed_view(const Services& services, const Caller& caller,
                                const clusters::ClusterName& cluster, const wire::MirrorRow& row) {
  auto out = view(row);
  out["cluster"] = named(cluster.id.value, cluster.name);
  const auto place = place_of(services, cluster.id, row);
  if (const auto project = services.accounts.tenancy().project(place.project)) {
    out["project"] = named(project->id.value, project->name);
    out["department"] = named(project->department.id.value, project->department.name);
  }
  if (const auto role = access::role_in(caller.rights, place)) {
    out["role"] = access::name_of(*role);
  }
  return out;
}

}  // namespace slipway::http
