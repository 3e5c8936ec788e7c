// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/objects/used_by.hpp"
#include "controller/workloads/refusal.hpp"

namespace slipway::objects {

/// Which of the kinds that others use it is, by its plural; nullopt: another one.
std::optional<Used> used_kind(std::string_view plural);

/// What an object that others use is asked to be deleted by.
struct Removal {
  Used what = Used::kConfigMap;
  std::string name;
  std::vector<User> users;  ///< folded
  bool by_force = false;    ///< although it is in use
};
/// A claim is held by the pods that run with it, force or not: Kubernetes would let it linger until
/// they end. The rest goes by force, since it is their templates alone that name it.
workloads::Ruled<void> check_removal(const Removal& asked);

/// What a claim's class says of growth; nullopt: it has none, or the class is not known.
struct Growth {
  std::string storage_class;
  bool expandable = false;
};
/// A claim that is changed: its size may grow where its class can, and never shrink.
workloads::Ruled<void> check_growth(const boost::json::object& before,
                                    const boost::json::object& after,
                                    const std::optional<Growth>& growth);

}  // namespace slipway::objects
