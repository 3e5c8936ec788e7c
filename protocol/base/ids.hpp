// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace slipway::base {

/// A typed id: a cluster's cannot be handed in where a machine's is asked for.
template <class Tag>
struct Id {
  std::string value;
  auto operator<=>(const Id&) const = default;
  bool empty() const { return value.empty(); }
};

using ClusterId = Id<struct ClusterTag>;
using MachineId = Id<struct MachineTag>;    ///< one machine and, once enrolled, its node
using ResourceId = Id<struct ResourceTag>;  ///< a ledger row; the tag on the cloud's resource
using OperationId = Id<struct OperationTag>;
using IntentId = Id<struct IntentTag>;
using UserId = Id<struct UserTag>;

/// 16 lower-case base32 characters from the system's generator: short enough for names and tags.
std::string new_id();

}  // namespace slipway::base

template <class Tag>
struct std::hash<slipway::base::Id<Tag>> {
  std::size_t operator()(const slipway::base::Id<Tag>& id) const {
    return std::hash<std::string>{}(id.value);
  }
};
