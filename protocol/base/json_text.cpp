// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/json_text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

namespace slipway::base {

namespace {

namespace json = boost::json;

void write(const json::value& value, std::string& out);

void write(const json::object& object, std::string& out) {
  std::vector<const json::key_value_pair*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::ranges::sort(members, {}, [](const auto* member) { return member->key(); });
  out += '{';
  for (const auto* member : members) {
    if (member != members.front()) out += ',';
    out += json::serialize(member->key()) + ':';
    write(member->value(), out);
  }
  out += '}';
}

/// Not deeper than what was read: kJsonDepth.
void write(const json::value& value, std::string& out) {
  if (const auto* object = value.if_object()) return write(*object, out);
  const auto* array = value.if_array();
  if (array == nullptr) {
    out += json::serialize(value);
    return;
  }
  out += '[';
  for (const auto& item : *array) {
    if (&item != array->data()) out += ',';
    write(item, out);
  }
  out += ']';
}

}  // namespace

Result<json::value> read_json(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kJsonDepth;
  auto value = json::parse(text, error, {}, options);
  if (error) return fail(ErrorCode::kInvalid, "no JSON: " + error.message());
  return value;
}

std::string canonical_json(const json::value& value) {
  std::string out;
  write(value, out);
  return out;
}

}  // namespace slipway::base
