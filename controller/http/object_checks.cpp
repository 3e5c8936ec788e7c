// SPDX-License-Identifier: Apache-2.0
#include "controller/http/object_checks.hpp"

#include "controller/http/object_users.hpp"
#include "controller/http/refusals.hpp"
#include "controller/objects/object_rules.hpp"
#include "controller/objects/references.hpp"
#include "protocol/policy/findings.hpp"

namespace slipway::http {

namespace {

using base::Task;
using objects::Used;
using Checked = std::expected<void, Problem>;
using What = ObjectWrite::What;

/// nullopt: of a kind that nothing uses, as far as we know.
std::optional<Used> used_as(const KubeResource& resource) {
  const bool ours =
      resource.api_version == "v1" || resource.api_version.starts_with("storage.k8s.io/");
  return ours ? objects::used_kind(resource.plural) : std::nullopt;
}

Checked checked(const workloads::Ruled<void>& ruled) {
  if (ruled) return {};
  return std::unexpected(problem_of(ruled.error()));
}

Task<Checked> check_delete(Services& services, clusters::ClusterName cluster,
                           const ObjectWrite& write, Used what) {
  const auto& place = write.place;
  UsersAsked asked{.caller = place.caller,
                   .cluster = cluster,
                   .name_space = place.name_space,
                   .wanted = {.what = what, .name = place.name}};
  const auto found = co_await find_users(services, std::move(asked));
  co_return checked(objects::check_removal(
      {.what = what, .name = place.name, .users = found.all, .by_force = write.by_force}));
}

/// Out of reach, the change waits and the API server judges it then.
Task<Checked> check_claim(Services& services, clusters::ClusterName cluster,
                          const ObjectWrite& write) {
  const auto before = co_await read_object(services, write.place);
  if (!before) co_return Checked{};
  const auto row = services.mirror.find(cluster.id, "persistentvolumeclaims",
                                        write.place.name_space, write.place.name);
  std::optional<objects::Growth> growth;
  const auto of =
      row ? services.mirror.find(cluster.id, "storageclasses", "", row->claim().storage_class())
          : std::nullopt;
  if (of) growth = {of->meta().name(), of->storage_class().expandable()};
  co_return checked(objects::check_growth(*before, write.object.body, growth));
}

}  // namespace

Task<Checked> check_object(Services& services, clusters::ClusterName cluster,
                           const ObjectWrite& write) {
  const auto what = used_as(write.place.resource);
  if (what && write.what == What::kDelete) {
    co_return co_await check_delete(services, std::move(cluster), write, *what);
  }
  if (what == Used::kClaim && write.what == What::kReplace) {
    co_return co_await check_claim(services, std::move(cluster), write);
  }
  co_return Checked{};
}

std::string warning_of(const Services& services, const base::ClusterId& cluster,
                       const ObjectWrite& write) {
  if (write.place.resource.kind != "Ingress" || write.what == What::kDelete) return {};
  std::string missing;
  for (const auto& name : objects::services_of(write.object.body)) {
    if (services.mirror.find(cluster, "services", write.place.name_space, name)) continue;
    missing += (missing.empty() ? "" : ", ") + policy::printable(name);
  }
  if (missing.empty()) return {};
  return "it routes to what is not there: Service " + missing + " of this namespace";
}

}  // namespace slipway::http
