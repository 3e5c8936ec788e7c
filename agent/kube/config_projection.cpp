// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "agent/kube/projections.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;

/// How many bytes a value in base64 holds; the value itself is not decoded.
std::uint64_t decoded_bytes(std::string_view text) {
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  return text.size() * 3 / 4;
}

struct KeySize {
  std::string_view name;
  std::uint64_t bytes = 0;
};

void add_keys(const json::object& members, bool in_base64, std::vector<KeySize>& keys) {
  for (const auto& [name, value] : members) {
    if (!value.is_string()) continue;
    const std::string_view text = value.get_string();
    keys.push_back({name, in_base64 ? decoded_bytes(text) : text.size()});
  }
}

void put_keys(std::vector<KeySize> keys, const json::value& object, wire::DataRow& row) {
  std::ranges::sort(keys, {}, &KeySize::name);
  row.set_key_count(static_cast<std::uint32_t>(keys.size()));
  row.set_immutable(bool_at(object, "immutable"));
  for (const auto& key : keys) {
    row.set_bytes(row.bytes() + key.bytes);
    if (row.keys_size() >= kMaxParts) continue;
    auto& shown = *row.add_keys();
    shown.set_name(std::string(key.name));
    shown.set_bytes(key.bytes);
  }
}

/// A port by number or name, in both forms of the API.
std::string port_of(const json::value& backend) {
  const auto& port = object_at(object_at(backend, "service"), "port");
  if (const auto name = text_at(port, "name"); !name.empty()) return name;
  if (const auto number = number_at(port, "number"); number != 0) return std::to_string(number);
  const auto number = number_at(backend, "servicePort");
  return number != 0 ? std::to_string(number) : text_at(backend, "servicePort");
}

void add_path(const std::string& host, const json::value& from, const json::value& backend,
              wire::IngressRow& ingress) {
  if (ingress.paths_size() >= kMaxParts) return;
  auto& path = *ingress.add_paths();
  path.set_host(host);
  path.set_path(wire::head_of(text_at(from, "path"), kMaxMessageBytes));
  path.set_path_type(text_at(from, "pathType"));
  path.set_service(text_at(object_at(backend, "service"), "name"));
  if (path.service().empty()) path.set_service(text_at(backend, "serviceName"));
  path.set_port(port_of(backend));
}

void add_default(const json::value& spec, wire::IngressRow& ingress) {
  for (const char* name : {"defaultBackend", "backend"}) {  // networking/v1, and before it
    const auto& backend = object_at(spec, name);
    if (backend.is_object()) add_path({}, {}, backend, ingress);
  }
}

}  // namespace

void project_config_map(const json::value& object, wire::MirrorRow& row) {
  std::vector<KeySize> keys;
  add_keys(members_at(object, "data"), false, keys);
  add_keys(members_at(object, "binaryData"), true, keys);
  put_keys(std::move(keys), object, *row.mutable_data());
}

void project_secret(const json::value& object, wire::MirrorRow& row) {
  std::vector<KeySize> keys;
  add_keys(members_at(object, "data"), true, keys);
  put_keys(std::move(keys), object, *row.mutable_data());
  row.mutable_data()->set_type(text_at(object, "type"));
}

void project_ingress(const json::value& object, wire::MirrorRow& row) {
  auto& ingress = *row.mutable_ingress();
  const auto& metadata = object_at(object, "metadata");
  const auto& spec = object_at(object, "spec");
  ingress.set_ingress_class(text_at(spec, "ingressClassName"));
  if (ingress.ingress_class().empty()) {
    ingress.set_ingress_class(
        text_at(object_at(metadata, "annotations"), "kubernetes.io/ingress.class"));
  }
  add_default(spec, ingress);
  for (const auto& rule : array_at(spec, "rules")) {
    const auto host = text_at(rule, "host");
    for (const auto& path : array_at(object_at(rule, "http"), "paths")) {
      add_path(host, path, object_at(path, "backend"), ingress);
    }
  }
  for (const auto& tls : array_at(spec, "tls")) {
    for (const auto& host : array_at(tls, "hosts")) {
      if (!host.is_string() || ingress.tls_hosts_size() >= kMaxParts) continue;
      ingress.add_tls_hosts(std::string(host.get_string()));
    }
  }
  const auto& balancer = object_at(object_at(object, "status"), "loadBalancer");
  for (const auto& address : array_at(balancer, "ingress")) {
    const auto ip = text_at(address, "ip");
    if (ingress.addresses_size() >= kMaxParts) break;
    ingress.add_addresses(ip.empty() ? text_at(address, "hostname") : ip);
  }
}

}  // namespace slipway::kube
