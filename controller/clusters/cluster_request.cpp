// SPDX-License-Identifier: Apache-2.0
// JSON to ClusterSpec and back; what the values may be is in cluster_rules.cpp.
#include <boost/json.hpp>
#include <initializer_list>
#include <limits>

#include "controller/clusters/cluster_rules.hpp"

namespace slipway::clusters {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::fail;

constexpr std::size_t kMaxTextBytes = 256;
constexpr std::size_t kMaxListItems = 32;

/// Reads the fields of an object one by one; the first wrong one is kept and ends the reading.
class Fields {
 public:
  Fields(const json::value& value, std::string path, std::initializer_list<std::string_view> known)
      : path_(std::move(path)) {
    object_ = value.if_object();
    if (object_ == nullptr) {
      refuse(path_, "must be an object");
      return;
    }
    for (const auto& member : *object_) {
      bool found = false;
      for (const std::string_view name : known) found = found || name == member.key();
      if (!found) refuse(at(member.key()), "is no field of this object");
    }
  }

  const json::value* get(std::string_view name) const {
    return error_ || object_ == nullptr ? nullptr : object_->if_contains(name);
  }
  std::string at(std::string_view name) const {
    return path_.empty() ? std::string{name} : path_ + "." + std::string{name};
  }

  void text(std::string_view name, std::string& into) {
    const json::value* value = get(name);
    if (value == nullptr) return;
    const json::string* found = value->if_string();
    if (found == nullptr) return refuse(at(name), "must be a string");
    if (found->size() > kMaxTextBytes) return refuse(at(name), "is too long");
    into.assign(found->data(), found->size());
  }
  void flag(std::string_view name, bool& into) {
    const json::value* value = get(name);
    if (value == nullptr) return;
    if (!value->is_bool()) return refuse(at(name), "must be true or false");
    into = value->get_bool();
  }
  template <class Number>
  void number(std::string_view name, Number& into) {
    const json::value* value = get(name);
    if (value == nullptr) return;
    boost::system::error_code wrong;
    const auto found = value->is_number() && !value->is_double()
                           ? value->to_number<std::uint64_t>(wrong)
                           : std::numeric_limits<std::uint64_t>::max();
    if (wrong || found > std::numeric_limits<Number>::max()) {
      return refuse(at(name), "must be a whole number that is not negative");
    }
    into = static_cast<Number>(found);
  }
  void texts(std::string_view name, std::vector<std::string>& into) {
    const json::array* items = list(name);
    if (items == nullptr) return;
    into.clear();
    for (std::size_t i = 0; i < items->size(); ++i) {
      const json::string* found = (*items)[i].if_string();
      const std::string where = at(name) + "[" + std::to_string(i) + "]";
      if (found == nullptr) return refuse(where, "must be a string");
      if (found->size() > kMaxTextBytes) return refuse(where, "is too long");
      into.emplace_back(found->data(), found->size());
    }
  }
  const json::array* list(std::string_view name) {
    const json::value* value = get(name);
    if (value == nullptr) return nullptr;
    const json::array* found = value->if_array();
    if (found == nullptr) {
      refuse(at(name), "must be a list");
    } else if (found->size() > kMaxListItems) {
      refuse(at(name), "has more than " + std::to_string(kMaxListItems) + " items");
      return nullptr;
    }
    return found;
  }

  void refuse(std::string field, std::string_view why) {
    if (!error_) error_ = base::Error{ErrorCode::kInvalid, field + " " + std::string{why}, field};
    if (error_->field.empty()) error_->message = "the body " + std::string{why};
  }
  void take(const Fields& inner) {
    if (!error_) error_ = inner.error_;
  }
  const std::optional<base::Error>& error() const { return error_; }

 private:
  std::string path_;
  const json::object* object_ = nullptr;
  std::optional<base::Error> error_;
};

void read_disk(Fields& storage, std::string_view name, DiskSpec& into) {
  const json::value* value = storage.get(name);
  if (value == nullptr) return;
  Fields disk{*value, storage.at(name), {"sizeGiB", "type"}};
  disk.number("sizeGiB", into.size_gib);
  disk.text("type", into.type);
  storage.take(disk);
}

void read_storage(Fields& body, ClusterSpec& spec) {
  const json::value* value = body.get("storage");
  if (value == nullptr) return;
  Fields storage{*value, "storage", {"system", "data", "etcd"}};
  read_disk(storage, "system", spec.system);
  read_disk(storage, "data", spec.data);
  read_disk(storage, "etcd", spec.etcd);
  body.take(storage);
}

void read_network(Fields& body, ClusterSpec& spec) {
  const json::value* value = body.get("network");
  if (value == nullptr) return;
  Fields network{*value, "network", {"cidr", "dnsServers"}};
  network.text("cidr", spec.network_cidr);
  network.texts("dnsServers", spec.dns_servers);
  body.take(network);
}

void read_registries(Fields& body, ClusterSpec& spec) {
  const json::array* items = body.list("registries");
  if (items == nullptr) return;
  for (std::size_t i = 0; i < items->size(); ++i) {
    Fields item{
        (*items)[i], "registries[" + std::to_string(i) + "]", {"host", "endpoints", "insecure"}};
    RegistrySpec registry;
    item.text("host", registry.host);
    item.texts("endpoints", registry.endpoints);
    item.flag("insecure", registry.insecure);
    body.take(item);
    spec.registries.push_back(std::move(registry));
  }
}

json::object disk_json(const DiskSpec& disk) {
  return {{"sizeGiB", disk.size_gib}, {"type", disk.type}};
}

}  // namespace

base::Result<ClusterSpec> parse_cluster_request(const json::value& value) {
  Fields body{value,
              "",
              {"name", "kubernetesVersion", "runtime", "keyPair", "masters", "workers",
               "masterFlavor", "workerFlavor", "storage", "network", "registries"}};
  ClusterSpec spec;
  std::string runtime = "containerd";
  body.text("name", spec.name);
  body.text("kubernetesVersion", spec.kubernetes_version);
  body.text("runtime", runtime);
  body.text("keyPair", spec.key_pair);
  body.number("masters", spec.masters);
  body.number("workers", spec.workers);
  body.text("masterFlavor", spec.master_flavor);
  body.text("workerFlavor", spec.worker_flavor);
  read_storage(body, spec);
  read_network(body, spec);
  read_registries(body, spec);
  if (body.get("name") == nullptr) body.refuse("name", "is missing");
  if (runtime != "containerd") body.refuse("runtime", "must be containerd");
  if (body.error()) return std::unexpected(*body.error());
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
