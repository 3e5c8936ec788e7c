// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/budget_rules.hpp"

#include <algorithm>

namespace slipway::quotas {

namespace {

std::int64_t amount_in(const Amounts& amounts, Resource resource) {
  const auto found = amounts.find(resource);
  return found == amounts.end() ? 0 : found->second;
}

Shortage shortage_of(const Level& level, Resource resource, Shortage::Why why) {
  const auto limit = amount_in(level.budget, resource);
  const auto given = amount_in(level.given, resource);
  return {.why = why,
          .level = level.level,
          .name = level.name,
          .resource = resource,
          .left = std::max<std::int64_t>(limit - given, 0),
          .given = given,
          .raisers = level.raisers};
}

/// Of one level; nothing where it fits.
void weigh_at(const Level& level, const Amounts& asked, const Amounts& had,
              std::vector<Shortage>& into) {
  for (const auto& [resource, limit] : level.budget) {
    const auto want = asked.find(resource);
    if (want == asked.end()) {
      into.push_back(shortage_of(level, resource, Shortage::Why::kUnlimited));
      continue;
    }
    if (want->second <= amount_in(had, resource)) continue;
    if (sum(amount_in(level.given, resource), want->second) <= limit) continue;
    auto exceeds = shortage_of(level, resource, Shortage::Why::kExceeds);
    exceeds.asked = want->second;
    into.push_back(std::move(exceeds));
  }
}

}  // namespace

std::string text_of(const Shortage& of) {
  const auto level = of.level + " " + of.name;
  const std::string resource = facts_of(of.resource).name;
  switch (of.why) {
    case Shortage::Why::kExceeds:
      return level + " has " + text_of(of.resource, of.left) + " left and " +
             amount_text(of.resource, of.asked) + " is asked; " + of.raisers +
             " can raise its budget";
    case Shortage::Why::kUnlimited:
      return resource + " needs a figure, since " + level + " has a budget for it with " +
             amount_text(of.resource, of.left) + " left; " + of.raisers + " can raise it";
    case Shortage::Why::kGivenAway:
      return level + " has given away " + text_of(of.resource, of.given) +
             ", so that its budget cannot be " + amount_text(of.resource, of.asked) +
             "; take something back first";
    case Shortage::Why::kUncounted:
      return "namespace " + of.uncounted + " of " + level + " has no figure for " + resource +
             ", so that none can be its budget; give the namespace one first";
  }
  return {};
}

std::vector<Shortage> weigh(const Amounts& asked, const Amounts& had,
                            const std::vector<Level>& levels) {
  std::vector<Shortage> shortages;
  for (const auto& level : levels) weigh_at(level, asked, had, shortages);
  return shortages;
}

std::vector<Shortage> weigh_budget(const Amounts& asked, const Amounts& had, const Level& above) {
  std::vector<Shortage> shortages;
  weigh_at(above, asked, had, shortages);
  std::erase_if(shortages, [](const auto& one) { return one.why == Shortage::Why::kUnlimited; });
  return shortages;
}

std::vector<Shortage> weigh_given(const Level& level, const Amounts& asked) {
  std::vector<Shortage> shortages;
  for (const auto& [resource, amount] : asked) {
    if (amount_in(level.given, resource) <= amount) continue;
    auto below = shortage_of(level, resource, Shortage::Why::kGivenAway);
    below.asked = amount;
    shortages.push_back(std::move(below));
  }
  return shortages;
}

Refusal refusal_of(std::vector<Shortage> shortages, const std::string& field) {
  std::string text;
  for (const auto& one : shortages) text += (text.empty() ? "" : "; ") + text_of(one);
  const bool exceeds = std::ranges::all_of(shortages, [](const auto& one) {
    return one.why == Shortage::Why::kExceeds || one.why == Shortage::Why::kUnlimited;
  });
  const std::string first = facts_of(shortages.front().resource).name;
  return {.error = {exceeds ? base::ErrorCode::kExhausted : base::ErrorCode::kConflict,
                    std::move(text), field + "." + first},
          .shortages = std::move(shortages)};
}

Refusal stale(std::int64_t yours, std::int64_t present) {
  return {.error = {base::ErrorCode::kConflict,
                    "you changed version " + std::to_string(yours) + " and version " +
                        std::to_string(present) + " is there; read it again",
                    "resourceVersion"},
          .yours = yours,
          .present = present};
}

}  // namespace slipway::quotas
