// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/secret_values.hpp"

#include <sodium.h>

#include <boost/json.hpp>
#include <string_view>

#include "controller/workloads/object_reading.hpp"

namespace slipway::objects {

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxShownKeys = 20;
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

json::object* object_in(json::object& from, std::string_view key) {
  auto* value = from.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

json::object* annotations_of(json::object& object) {
  auto* metadata = object_in(object, "metadata");
  return metadata == nullptr ? nullptr : object_in(*metadata, "annotations");
}

/// Fills each null from what is there under the same key; what is not there goes.
void fill(json::object* written, const json::object& there) {
  if (written == nullptr) return;
  for (auto at = written->begin(); at != written->end();) {
    const auto* kept = at->value().is_null() ? there.if_contains(at->key()) : nullptr;
    if (!at->value().is_null()) {
      ++at;
    } else if (kept != nullptr) {
      at->value() = *kept;
      ++at;
    } else {
      at = written->erase(at);
    }
  }
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

bool is_base64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  return sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                           text.data(), text.size(), "\r\n", &size, nullptr,
                           sodium_base64_VARIANT_ORIGINAL) == 0;
}

}  // namespace

void withhold_values(json::object& secret) {
  for (const char* part : {"data", "stringData"}) {
    auto* values = object_in(secret, part);
    if (values == nullptr) continue;
    for (auto& value : *values) value.value() = nullptr;
  }
  auto* annotations = annotations_of(secret);
  if (annotations != nullptr && annotations->contains(kLastApplied)) {
    (*annotations)[kLastApplied] = nullptr;
  }
}

void keep_values(json::object& written, const json::object& there) {
  fill(object_in(written, "data"), workloads::member(there, "data"));
  fill(annotations_of(written),
       workloads::member(workloads::member(there, "metadata"), "annotations"));
}

std::optional<std::string> unreadable_key(const json::object& secret) {
  for (const auto& [key, value] : workloads::member(secret, "data")) {
    if (value.is_null()) continue;
    if (!value.is_string() || !is_base64(value.get_string())) return std::string(key);
  }
  return std::nullopt;
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
