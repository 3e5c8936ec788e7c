// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/secret_values.hpp"

#include <boost/json.hpp>

#include "controller/workloads/object_reading.hpp"

namespace slipway::objects {

namespace json = boost::json;

namespace {

constexpr char kLastApplied[] = "kubectl.kubernetes.io/last-applied-configuration";
constexpr std::size_t kMaxShownKeys = 20;

std::uint64_t decoded_bytes(std::string_view text) {
  const auto letters = text.find_last_not_of('=');
  return letters == std::string_view::npos ? 0 : (letters + 1) * 3 / 4;
}

std::string keys_of(const json::object& data) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& [key, value] : data) {
    if (++shown > kMaxShownKeys) return text + " …";
    text += (text.empty() ? "" : ", ") + std::string(key);
  }
  return text.empty() ? "none" : text;
}

}  // namespace

void take_values_out(json::object& secret) {
  for (const char* holder : {"data", "stringData"}) {
    auto* data = secret.if_contains(holder);
    if (data == nullptr || !data->is_object()) continue;
    for (auto& [key, value] : data->get_object()) {
      value = value.is_string() ? decoded_bytes(value.get_string()) : 0;
    }
  }
  auto* metadata = secret.if_contains("metadata");
  if (metadata == nullptr || !metadata->is_object()) return;
  auto* annotations = metadata->get_object().if_contains("annotations");
  if (annotations != nullptr && annotations->is_object()) {
    annotations->get_object().erase(kLastApplied);
  }
}

workloads::Ruled<json::object> values_of(const json::object& secret,
                                         const std::vector<std::string>& keys) {
  const auto& data = workloads::member(secret, "data");
  if (keys.empty()) return data;
  json::object values;
  for (const auto& key : keys) {
    const auto* value = data.if_contains(key);
    if (value == nullptr) {
      return std::unexpected(workloads::Refusal{
          base::ErrorCode::kNotFound, "keys", "no-such-key",
          "the Secret has no key " + key.substr(0, 253) + "; it has " + keys_of(data)});
    }
    values[key] = *value;
  }
  return values;
}

}  // namespace slipway::objects
