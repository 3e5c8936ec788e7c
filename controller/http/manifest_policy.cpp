// SPDX-License-Identifier: Apache-2.0
#include "controller/http/manifest_policy.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <map>

#include "controller/http/kube_objects.hpp"
#include "controller/http/kube_resource.hpp"
#include "controller/http/resource_facts.hpp"
#include "controller/workloads/kubernetes_features.hpp"
#include "controller/workloads/object_reading.hpp"
#include "protocol/policy/policy.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;

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
  Services& services;
  PolicyAsked what;
  Claims claims;
  int looks = kMostLooks;  ///< that are left
};

/// An object as it would be, and as it is; nullptr: it is new.
struct Judged {
  const manifest::ManifestObject& of;
  const std::string& in;
  const json::value& object;
  const json::value* old = nullptr;
};

/// The labels of a namespace are for those who are asked in their own name: the cluster.
std::vector<policy::Refusal> refusals(const Asked& asked, const Judged& judged) {
  if (judged.of.kind == "Namespace") return {};
  const policy::Asker nobody;
  const policy::Change change{.group = group_of(judged.of.api_version),
                              .kind = judged.of.kind,
                              .object = judged.object,
                              .old = judged.old,
                              .asker = nobody};
  auto all = policy::refusals(change, facts_of(asked.services, asked.what.cluster, judged.in));
  auto facts = resource_facts(asked.services, asked.what.cluster, judged.in, change);
  for (const auto& claim : policy::needed_by(change).claims) {
    const auto brought = asked.claims.find({judged.in, claim});
    if (brought != asked.claims.end()) facts.claims.try_emplace(claim, brought->second);
  }
  std::ranges::move(policy::resource_refusals(change, facts), std::back_inserter(all));
  return all;
}

/// Where what stands of it is. Of kinds that are none of Kubernetes' own no rule speaks.
std::optional<std::string> path_of(const manifest::ManifestObject& object, const std::string& in) {
  const auto resource = own_resource(object.api_version, object.kind);
  if (!resource || !is_object_name(object.name) || !is_object_name(in)) return std::nullopt;
  return object_path(*resource, resource->namespaced ? in : std::string{}, object.name);
}

bool are_of_same_names(const json::array& one, const json::array& other) {
  return std::ranges::equal(one, other, [](const json::value& first, const json::value& second) {
    return first.is_object() && second.is_object() &&
           workloads::text_in(first.get_object(), "name") ==
               workloads::text_in(second.get_object(), "name");
  });
}

/// What is there once `wanted` is applied, or nearly so: what it does not speak of stays, above all
/// what the API server filled in. A list of other things is another list.
json::value applied(const json::value& there, const json::value& wanted) {
  if (there.is_object() && wanted.is_object()) {
    auto all = there.get_object();
    for (const auto& [key, value] : wanted.get_object()) {
      const auto* now = all.if_contains(key);
      all[key] = now == nullptr ? value : applied(*now, value);
    }
    return all;
  }
  if (!there.is_array() || !wanted.is_array()) return wanted;
  const auto& before = there.get_array();
  auto list = wanted.get_array();
  if (!are_of_same_names(before, list)) return wanted;
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = applied(before[i], list[i]);
  return list;
}

/// Why an object may not be, but for what it is already. Once the cluster cannot be asked, nothing
/// is looked at any more.
base::Task<std::vector<policy::Refusal>> judge(Asked& asked, const manifest::ManifestObject& object,
                                               const std::string& in) {
  const json::value body(object.body);
  auto refused = refusals(asked, {object, in, body});
  if (refused.empty() || asked.looks == 0) co_return refused;
  const auto path = path_of(object, in);
  if (!path) co_return refused;
  --asked.looks;
  auto there =
      co_await read_kube(asked.services, asked.what.caller, asked.what.cluster.value, *path);
  if (!there) {
    const auto code = there.error().code;
    if (code == base::ErrorCode::kUnavailable || code == base::ErrorCode::kTimeout) asked.looks = 0;
    co_return refused;
  }
  const json::value old(std::move(*there));
  const auto after = asked.what.replaces ? body : applied(old, body);
  co_return refusals(asked, {object, in, after, &old});
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

base::Task<std::optional<Problem>> check_policy(
    Services& services, PolicyAsked what, const std::vector<manifest::ManifestObject>& objects) {
  if (auto lack = check_version(services, what.cluster, objects)) co_return lack;
  Problem problem{.status = 403, .code = "denied"};
  auto claims = claims_of(objects, what.default_namespace);
  Asked asked{services, std::move(what), std::move(claims)};
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (problem.refusals.size() >= kMaxRefusals) break;
    const auto& object = objects[i];
    const auto in = namespace_of(object, asked.what.default_namespace);
    for (auto& refusal : co_await judge(asked, object, in)) {
      if (problem.refusals.size() >= kMaxRefusals) break;
      problem.refusals.push_back({i + 1, object.line, name_of(object), std::move(refusal)});
    }
  }
  if (problem.refusals.empty()) co_return std::nullopt;
  const auto& first = problem.refusals.front();
  problem.line = first.line;
  problem.field = first.why.field;
  problem.detail = "document " + std::to_string(first.document) + ", " + first.object + ": " +
                   policy::sentence_of(first.why);
  if (problem.refusals.size() > 1)
    problem.detail += "; and " + std::to_string(problem.refusals.size() - 1) + " more";
  co_return problem;
}

}  // namespace slipway::http
