// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/record.hpp"

#include <boost/json.hpp>

#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"

namespace slipway::cloud::local {
using base::ErrorCode;
using base::fail;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {
const char* name_of(Phase phase) {
  switch (phase) {
    case Phase::kMaking:
      return "making";
    case Phase::kMade:
      return "made";
    case Phase::kDeleting:
      return "deleting";
  }
  return "";
}

Phase phase_from(const std::string& name) {
  if (name == "made") return Phase::kMade;
  return name == "deleting" ? Phase::kDeleting : Phase::kMaking;
}

std::string text(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? std::string{} : json::value_to<std::string>(*value);
}

std::uint64_t number(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? 0 : value->to_number<std::uint64_t>();
}

// Damaged text throws inside `read`; it becomes an error here.
template <class T>
base::Result<T> parsed(std::string_view text, T (*read)(const json::object&)) {
  try {
    return read(json::parse(json::string_view(text.data(), text.size())).as_object());
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInternal, std::string("damaged record: ") + error.what());
  }
}

MachineRecord read_machine(const json::object& o) {
  MachineRecord record;
  record.id = {text(o, "id")};
  record.name = text(o, "name");
  record.phase = phase_from(text(o, "phase"));
  record.powered = o.at("powered").as_bool();
  record.detail = text(o, "detail");
  record.ran_in = text(o, "ranIn");
  record.cpus = static_cast<unsigned>(number(o, "cpus"));
  record.memory_bytes = number(o, "memoryBytes");
  for (const auto& layer : o.at("layers").as_array()) {
    record.layers.push_back(json::value_to<std::string>(layer));
  }
  record.address = text(o, "address");
  record.prefix_bits = static_cast<unsigned>(number(o, "prefixBits"));
  record.gateway = text(o, "gateway");
  record.user_data = text(o, "userData");
  for (const auto& value : o.at("volumes").as_array()) {
    const json::object& v = value.as_object();
    record.volumes.push_back({{text(v, "id")},
                              text(v, "name"),
                              text(v, "purpose"),
                              number(v, "sizeBytes"),
                              text(v, "device")});
  }
  for (const auto& value : o.at("published").as_array()) {
    const json::object& p = value.as_object();
    record.published.push_back({static_cast<unsigned short>(number(p, "port")),
                                static_cast<unsigned short>(number(p, "hostPort"))});
  }
  return record;
}
}  // namespace

std::string to_json(const MachineRecord& record) {
  json::array layers, volumes, published;
  for (const auto& layer : record.layers) layers.emplace_back(layer);
  for (const auto& v : record.volumes) {
    volumes.push_back(json::object{{"id", v.id.value},
                                   {"name", v.name},
                                   {"purpose", v.purpose},
                                   {"sizeBytes", v.size_bytes},
                                   {"device", v.device}});
  }
  for (const auto& p : record.published) {
    published.push_back(json::object{{"port", p.port}, {"hostPort", p.host_port}});
  }
  return json::serialize(json::object{{"id", record.id.value},
                                      {"name", record.name},
                                      {"phase", name_of(record.phase)},
                                      {"powered", record.powered},
                                      {"detail", record.detail},
                                      {"ranIn", record.ran_in},
                                      {"cpus", record.cpus},
                                      {"memoryBytes", record.memory_bytes},
                                      {"layers", std::move(layers)},
                                      {"address", record.address},
                                      {"prefixBits", record.prefix_bits},
                                      {"gateway", record.gateway},
                                      {"userData", record.user_data},
                                      {"volumes", std::move(volumes)},
                                      {"published", std::move(published)}});
}

std::string to_json(const NetworkRecord& record) {
  return json::serialize(json::object{{"id", record.id.value}, {"name", record.name}});
}

std::string to_json(const LoadBalancerRecord& record) {
  json::array members;
  for (const auto& member : record.members) members.emplace_back(member);
  return json::serialize(json::object{{"id", record.id.value},
                                      {"name", record.name},
                                      {"address", record.address},
                                      {"port", record.port},
                                      {"healthPath", record.health_path},
                                      {"members", std::move(members)}});
}

std::string to_json(const HostRecord& record) {
  return json::serialize(json::object{
      {"bootId", record.boot_id}, {"subnet", record.subnet}, {"nextHost", record.next_host}});
}

base::Result<MachineRecord> machine_from_json(std::string_view text) {
  return parsed<MachineRecord>(text, read_machine);
}

base::Result<NetworkRecord> network_from_json(std::string_view content) {
  return parsed<NetworkRecord>(content, [](const json::object& o) {
    return NetworkRecord{{text(o, "id")}, text(o, "name")};
  });
}

base::Result<LoadBalancerRecord> load_balancer_from_json(std::string_view content) {
  return parsed<LoadBalancerRecord>(content, [](const json::object& o) {
    LoadBalancerRecord record{{text(o, "id")},       text(o, "name"),
                              text(o, "address"),    static_cast<unsigned short>(number(o, "port")),
                              text(o, "healthPath"), {}};
    for (const auto& member : o.at("members").as_array()) {
      record.members.push_back(json::value_to<std::string>(member));
    }
    return record;
  });
}

base::Result<HostRecord> host_from_json(std::string_view content) {
  return parsed<HostRecord>(content, [](const json::object& o) {
    return HostRecord{text(o, "bootId"), text(o, "subnet"),
                      static_cast<std::uint32_t>(number(o, "nextHost"))};
  });
}

base::Result<> save(const Layout& layout, const MachineRecord& record) {
  MachineFiles files = files_of(layout, record.id);
  std::error_code error;
  fs::create_directories(files.directory, error);
  if (error) {
    return fail(ErrorCode::kInternal, files.directory.string() + ": " + error.message());
  }
  return base::write_file(files.record(), to_json(record), 0600);
}

base::Result<MachineRecord> load_machine(const MachineFiles& files) {
  auto text = base::read_file(files.record(), 1 << 20);
  if (!text) return fail(text);
  return machine_from_json(*text);
}

std::vector<MachineRecord> load_machines(const Layout& layout) {
  std::vector<MachineRecord> records;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(layout.machines(), error)) {
    auto record = load_machine({entry.path()});
    if (record && record->id.value == entry.path().filename()) {
      records.push_back(std::move(*record));
    } else {
      spdlog::warn("machine directory {} has no readable record", entry.path().string());
    }
  }
  return records;
}

std::vector<NetworkRecord> load_networks(const Layout& layout) {
  std::vector<NetworkRecord> records;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(layout.networks(), error)) {
    auto text = base::read_file(entry.path(), 1 << 20);
    auto record = text ? network_from_json(*text) : base::Result<NetworkRecord>(fail(text));
    if (record) records.push_back(std::move(*record));
  }
  return records;
}

fs::path network_file(const Layout& layout, const base::ResourceId& id) {
  return layout.networks() / (id.value + ".json");
}

}  // namespace slipway::cloud::local
