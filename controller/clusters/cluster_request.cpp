// SPDX-License-Identifier: Apache-2.0
// JSON to ClusterSpec and back; what the values may be is in cluster_rules.cpp.
#include <boost/json.hpp>
#include <limits>

#include "controller/clusters/cluster_rules.hpp"
#include "protocol/base/object_reader.hpp"

namespace slipway::clusters {
namespace {

namespace json = boost::json;
using base::fail;
using base::ObjectReader;

constexpr std::size_t kMaxTextBytes = 256;
constexpr std::size_t kMaxListItems = 32;

/// What it may be is for the rules to say.
std::uint32_t read_count(ObjectReader& in, const std::string& name, std::uint32_t otherwise) {
  constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(in.number(name, otherwise, 0, kMost));
}

void read_disk(ObjectReader& storage, const std::string& name, DiskSpec& into) {
  const auto* value = storage.optional_object(name);
  if (value == nullptr) return;
  ObjectReader disk(*value, storage.at(name));
  into.size_gib = read_count(disk, "sizeGiB", into.size_gib);
  into.type = disk.optional_text("type", kMaxTextBytes);
  storage.take(disk.fault());
}

void read_storage(ObjectReader& body, ClusterSpec& spec) {
  const auto* value = body.optional_object("storage");
  if (value == nullptr) return;
  ObjectReader storage(*value, "storage");
  read_disk(storage, "system", spec.system);
  read_disk(storage, "data", spec.data);
  read_disk(storage, "etcd", spec.etcd);
  body.take(storage.fault());
}

void read_network(ObjectReader& body, ClusterSpec& spec) {
  const auto* value = body.optional_object("network");
  if (value == nullptr) return;
  ObjectReader network(*value, "network");
  spec.network_cidr = network.optional_text("cidr", kMaxTextBytes);
  spec.dns_servers = network.optional_texts("dnsServers", kMaxListItems, kMaxTextBytes);
  body.take(network.fault());
}

void read_registries(ObjectReader& body, ClusterSpec& spec) {
  const auto* items = body.optional_list("registries", kMaxListItems);
  if (items == nullptr) return;
  for (std::size_t i = 0; i < items->size(); ++i) {
    ObjectReader item((*items)[i], "registries[" + std::to_string(i) + "]");
    RegistrySpec registry;
    registry.host = item.optional_text("host", kMaxTextBytes);
    registry.endpoints = item.optional_texts("endpoints", kMaxListItems, kMaxTextBytes);
    registry.insecure = item.flag("insecure", false);
    body.take(item.fault());
    spec.registries.push_back(std::move(registry));
  }
}

json::object disk_json(const DiskSpec& disk) {
  return {{"sizeGiB", disk.size_gib}, {"type", disk.type}};
}

}  // namespace

base::Result<ClusterSpec> parse_cluster_request(const json::value& value) {
  ObjectReader body(value);
  ClusterSpec spec;
  spec.name = body.text("name", kMaxTextBytes);
  spec.kubernetes_version = body.optional_text("kubernetesVersion", kMaxTextBytes);
  const auto runtime = body.optional_text("runtime", kMaxTextBytes);
  spec.key_pair = body.optional_text("keyPair", kMaxTextBytes);
  spec.masters = read_count(body, "masters", spec.masters);
  spec.workers = read_count(body, "workers", spec.workers);
  spec.master_flavor = body.optional_text("masterFlavor", kMaxTextBytes);
  spec.worker_flavor = body.optional_text("workerFlavor", kMaxTextBytes);
  read_storage(body, spec);
  read_network(body, spec);
  read_registries(body, spec);
  if (body.has("runtime") && runtime != "containerd") body.refuse("runtime", "must be containerd");
  if (auto fault = body.fault()) return std::unexpected(std::move(*fault));
  if (auto good = check(spec); !good) return fail(good);
  return spec;
}

json::value to_json(const ClusterSpec& spec) {
  json::array registries;
  for (const RegistrySpec& registry : spec.registries) {
    registries.push_back(json::object{{"host", registry.host},
                                      {"endpoints", json::value_from(registry.endpoints)},
                                      {"insecure", registry.insecure}});
  }
  return json::object{
      {"name", spec.name},
      {"kubernetesVersion", spec.kubernetes_version},
      {"runtime", "containerd"},
      {"keyPair", spec.key_pair},
      {"masters", spec.masters},
      {"workers", spec.workers},
      {"masterFlavor", spec.master_flavor},
      {"workerFlavor", spec.worker_flavor},
      {"storage", json::object{{"system", disk_json(spec.system)},
                               {"data", disk_json(spec.data)},
                               {"etcd", disk_json(spec.etcd)}}},
      {"network", json::object{{"cidr", spec.network_cidr},
                               {"dnsServers", json::value_from(spec.dns_servers)}}},
      {"registries", std::move(registries)},
  };
}

}  // namespace slipway::clusters
