// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/references.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "controller/workloads/object_reading.hpp"

namespace slipway::objects {

namespace {

namespace json = boost::json;
using workloads::member;
using workloads::text_of;

const json::array& list_in(const json::object& from, std::string_view key) {
  static const json::array kNone;
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

/// One of the list's objects is as `is` says.
template <class Is>
bool any_of(const json::object& from, std::string_view list, Is is) {
  return std::ranges::any_of(list_in(from, list), [&](const json::value& one) {
    return one.is_object() && is(one.get_object());
  });
}

bool lists(const json::object& from, std::string_view list, const std::string& name) {
  return any_of(from, list,
                [&](const json::object& one) { return workloads::text_in(one, "name") == name; });
}

/// By which words a pod names objects of a kind.
struct Words {
  std::string_view volume;     ///< "configMap"
  std::string_view in_volume;  ///< "name", "secretName"
  std::string_view all;        ///< "configMapRef"
  std::string_view key;        ///< "configMapKeyRef"
};
constexpr Words kConfigMaps{"configMap", "name", "configMapRef", "configMapKeyRef"};
constexpr Words kSecrets{"secret", "secretName", "secretRef", "secretKeyRef"};

bool mounts(const json::object& volume, const Words& words, const std::string& name) {
  if (text_of(volume, words.volume, words.in_volume) == name) return true;
  return any_of(member(volume, "projected"), "sources", [&](const json::object& source) {
    return text_of(source, words.volume, "name") == name;
  });
}

bool reads(const json::object& container, const Words& words, const std::string& name) {
  return any_of(
             container, "envFrom",
             [&](const json::object& from) { return text_of(from, words.all, "name") == name; }) ||
         any_of(container, "env", [&](const json::object& variable) {
           return text_of(member(variable, "valueFrom"), words.key, "name") == name;
         });
}

bool uses(const json::object& pod, const Words& words, const std::string& name) {
  const auto& spec = member(pod, "spec");
  const auto in = [&](const json::object& container) { return reads(container, words, name); };
  return any_of(spec, "volumes",
                [&](const json::object& volume) { return mounts(volume, words, name); }) ||
         any_of(spec, "initContainers", in) || any_of(spec, "containers", in);
}

void add_service(const json::object& backend, std::set<std::string>& names) {
  auto name = text_of(backend, "service", "name");
  if (name.empty()) name = workloads::text_in(backend, "serviceName");
  if (!name.empty()) names.insert(std::move(name));
}

}  // namespace

std::string how_pod_uses_config_map(const json::object& pod, const std::string& name) {
  return uses(pod, kConfigMaps, name) ? "pod" : "";
}

std::string how_pod_uses_secret(const json::object& pod, const std::string& name) {
  if (uses(pod, kSecrets, name)) return "pod";
  return lists(member(pod, "spec"), "imagePullSecrets", name) ? "imagePullSecrets" : "";
}

std::string how_account_uses(const json::object& service_account, const std::string& name) {
  if (lists(service_account, "imagePullSecrets", name)) return "imagePullSecrets";
  return lists(service_account, "secrets", name) ? "secrets" : "";
}

std::string how_ingress_uses(const json::object& ingress, const std::string& name) {
  return any_of(
             member(ingress, "spec"), "tls",
             [&](const json::object& one) { return workloads::text_in(one, "secretName") == name; })
             ? "tls"
             : "";
}

std::set<std::string> services_of(const json::object& ingress) {
  std::set<std::string> names;
  const auto& spec = member(ingress, "spec");
  add_service(member(spec, "defaultBackend"), names);
  add_service(member(spec, "backend"), names);
  for (const auto& rule : list_in(spec, "rules")) {
    if (!rule.is_object()) continue;
    for (const auto& path : list_in(member(rule.get_object(), "http"), "paths")) {
      if (path.is_object()) add_service(member(path.get_object(), "backend"), names);
    }
  }
  return names;
}

}  // namespace slipway::objects
