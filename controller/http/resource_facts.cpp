// SPDX-License-Identifier: Apache-2.0
#include "controller/http/resource_facts.hpp"

#include "controller/workloads/object_reading.hpp"

namespace slipway::http {

namespace {

template <class Texts>
std::vector<std::string> copied(const Texts& from) {
  return {from.begin(), from.end()};
}

void add_class(const Services& services, const base::ClusterId& cluster,
               const policy::Needed& needed, policy::ResourceFacts& facts) {
  for (const auto& row : services.mirror.all(cluster, "storageclasses")) {
    const auto& storage = row.storage_class();
    const bool is_default = needed.default_class && storage.is_default();
    if (!is_default && row.meta().name() != needed.storage_class) continue;
    facts.classes[needed.storage_class] = copied(storage.access_modes());
  }
}

std::string name_of(const policy::Change& change) {
  const auto* object = change.object.if_object();
  return object == nullptr ? std::string{} : workloads::text_of(*object, "metadata", "name");
}

}  // namespace

policy::ResourceFacts resource_facts(const Services& services, const base::ClusterId& cluster,
                                     const std::string& name_space, const policy::Change& change) {
  policy::ResourceFacts facts;
  const auto needed = policy::needed_by(change);
  for (const auto& claim : needed.claims) {
    const auto row = services.mirror.find(cluster, "persistentvolumeclaims", name_space, claim);
    if (row) facts.claims[claim] = copied(row->claim().access_modes());
  }
  if (needed.storage_class.empty() && !needed.default_class) return facts;
  if (!services.mirror.find(cluster, "persistentvolumeclaims", name_space, name_of(change))) {
    add_class(services, cluster, needed, facts);
  }
  return facts;
}

workloads::Ruled<void> check_resource(const policy::Change& change,
                                      const policy::ResourceFacts& facts) {
  const auto refused = policy::resource_refusals(change, facts);
  if (refused.empty()) return {};
  const auto& first = refused.front();
  return std::unexpected(workloads::Refusal{base::ErrorCode::kConflict, first.field, first.rule,
                                            first.what + ": " + first.way_out});
}

}  // namespace slipway::http
