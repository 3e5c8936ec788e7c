// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/pull_secret.hpp"

#include <boost/json.hpp>

#include "controller/objects/base64.hpp"

namespace slipway::objects {

namespace json = boost::json;

namespace {

constexpr char kKey[] = ".dockerconfigjson";
constexpr std::string_view kOfHosts =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
constexpr std::string_view kOfPaths =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_/";

/// Kubelet compares it with the first part of an image's name.
bool is_registry(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto host = text.substr(0, slash);
  return !host.empty() && host.find_first_not_of(kOfHosts) == std::string_view::npos &&
         text.substr(slash).find_first_not_of(kOfPaths) == std::string_view::npos;
}

std::unexpected<workloads::Refusal> wrong(const char* field, const char* rule, const char* why) {
  return std::unexpected(workloads::Refusal{base::ErrorCode::kInvalid, field, rule, why});
}

}  // namespace

workloads::Ruled<json::object> pull_secret(const std::string& name, const std::string& name_space,
                                           const RegistryAccount& account) {
  if (account.registry.find("://") != std::string::npos) {
    return wrong("registry", "registry",
                 "registry is a host as images name it: leave the scheme out");
  }
  if (!is_registry(account.registry)) {
    return wrong("registry", "registry",
                 "registry must be HOST, HOST:PORT or HOST/PATH, as in the names of its images");
  }
  if (account.user.find(':') != std::string::npos) {
    return wrong("user", "user", "user must not have a colon: the registry would cut it there");
  }
  const json::object entry{{"username", account.user},
                           {"password", account.password},
                           {"auth", base64(account.user + ":" + account.password)}};
  const json::object config{{"auths", json::object{{account.registry, entry}}}};
  return json::object{{"apiVersion", "v1"},
                      {"kind", "Secret"},
                      {"type", kPullSecretType},
                      {"metadata", json::object{{"name", name}, {"namespace", name_space}}},
                      {"data", json::object{{kKey, base64(json::serialize(config))}}}};
}

}  // namespace slipway::objects
