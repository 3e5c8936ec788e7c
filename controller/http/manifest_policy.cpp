// SPDX-License-Identifier: Apache-2.0
#include "controller/http/manifest_policy.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "controller/http/resource_facts.hpp"
#include "controller/workloads/kubernetes_features.hpp"
#include "protocol/policy/policy.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxRefusals = 100;

policy::NamespaceFacts facts_of(const Services& services, const base::ClusterId& cluster,
                                const std::string& name) {
  const auto row = services.mirror.find(cluster, "namespaces", "", name);
  return row ? policy::facts_of(row->meta().labels()) : policy::NamespaceFacts{};
}

/// "apps" of "apps/v1"; empty of "v1".
std::string_view group_of(std::string_view api_version) {
  const auto slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
}

std::string name_of(const manifest::ManifestObject& object) {
  return policy::printable(object.kind) + " " + policy::printable(object.name);
}

/// The claims of a manifest, by namespace and name: what it brings itself is there before what
/// uses it.
using Claims = std::map<std::pair<std::string, std::string>, std::vector<std::string>>;

Claims claims_of(const std::vector<manifest::ManifestObject>& objects,
                 const std::string& default_namespace) {
  Claims claims;
  for (const auto& object : objects) {
    if (object.kind != "PersistentVolumeClaim") continue;
    const boost::json::value body(object.body);
    claims[{namespace_of(object, default_namespace), object.name}] = policy::modes_of_claim(body);
  }
  return claims;
}

/// What is asked of each of a manifest's objects.
struct Asked {
  const Services& services;
  const base::ClusterId& cluster;
  Claims claims;
  const boost::json::value* old = nullptr;
};

/// The labels of a namespace are for those who are asked in their own name: the cluster.
std::vector<policy::Refusal> refusals(const Asked& asked, const manifest::ManifestObject& object,
                                      const std::string& in) {
  if (object.kind == "Namespace") return {};
  const policy::Asker nobody;
  const boost::json::value body(object.body);
  const policy::Change change{.group = group_of(object.api_version),
                              .kind = object.kind,
                              .object = body,
                              .old = asked.old,
                              .asker = nobody};
  auto all = policy::refusals(change, facts_of(asked.services, asked.cluster, in));
  auto facts = resource_facts(asked.services, asked.cluster, in, change);
  for (const auto& claim : policy::needed_by(change).claims) {
    const auto brought = asked.claims.find({in, claim});
    if (brought != asked.claims.end()) facts.claims.try_emplace(claim, brought->second);
  }
  std::ranges::move(policy::resource_refusals(change, facts), std::back_inserter(all));
  return all;
}

std::optional<Problem> check_version(const Services& services, const base::ClusterId& id,
                                     const std::vector<manifest::ManifestObject>& objects) {
  const auto cluster = services.clusters.get(id.value);
  const auto version =
      cluster ? workloads::version_in(cluster->spec.kubernetes_version) : std::nullopt;
  if (!version) return std::nullopt;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto& object = objects[i];
    const auto lack = workloads::lacking_field(object.body, *version);
    if (!lack) continue;
    auto problem = problem_of(base::Error{lack->code, lack->message, lack->field});
    if (objects.size() > 1) {
      problem.detail =
          "document " + std::to_string(i + 1) + ", " + name_of(object) + ": " + problem.detail;
    }
    problem.rule = lack->rule;
    const auto at = manifest::place_of(object, lack->field);
    problem.line = at.line;
    problem.column = at.column;
    return problem;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Problem> check_policy(const Services& services, const base::ClusterId& cluster,
                                    const std::vector<manifest::ManifestObject>& objects,
                                    const std::string& default_namespace,
                                    const boost::json::value* old) {
  if (auto lack = check_version(services, cluster, objects)) return lack;
  Problem problem{.status = 403, .code = "denied"};
  const Asked asked{services, cluster, claims_of(objects, default_namespace), old};
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto& object = objects[i];
    const auto in = namespace_of(object, default_namespace);
    for (auto& refusal : refusals(asked, object, in)) {
      if (problem.refusals.size() >= kMaxRefusals) break;
      problem.refusals.push_back({i + 1, object.line, name_of(object), std::move(refusal)});
    }
  }
  if (problem.refusals.empty()) return std::nullopt;
  const auto& first = problem.refusals.front();
  problem.line = first.line;
  problem.field = first.why.field;
  problem.detail = "document " + std::to_string(first.document) + ", " + first.object + ": " +
                   policy::sentence_of(first.why);
  if (problem.refusals.size() > 1)
    problem.detail += "; and " + std::to_string(problem.refusals.size() - 1) + " more";
  return problem;
}

}  // namespace slipway::http
