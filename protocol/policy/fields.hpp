// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <string_view>

// Reading of objects that anybody wrote: what is missing or of another type reads as empty.
namespace slipway::policy {

namespace json = boost::json;

inline const json::value* value_in(const json::object& from, std::string_view key) {
  return from.if_contains(key);
}

inline const json::object& members(const json::value* value) {
  static const json::object kNone;
  return value != nullptr && value->is_object() ? value->get_object() : kNone;
}

inline const json::object& object_in(const json::object& from, std::string_view key) {
  return members(value_in(from, key));
}

inline const json::array& array_in(const json::object& from, std::string_view key) {
  static const json::array kNone;
  const auto* value = value_in(from, key);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

inline std::string_view text_of(const json::value& value) {
  return value.is_string() ? std::string_view(value.get_string()) : std::string_view{};
}

inline std::string_view text_in(const json::object& from, std::string_view key) {
  const auto* value = value_in(from, key);
  return value != nullptr ? text_of(*value) : std::string_view{};
}

inline bool is_true(const json::object& from, std::string_view key) {
  const auto* value = value_in(from, key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

inline bool has(const json::object& from, std::string_view key) {
  const auto* value = value_in(from, key);
  return value != nullptr && !value->is_null();
}

}  // namespace slipway::policy
