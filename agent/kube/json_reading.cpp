// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/json_reading.hpp"

#include "protocol/base/clock.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxTexts = 64;

const json::value* find(const json::value& from, std::string_view key) {
  return from.is_object() ? from.get_object().if_contains(key) : nullptr;
}

}  // namespace

const json::value& object_at(const json::value& from, std::string_view key) {
  static const json::value kNothing;
  const auto* value = find(from, key);
  return value != nullptr ? *value : kNothing;
}

const json::array& array_at(const json::value& from, std::string_view key) {
  static const json::array kNothing;
  const auto* value = find(from, key);
  return value != nullptr && value->is_array() ? value->get_array() : kNothing;
}

const json::object& members_at(const json::value& from, std::string_view key) {
  static const json::object kNothing;
  const auto* value = find(from, key);
  return value != nullptr && value->is_object() ? value->get_object() : kNothing;
}

std::string text_at(const json::value& from, std::string_view key) {
  const auto* value = find(from, key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

std::int64_t number_at(const json::value& from, std::string_view key, std::int64_t otherwise) {
  const auto* value = find(from, key);
  if (value == nullptr) return otherwise;
  if (value->is_int64()) return value->get_int64();
  return otherwise;
}

std::uint32_t count_at(const json::value& from, std::string_view key) {
  const auto value = number_at(from, key);
  return value > 0 ? static_cast<std::uint32_t>(value) : 0;
}

bool bool_at(const json::value& from, std::string_view key) {
  const auto* value = find(from, key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::int64_t utc_ms_at(const json::value& from, std::string_view key) {
  const auto text = text_at(from, key);
  if (text.empty()) return 0;
  const auto time = base::from_rfc3339(text);
  return time ? base::to_unix_ms(*time) : 0;
}

void copy_texts(const json::object& from, google::protobuf::Map<std::string, std::string>& to) {
  for (const auto& [key, value] : from) {
    if (to.size() >= kMaxTexts) return;
    if (value.is_string()) to[std::string(key)] = std::string(value.get_string());
  }
}

}  // namespace slipway::kube
