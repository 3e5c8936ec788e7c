// SPDX-License-Identifier: Apache-2.0
#include "agent/dns/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace slipway::dns {
namespace {

namespace json = boost::json;

const json::object* child(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value ? value->if_object() : nullptr;
}

const json::array* list(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value ? value->if_array() : nullptr;
}

std::string text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string{};
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_address(const std::string& text) {
  boost::system::error_code failed;
  boost::asio::ip::make_address(text, failed);
  return !failed;
}

/// "name.namespace", empty for what is no DNS name.
std::string key_of(const json::object& object) {
  const auto* metadata = child(object, "metadata");
  if (!metadata) return {};
  const auto name = text(*metadata, "name");
  const auto space = text(*metadata, "namespace");
  return is_label(name) && is_label(space) ? name + "." + space : std::string{};
}

}  // namespace

void Names::put_service(const json::object& service) {
  const auto key = key_of(service);
  const auto* spec = child(service, "spec");
  if (key.empty() || !spec) return;
  const auto address = text(*spec, "clusterIP");
  services_.erase(key);
  if (text(*spec, "type") == "ExternalName") return;  // a CNAME: no line of a hosts file says it
  if (address == "None")
    services_[key] = "";
  else if (is_address(address))
    services_[key] = address;
}

void Names::put_endpoints(const json::object& endpoints) {
  const auto key = key_of(endpoints);
  if (key.empty()) return;
  std::vector<Address> found;
  if (const auto* subsets = list(endpoints, "subsets")) {
    for (const auto& entry : *subsets) {
      const auto* subset = entry.if_object();
      const auto* addresses = subset ? list(*subset, "addresses") : nullptr;
      if (!addresses) continue;
      for (const auto& value : *addresses) {
        const auto* address = value.if_object();
        if (!address || !is_address(text(*address, "ip"))) continue;
        auto hostname = text(*address, "hostname");
        if (!is_label(hostname)) hostname.clear();
        found.push_back({text(*address, "ip"), std::move(hostname)});
      }
    }
  }
  if (found.empty())
    endpoints_.erase(key);
  else
    endpoints_[key] = std::move(found);
}

void Names::drop_service(const json::object& service) {
  services_.erase(key_of(service));
}
void Names::drop_endpoints(const json::object& endpoints) {
  endpoints_.erase(key_of(endpoints));
}

std::string Names::hosts_file(std::string_view domain) const {
  std::vector<std::string> lines;
  for (const auto& [key, address] : services_) {
    const auto name = fmt::format("{}.svc.{}", key, domain);
    if (!address.empty()) {
      lines.push_back(fmt::format("{} {}\n", address, name));
      continue;
    }
    const auto behind = endpoints_.find(key);
    if (behind == endpoints_.end()) continue;
    for (const auto& pod : behind->second) {
      // the pod's own name first: it is what its address is called in reverse
      if (!pod.hostname.empty())
        lines.push_back(fmt::format("{} {}.{}\n", pod.ip, pod.hostname, name));
      lines.push_back(fmt::format("{} {}\n", pod.ip, name));
    }
  }
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

}  // namespace slipway::dns
