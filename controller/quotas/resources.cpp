// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/resources.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace slipway::quotas {

namespace {

constexpr std::int64_t kMostMilli = 1'000'000'000;  // a million cores
constexpr std::int64_t kMostCount = 1'000'000'000;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 60;

/// "v1.20.2" -> 20.
int minor_of(std::string_view version) {
  const auto point = version.find('.');
  if (point == std::string_view::npos) return 0;
  int minor = 0;
  std::from_chars(version.data() + point + 1, version.data() + version.size(), minor);
  return minor;
}

}  // namespace

const ResourceFacts& facts_of(Resource resource) {
  return kResources[static_cast<std::size_t>(resource)];
}

std::optional<Resource> resource_named(std::string_view name) {
  const auto* found = std::ranges::find(
      kResources, name, [](const auto& facts) { return std::string_view(facts.name); });
  if (found == kResources.end()) return std::nullopt;
  return found->resource;
}

std::int64_t most_of(Resource resource) {
  switch (facts_of(resource).unit) {
    case Unit::kMilli:
      return kMostMilli;
    case Unit::kBytes:
      return kMostBytes;
    case Unit::kCount:
      return kMostCount;
  }
  return 0;
}

std::string amount_text(Resource resource, std::int64_t amount) {
  return quantity_text(amount, facts_of(resource).unit);
}

std::string text_of(Resource resource, std::int64_t amount) {
  return amount_text(resource, amount) + " " + facts_of(resource).name;
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  std::int64_t whole = 0;
  if (__builtin_add_overflow(a, b, &whole)) return std::numeric_limits<std::int64_t>::max();
  return whole;
}

void add(Amounts& to, const Amounts& more) {
  for (const auto& [resource, amount] : more) to[resource] = sum(to[resource], amount);
}

Amounts larger(const Amounts& a, const Amounts& b) {
  auto most = a;
  for (const auto& [resource, amount] : b) {
    const auto [at, fresh] = most.emplace(resource, amount);
    if (!fresh) at->second = std::max(at->second, amount);
  }
  return most;
}

Amounts made_by_kubernetes(std::string_view version) {
  const int minor = minor_of(version);
  Amounts made;
  if (minor >= 20) made[Resource::kConfigMaps] = 1;
  if (minor < 24) made[Resource::kSecrets] = 1;
  return made;
}

}  // namespace slipway::quotas
