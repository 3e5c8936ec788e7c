// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "controller/quotas/resources.hpp"
#include "protocol/base/error.hpp"

namespace slipway::quotas {

/// Why one resource of a quota or a budget cannot be as asked.
struct Shortage {
  enum class Why {
    kExceeds,    ///< more is asked than is left
    kUnlimited,  ///< no figure is asked, and the level has a budget: all would be too much
    kGivenAway,  ///< of a budget: less is asked than was given away
    kUncounted,  ///< of a budget: namespaces below it have no figure at all
  };
  Why why = Why::kExceeds;
  std::string level;  ///< "project", "department"
  std::string name;   ///< of it
  Resource resource = Resource::kCpu;
  std::int64_t asked = 0;
  std::int64_t left = 0;   ///< of kExceeds and kUnlimited
  std::int64_t given = 0;  ///< of kGivenAway
  std::string raisers;     ///< who can raise the level's budget
  std::string uncounted;   ///< of kUncounted: a namespace
};
/// What, where, how much, and what to do.
std::string text_of(const Shortage& shortage);

/// A department or a project: what it may give, and what it gave to others than who asks.
struct Level {
  std::string level;
  std::string name;
  std::string raisers;
  Amounts budget;
  Amounts given;
};

/// What of the asked figures does not fit the levels above. `had` is what they count already: who
/// asks for no more than that is never refused.
std::vector<Shortage> weigh(const Amounts& asked, const Amounts& had,
                            const std::vector<Level>& levels);
/// The same for a project's budget: no figure is none taken, since what its namespaces take counts.
std::vector<Shortage> weigh_budget(const Amounts& asked, const Amounts& had, const Level& above);
/// What of a new budget is below what was given away (`given` counts all of it).
std::vector<Shortage> weigh_given(const Level& level, const Amounts& asked);

/// A refusal: the error says all of the shortages in words.
struct Refusal {
  base::Error error;
  std::vector<Shortage> shortages = {};
  std::int64_t yours = 0;    ///< of a version that is no longer the present one
  std::int64_t present = 0;  ///< 0: that is not why
};
/// `field` is what was asked for: "quota" or "budget".
Refusal refusal_of(std::vector<Shortage> shortages, const std::string& field);
Refusal stale(std::int64_t yours, std::int64_t present);

}  // namespace slipway::quotas
