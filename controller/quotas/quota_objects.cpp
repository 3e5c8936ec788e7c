// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/quota_objects.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

namespace slipway::quotas {

namespace {

namespace json = boost::json;

/// What a container gets that says nothing, and the least that it may say.
struct ContainerFigures {
  Resource resource;
  std::int64_t usual;
  std::int64_t least;
};
constexpr std::array<ContainerFigures, 2> kContainers{
    {{Resource::kCpu, 200, 1}, {Resource::kMemory, 256 << 20, 4 << 20}}};

std::int64_t amount_in(const Amounts& amounts, Resource resource) {
  const auto found = amounts.find(resource);
  return found == amounts.end() ? 0 : found->second;
}

/// Both are absent, or both say the same amount.
bool same(const Quantities& a, const Quantities& b, const std::string& name, Unit unit) {
  const auto in_a = a.find(name);
  const auto in_b = b.find(name);
  if (in_a == a.end() || in_b == b.end()) return in_a == a.end() && in_b == b.end();
  const auto first = parse_quantity(in_a->second, unit);
  const auto second = parse_quantity(in_b->second, unit);
  return first && second && *first == *second;
}

json::object object_of(const Quantities& quantities) {
  json::object out;
  for (const auto& [name, value] : quantities) out[name] = value;
  return out;
}

json::object whole(const char* kind, bool patch, json::object spec) {
  json::object metadata{{"labels", {{"app.kubernetes.io/managed-by", "slipway"}}}};
  if (!patch) metadata["name"] = kQuotaName;
  json::object out{{"metadata", std::move(metadata)}, {"spec", std::move(spec)}};
  if (!patch) {
    out["apiVersion"] = "v1";
    out["kind"] = kind;
  }
  return out;
}

}  // namespace

QuotaObjects objects_for(const Amounts& figures, const Amounts& own) {
  QuotaObjects objects;
  for (const auto& [resource, amount] : figures) {
    const auto& facts = facts_of(resource);
    const auto whole = amount_text(resource, sum(amount, amount_in(own, resource)));
    for (const std::string name : facts.hard) {
      if (!name.empty()) objects.hard[name] = whole;
    }
  }
  for (const auto& [resource, usual, least] : kContainers) {
    const auto figure = figures.find(resource);
    if (figure == figures.end()) continue;
    const std::string name = facts_of(resource).name;
    objects.defaults[name] = amount_text(resource, std::clamp(figure->second, least, usual));
    objects.least[name] = amount_text(resource, least);
  }
  return objects;
}

bool is_quota_as_wanted(const QuotaObjects& wanted, const QuotaThere& there) {
  if (wanted.hard.empty()) return !there.has_quota;
  if (!there.has_quota) return false;
  return std::ranges::all_of(kResources, [&](const auto& facts) {
    return std::ranges::all_of(facts.hard, [&](const std::string name) {
      return same(wanted.hard, there.hard, name, facts.unit);
    });
  });
}

bool is_range_as_wanted(const QuotaObjects& wanted, const QuotaThere& there) {
  if (wanted.defaults.empty()) return !there.has_range;
  if (!there.has_range) return false;
  return std::ranges::all_of(kContainers, [&](const auto& figures) {
    const auto& facts = facts_of(figures.resource);
    return same(wanted.defaults, there.default_limits, facts.name, facts.unit) &&
           same(wanted.defaults, there.default_requests, facts.name, facts.unit) &&
           same(wanted.least, there.least, facts.name, facts.unit);
  });
}

std::string quota_body(const QuotaObjects& wanted, bool patch) {
  auto hard = object_of(wanted.hard);
  for (const auto& facts : kResources) {
    for (const std::string name : facts.hard) {
      if (patch && !name.empty() && !hard.contains(name)) hard[name] = nullptr;
    }
  }
  return json::serialize(whole("ResourceQuota", patch, {{"hard", std::move(hard)}}));
}

std::string range_body(const QuotaObjects& wanted, bool patch) {
  const json::object container{{"type", "Container"},
                               {"default", object_of(wanted.defaults)},
                               {"defaultRequest", object_of(wanted.defaults)},
                               {"min", object_of(wanted.least)}};
  return json::serialize(whole("LimitRange", patch, {{"limits", json::array{container}}}));
}

Amounts used_of(const Quantities& used, const Amounts& own) {
  Amounts all;
  for (const auto& facts : kResources) {
    for (const std::string name : facts.hard) {
      const auto found = used.find(name);
      if (found == used.end()) continue;
      const auto amount = parse_quantity(found->second, facts.unit, Finer::kRoundedUp);
      if (!amount) continue;
      const auto mine = std::max<std::int64_t>(*amount - amount_in(own, facts.resource), 0);
      all[facts.resource] = std::max(amount_in(all, facts.resource), mine);
    }
  }
  return all;
}

}  // namespace slipway::quotas
