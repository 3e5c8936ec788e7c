// SPDX-License-Identifier: Apache-2.0
#include "agent/dns/kubeconfig.hpp"

#include <yaml-cpp/yaml.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace slipway::dns {
namespace {

using base::ErrorCode;
using ReadFile = std::function<base::Result<std::string>(const std::string&)>;

base::Result<std::string> decode_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    int value = -1;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    if (c >= '0' && c <= '9') value = c - '0' + 52;
    if (c == '+') value = 62;
    if (c == '/') value = 63;
    if (c == '=' || c == '\n' || c == '\r' || c == ' ') continue;
    if (value < 0) return base::fail(ErrorCode::kInvalid, "kubeconfig: data that is not base64");
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return bytes;
}

/// The entry of a list of {name, <kind>: …} that is called `name`.
YAML::Node named(const YAML::Node& list, const std::string& name, const char* kind) {
  if (!list.IsSequence()) return {};
  for (const auto& entry : list)
    if (entry.IsMap() && entry["name"] && entry["name"].as<std::string>("") == name)
      return entry[kind];
  return {};
}

/// `key`-data in the file, or the file that `key` names.
base::Result<std::string> content(const YAML::Node& node, const std::string& key,
                                  const ReadFile& read_file) {
  if (!node || !node.IsMap())
    return base::fail(ErrorCode::kInvalid, "kubeconfig: no entry that holds " + key, key);
  if (const auto data = node[key + "-data"]; data && data.IsScalar())
    return decode_base64(data.as<std::string>());
  if (const auto path = node[key]; path && path.IsScalar())
    return read_file(path.as<std::string>());
  return base::fail(ErrorCode::kInvalid, "kubeconfig: " + key + " is missing", key);
}

base::Result<net::Endpoint> endpoint(const std::string& url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme))
    return base::fail(ErrorCode::kInvalid, "kubeconfig: the server is no https URL", "server");
  std::string_view rest = std::string_view(url).substr(kScheme.size());
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.rfind(':');
  net::Endpoint found{std::string(rest.substr(0, colon)), 443};
  if (colon != rest.npos) {
    const auto digits = rest.substr(colon + 1);
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), found.port);
    if (failed != std::errc{} || end != digits.data() + digits.size())
      return base::fail(ErrorCode::kInvalid, "kubeconfig: the server's port is malformed",
                        "server");
  }
  return found;
}

base::Result<ApiAccess> read_access(const YAML::Node& root, const ReadFile& read_file) {
  if (!root.IsMap() || !root["current-context"])
    return base::fail(ErrorCode::kInvalid, "kubeconfig: no current-context", "current-context");
  const auto context =
      named(root["contexts"], root["current-context"].as<std::string>(""), "context");
  if (!context || !context.IsMap() || !context["cluster"] || !context["user"])
    return base::fail(ErrorCode::kInvalid, "kubeconfig: the current context is missing",
                      "contexts");
  const auto cluster = named(root["clusters"], context["cluster"].as<std::string>(""), "cluster");
  const auto user = named(root["users"], context["user"].as<std::string>(""), "user");
  if (!cluster || !cluster.IsMap() || !cluster["server"])
    return base::fail(ErrorCode::kInvalid, "kubeconfig: the cluster is missing", "clusters");

  auto server = endpoint(cluster["server"].as<std::string>(""));
  if (!server) return base::fail(server);
  auto ca = content(cluster, "certificate-authority", read_file);
  if (!ca) return base::fail(ca);
  auto certificate = content(user, "client-certificate", read_file);
  if (!certificate) return base::fail(certificate);
  auto key = content(user, "client-key", read_file);
  if (!key) return base::fail(key);
  ApiAccess access;
  access.server = *server;
  access.tls.ca_pem = *std::move(ca);
  access.tls.certificate_pem = *std::move(certificate);
  access.tls.key_pem = *std::move(key);
  return access;
}

}  // namespace

base::Result<ApiAccess> parse_kubeconfig(std::string_view yaml, ReadFile read_file) {
  try {
    return read_access(YAML::Load(std::string(yaml)), read_file);
  } catch (const YAML::Exception& error) {
    return base::fail(ErrorCode::kInvalid, std::string("kubeconfig: ") + error.what());
  }
}

}  // namespace slipway::dns
