// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/merge_patch.hpp"

#include <boost/json.hpp>

namespace slipway::objects {

namespace json = boost::json;

json::value merged(json::value value, const json::value& patch) {
  if (!patch.is_object()) return patch;
  if (!value.is_object()) value.emplace_object();
  auto& object = value.get_object();
  for (const auto& [key, change] : patch.get_object()) {
    if (change.is_null()) {
      object.erase(key);
      continue;
    }
    auto& member = object[key];
    member = merged(std::move(member), change);
  }
  return value;
}

}  // namespace slipway::objects
