// SPDX-License-Identifier: Apache-2.0
#include "protocol/policy/resource_rules.hpp"

#include <algorithm>
#include <array>

#include "protocol/policy/fields.hpp"

namespace slipway::policy {
namespace {

constexpr std::array<std::string_view, 4> kModes{"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany",
                                                 "ReadWriteOncePod"};
constexpr std::string_view kOnce = "ReadWriteOnce";  // and ReadWriteOncePod
constexpr std::string_view kClass = "storageClassName";
constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kMaxClaims = 16;  ///< of one template; more are not looked at

/// A workload whose pods share the claims of its template, and where it says how many there are.
struct Sharing {
  std::string_view group;
  std::string_view kind;
  std::string_view below;  ///< the fields that lead to `count` and `template`
  std::string_view count;
};
constexpr Sharing kSharing[] = {
    {"apps", "Deployment", "spec", "replicas"},
    {"extensions", "Deployment", "spec", "replicas"},
    {"batch", "Job", "spec", "parallelism"},
    {"batch", "CronJob", "spec.jobTemplate.spec", "parallelism"},
};

const Sharing* sharing_of(const Change& change) {
  const auto* found = std::ranges::find_if(kSharing, [&](const Sharing& one) {
    return one.group == change.group && one.kind == change.kind;
  });
  return found == std::end(kSharing) ? nullptr : found;
}

bool is_scale(const Change& change) {
  return change.group == "autoscaling" && change.kind == "Scale";
}

const json::object& spec_at(const json::object& object, std::string_view below) {
  const auto& spec = object_in(object, "spec");
  if (below == "spec") return spec;
  return object_in(object_in(spec, "jobTemplate"), "spec");
}

std::int64_t count_in(const json::object& spec, std::string_view key) {
  const auto* value = value_in(spec, key);
  return value != nullptr && value->is_int64() ? value->get_int64() : 1;
}

struct NamedClaim {
  std::string name;
  std::size_t volume = 0;
};

/// How many pods share which claims.
struct Shared {
  std::int64_t pods = 1;
  std::vector<NamedClaim> claims;
};

Shared shared_in(const json::object& object, const Sharing& as) {
  const auto& spec = spec_at(object, as.below);
  Shared shared{.pods = count_in(spec, as.count), .claims = {}};
  std::size_t at = 0;
  for (const auto& volume : array_in(object_in(object_in(spec, "template"), "spec"), "volumes")) {
    const auto name = text_in(object_in(members(&volume), "persistentVolumeClaim"), "claimName");
    if (!name.empty() && shared.claims.size() < kMaxClaims) {
      shared.claims.push_back({std::string(name), at});
    }
    ++at;
  }
  return shared;
}

/// The Job of a CronJob was judged as that one's template, which may be older than the rule.
bool is_of_cron_job(const Change& change) {
  if (change.kind != "Job") return false;
  const auto& owners = array_in(object_in(members(&change.object), "metadata"), "ownerReferences");
  return std::ranges::any_of(owners, [](const json::value& owner) {
    return is_true(members(&owner), "controller") && text_in(members(&owner), "kind") == "CronJob";
  });
}

/// As many pods or fewer, of claims that they had already.
bool was_shared(const Shared& before, const Shared& after) {
  return after.pods <= before.pods && std::ranges::all_of(after.claims, [&](const auto& claim) {
           return std::ranges::find(before.claims, claim.name, &NamedClaim::name) !=
                  before.claims.end();
         });
}

/// What would be shared by several pods after the change and is not before it.
std::optional<Shared> newly_shared(const Change& change, const Sharing& as) {
  auto shared = shared_in(members(&change.object), as);
  if (shared.pods <= 1 || shared.claims.empty() || is_of_cron_job(change)) return std::nullopt;
  if (change.old != nullptr && was_shared(shared_in(members(change.old), as), shared)) {
    return std::nullopt;
  }
  return shared;
}

void refuse_shared(const Shared& shared, const std::string& field, const std::string& pods,
                   const ResourceFacts& facts, Findings& found) {
  for (const auto& claim : shared.claims) {
    const auto known = facts.claims.find(claim.name);
    if (known == facts.claims.end() || !is_single_node(known->second)) continue;
    return found.add("single-node-claim", field,
                     pods + " of " + std::to_string(shared.pods) + " with claim " +
                         in_quotes(claim.name) + ", which one node alone may write " +
                         "(ReadWriteOnce)");
  }
}

void check_sharing(const Change& change, const ResourceFacts& facts, Findings& found) {
  if (const auto* as = sharing_of(change)) {
    const auto shared = newly_shared(change, *as);
    if (!shared) return;
    const auto field = std::string(as->below) + "." + std::string(as->count);
    return refuse_shared(*shared, field, std::string(as->count), facts, found);
  }
  if (!is_scale(change) || !facts.deployment) return;
  auto shared = shared_in(members(&*facts.deployment), kSharing[0]);
  shared.pods = count_in(object_in(members(&change.object), "spec"), "replicas");
  if (shared.pods > 1) refuse_shared(shared, "spec.replicas", "replicas", facts, found);
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto first = word.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) continue;
    word = word.substr(first, word.find_last_not_of(kBlanks) - first + 1);
    words.emplace_back(word);
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + printable(word);
  return text;
}

void check_claim(const Change& change, const ResourceFacts& facts, Findings& found) {
  if (change.old != nullptr) return;  // its modes stay as they are
  const auto& spec = object_in(members(&change.object), "spec");
  const auto name = text_in(spec, kClass);
  if (name.empty() && has(spec, kClass)) return;  // a volume that somebody made by hand
  const auto offered = facts.classes.find(std::string(name));
  if (offered == facts.classes.end() || offered->second.empty()) return;
  std::size_t at = 0;
  for (const auto& mode : modes_of_claim(change.object)) {
    const auto field = "spec.accessModes[" + std::to_string(at++) + "]";
    if (std::ranges::find(offered->second, mode) != offered->second.end()) continue;
    found.add("access-mode", field,
              (name.empty() ? "the default storage class" : "storage class " + in_quotes(name)) +
                  " has no volumes of mode " + in_quotes(mode) + ", only " +
                  joined(offered->second));
  }
}

void check_class(const Change& change, Findings& found) {
  const auto& annotations =
      object_in(object_in(members(&change.object), "metadata"), "annotations");
  if (value_in(annotations, kAccessModes) == nullptr) return;
  const auto modes = modes_of_class(change.object);
  const auto field = "metadata.annotations[" + std::string(kAccessModes) + "]";
  if (modes.empty()) return found.add("access-modes", field, "no access mode is named");
  for (const auto& mode : modes) {
    if (std::ranges::find(kModes, mode) != kModes.end()) continue;
    found.add("access-modes", field, in_quotes(mode) + " is no access mode");
  }
}

/// Whether a load balancer had such a port already.
bool had_port(const json::object& before, const json::object& port) {
  if (text_in(before, "type") != "LoadBalancer") return false;
  return std::ranges::any_of(array_in(before, "ports"), [&](const json::value& one) {
    const auto& had = members(&one);
    const auto* number = value_in(had, "port");
    const auto* wanted = value_in(port, "port");
    return number != nullptr && wanted != nullptr && *number == *wanted &&
           text_in(had, "protocol") == text_in(port, "protocol");
  });
}

/// Load balancers carry TCP.
void check_load_balancer(const Change& change, Findings& found) {
  const auto& spec = object_in(members(&change.object), "spec");
  if (text_in(spec, "type") != "LoadBalancer") return;
  const auto& before = object_in(members(change.old), "spec");
  std::size_t at = 0;
  for (const auto& port : array_in(spec, "ports")) {
    const auto field = "spec.ports[" + std::to_string(at++) + "].protocol";
    const auto protocol = text_in(members(&port), "protocol");
    if (protocol.empty() || protocol == "TCP" || had_port(before, members(&port))) continue;
    found.add("load-balancer-tcp", field,
              "a load balancer carries TCP alone, not " + in_quotes(protocol));
  }
}

}  // namespace

Needed needed_by(const Change& change) {
  Needed needed;
  if (const auto* as = sharing_of(change)) {
    const auto shared = newly_shared(change, *as);
    if (!shared) return needed;
    for (const auto& claim : shared->claims) needed.claims.push_back(claim.name);
  } else if (is_scale(change)) {
    const auto& object = members(&change.object);
    const auto replicas = count_in(object_in(object, "spec"), "replicas");
    if (replicas > 1 && replicas > count_in(object_in(members(change.old), "spec"), "replicas")) {
      needed.deployment = text_in(object_in(object, "metadata"), "name");
    }
  } else if (change.kind == "PersistentVolumeClaim" && change.group.empty() &&
             change.old == nullptr) {
    const auto& spec = object_in(members(&change.object), "spec");
    needed.storage_class = text_in(spec, kClass);
    needed.default_class = !has(spec, kClass);
  }
  return needed;
}

std::vector<std::string> claims_of(const json::object& deployment) {
  std::vector<std::string> names;
  for (auto& claim : shared_in(deployment, kSharing[0]).claims) names.push_back(claim.name);
  return names;
}

std::vector<Refusal> resource_refusals(const Change& change, const ResourceFacts& facts) {
  Findings found;
  check_sharing(change, facts, found);
  if (change.group.empty() && change.kind == "Service") check_load_balancer(change, found);
  if (change.group.empty() && change.kind == "PersistentVolumeClaim") {
    check_claim(change, facts, found);
  }
  if (change.group == "storage.k8s.io" && change.kind == "StorageClass") {
    check_class(change, found);
  }
  return found.take();
}

std::vector<std::string> modes_of_claim(const json::value& claim) {
  std::vector<std::string> modes;
  for (const auto& mode : array_in(object_in(members(&claim), "spec"), "accessModes")) {
    if (mode.is_string()) modes.emplace_back(text_of(mode));
  }
  return modes;
}

std::vector<std::string> modes_of_class(const json::value& storage_class) {
  const auto& metadata = object_in(members(&storage_class), "metadata");
  return split(text_in(object_in(metadata, "annotations"), kAccessModes));
}

bool is_single_node(const std::vector<std::string>& modes) {
  return !modes.empty() &&
         std::ranges::all_of(modes, [](const auto& mode) { return mode.starts_with(kOnce); });
}

}  // namespace slipway::policy
