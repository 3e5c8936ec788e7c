// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::workloads {

// Reading of the API server's objects: what is missing or of another type reads as empty.

inline const boost::json::object& member(const boost::json::object& from, std::string_view key) {
  static const boost::json::object kNothing;
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_object() ? value->get_object() : kNothing;
}

inline std::string text_in(const boost::json::object& from, std::string_view key) {
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

inline std::string text_of(const boost::json::object& from, std::string_view outer,
                           std::string_view key) {
  return text_in(member(from, outer), key);
}

inline std::int64_t number_of(const boost::json::object& from, std::string_view key,
                              std::int64_t otherwise) {
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : otherwise;
}

}  // namespace slipway::workloads
