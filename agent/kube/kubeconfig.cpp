// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/kubeconfig.hpp"

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <optional>

#include "protocol/manifest/yaml_json.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;

std::unexpected<base::Error> wrong(const std::string& what) {
  return base::fail(ErrorCode::kInvalid, "kubeconfig: " + what, "kubeconfig");
}

std::optional<std::string> from_base64(std::string_view text) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '=' || c == '\n' || c == '\r') continue;
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<unsigned>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>((bits >> held) & 0xFF));
  }
  return bytes;
}

std::string scalar_at(const json::value* object, std::string_view key) {
  if (object == nullptr || !object->is_object()) return {};
  const auto* value = object->get_object().if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

const json::value* member(const json::value* object, std::string_view key) {
  return object != nullptr && object->is_object() ? object->get_object().if_contains(key) : nullptr;
}

/// `list[name == wanted].<part>`
const json::value* named(const json::value& config, std::string_view list, const std::string& name,
                         std::string_view part) {
  const auto* entries = member(&config, list);
  if (entries == nullptr || !entries->is_array()) return nullptr;
  for (const auto& entry : entries->get_array()) {
    if (scalar_at(&entry, "name") == name) return member(&entry, part);
  }
  return nullptr;
}

Result<std::string> pem(const json::value* object, std::string_view key) {
  const auto encoded = scalar_at(object, key);
  if (encoded.empty()) return wrong("no " + std::string(key));
  auto bytes = from_base64(encoded);
  if (!bytes) return wrong(std::string(key) + " is no base64");
  return std::move(*bytes);
}

Result<> parse_server(std::string_view url, Kubeconfig& into) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return wrong("the server is no https URL");
  url.remove_prefix(kScheme.size());
  url = url.substr(0, url.find('/'));
  const auto colon = url.rfind(':');
  if (colon != std::string_view::npos && url.find(']', colon) == std::string_view::npos) {
    const auto port = url.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), into.port);
    if (error != std::errc{} || end != port.data() + port.size()) return wrong("no such port");
    url = url.substr(0, colon);
  } else {
    into.port = 443;
  }
  if (url.starts_with('[') && url.ends_with(']')) url = url.substr(1, url.size() - 2);
  if (url.empty()) return wrong("the server has no host");
  into.host = url;
  return {};
}

}  // namespace

Result<Kubeconfig> parse_kubeconfig(std::string_view yaml) {
  auto documents = manifest::parse_yaml(yaml);
  if (!documents) return wrong(sentence_of(documents.error()));
  if (documents->size() != 1) return wrong("it is not one document");
  const auto& config = documents->front().value;
  const auto context_name = scalar_at(&config, "current-context");
  const auto* context = named(config, "contexts", context_name, "context");
  if (context == nullptr) return wrong("no current context");
  const auto* cluster = named(config, "clusters", scalar_at(context, "cluster"), "cluster");
  const auto* user = named(config, "users", scalar_at(context, "user"), "user");
  if (cluster == nullptr) return wrong("its context names no cluster");
  if (user == nullptr) return wrong("its context names no user");
  Kubeconfig parsed;
  if (auto server = parse_server(scalar_at(cluster, "server"), parsed); !server) {
    return base::fail(server);
  }
  auto ca = pem(cluster, "certificate-authority-data");
  if (!ca) return base::fail(ca);
  auto certificate = pem(user, "client-certificate-data");
  if (!certificate) return base::fail(certificate);
  auto key = pem(user, "client-key-data");
  if (!key) return base::fail(key);
  parsed.ca_pem = std::move(*ca);
  parsed.certificate_pem = std::move(*certificate);
  parsed.key_pem = std::move(*key);
  return parsed;
}

}  // namespace slipway::kube
