// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/cluster_rules.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;

constexpr int kSmallestNetworkPrefix = 24;  ///< 254 addresses hold the largest cluster
constexpr int kLargestNetworkPrefix = 8;
constexpr std::uint32_t kMinSystemGib = 10;
constexpr std::uint32_t kMinDataGib = 10;

base::Result<> check_sizes(const ClusterSpec& spec) {
  if (spec.masters != 1 && spec.masters != 3 && spec.masters != 5) {
    return fail(ErrorCode::kInvalid, "masters must be 1, 3 or 5, so that etcd has a majority",
                "masters");
  }
  const unsigned most = spec.masters == 1 ? kMaxWorkersOfOneMaster : kMaxWorkersAtCreation;
  if (spec.workers > most) {
    return fail(ErrorCode::kInvalid,
                "with " + std::to_string(spec.masters) + " master(s) at most " +
                    std::to_string(most) + " workers are possible at creation, not " +
                    std::to_string(spec.workers),
                "workers");
  }
  return {};
}

base::Result<> check_disk(const DiskSpec& disk, std::uint32_t least, const std::string& field) {
  if (disk.size_gib < least || disk.size_gib > kMaxDiskGib) {
    return fail(ErrorCode::kInvalid,
                field + ".sizeGiB must be from " + std::to_string(least) + " to " +
                    std::to_string(kMaxDiskGib),
                field + ".sizeGiB");
  }
  return {};
}

base::Result<> check_network(const ClusterSpec& spec) {
  if (!spec.network_cidr.empty()) {
    if (!is_ipv4_cidr(spec.network_cidr)) {
      return fail(ErrorCode::kInvalid,
                  "network.cidr must be an IPv4 network such as 10.0.0.0/16, its prefix from /" +
                      std::to_string(kLargestNetworkPrefix) + " to /" +
                      std::to_string(kSmallestNetworkPrefix),
                  "network.cidr");
    }
    if (overlaps(spec.network_cidr, kPodCidr) || overlaps(spec.network_cidr, kServiceCidr)) {
      return fail(ErrorCode::kInvalid,
                  std::string{"network.cidr overlaps the cluster's own networks "} + kPodCidr +
                      " and " + kServiceCidr,
                  "network.cidr");
    }
  }
  for (std::size_t i = 0; i < spec.dns_servers.size(); ++i) {
    if (is_ipv4(spec.dns_servers[i])) continue;
    const std::string field = "network.dnsServers[" + std::to_string(i) + "]";
    return fail(ErrorCode::kInvalid, field + " must be an IPv4 address", field);
  }
  return {};
}

bool is_host_and_port(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == ':';
  };
  return !text.empty() && std::ranges::all_of(text, plain);
}

base::Result<> check_registries(const ClusterSpec& spec) {
  for (std::size_t i = 0; i < spec.registries.size(); ++i) {
    const RegistrySpec& registry = spec.registries[i];
    const std::string at = "registries[" + std::to_string(i) + "]";
    if (!is_host_and_port(registry.host)) {
      return fail(ErrorCode::kInvalid, at + ".host must be a host name, with :port if needed",
                  at + ".host");
    }
    if (registry.endpoints.empty()) {
      return fail(ErrorCode::kInvalid, at + ".endpoints must name at least one URL",
                  at + ".endpoints");
    }
    for (std::size_t j = 0; j < registry.endpoints.size(); ++j) {
      std::string_view url = registry.endpoints[j];
      const bool http = url.starts_with("http://");
      const bool https = url.starts_with("https://");
      url.remove_prefix(http ? 7 : https ? 8 : 0);
      if ((http || https) && is_host_and_port(url.substr(0, url.find('/'))) &&
          url.find_first_of("\"\\ \t\r\n") == std::string_view::npos) {
        continue;
      }
      const std::string field = at + ".endpoints[" + std::to_string(j) + "]";
      return fail(ErrorCode::kInvalid, field + " must be a URL such as https://10.0.0.5:5000",
                  field);
    }
  }
  return {};
}

const cloud::Flavor* flavor_named(const std::vector<cloud::Flavor>& flavors,
                                  const std::string& name) {
  const auto found = std::ranges::find(flavors, name, &cloud::Flavor::name);
  return found == flavors.end() ? nullptr : &*found;
}

bool is_large_enough(const cloud::Flavor& flavor, bool small_machines) {
  return small_machines || (flavor.cpus >= kMinCpus && flavor.memory_bytes >= kMinMemoryBytes);
}

base::Result<> choose_flavor(std::string& name, const std::vector<cloud::Flavor>& flavors,
                             bool small_machines, const std::string& field) {
  if (name.empty()) {
    const auto fits = [&](const auto& flavor) { return is_large_enough(flavor, small_machines); };
    const auto found = std::ranges::find_if(flavors, fits);
    if (found == flavors.end()) {
      return fail(ErrorCode::kInvalid, "the cloud has no flavor that is large enough", field);
    }
    name = found->name;
    return {};
  }
  const cloud::Flavor* flavor = flavor_named(flavors, name);
  if (flavor == nullptr) {
    std::string known;
    for (const auto& each : flavors) known += (known.empty() ? "" : ", ") + each.name;
    return fail(ErrorCode::kInvalid, "no flavor " + name + "; the cloud has: " + known, field);
  }
  if (!is_large_enough(*flavor, small_machines)) {
    return fail(ErrorCode::kInvalid, "flavor " + name + " is below 4 vCPU and 8 GiB", field);
  }
  return {};
}

bool overlap_of(std::uint32_t a, int a_bits, std::uint32_t b, int b_bits) {
  const int bits = std::min(a_bits, b_bits);
  const std::uint32_t mask = bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
  return (a & mask) == (b & mask);
}

/// Address in host order and prefix length; nothing when it is no network.
std::optional<std::pair<std::uint32_t, int>> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string address{text.substr(0, slash)};
  const std::string_view digits = text.substr(slash + 1);
  int bits = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (digits.front() == '-' || bits < 0 || bits > 32) return std::nullopt;
  in_addr parsed{};
  if (inet_pton(AF_INET, address.c_str(), &parsed) != 1) return std::nullopt;
  return std::pair{ntohl(parsed.s_addr), bits};
}

}  // namespace

bool is_dns_label(std::string_view text, std::size_t longest) {
  const auto inner = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, inner) &&
         text.front() != '-' && text.back() != '-';
}

bool is_ipv4(std::string_view text) {
  in_addr parsed{};
  return text.size() < INET_ADDRSTRLEN &&
         inet_pton(AF_INET, std::string{text}.c_str(), &parsed) == 1;
}

bool is_ipv4_cidr(std::string_view text) {
  const auto parsed = parse_cidr(text);
  if (!parsed) return false;
  const auto [address, bits] = *parsed;
  if (bits < kLargestNetworkPrefix || bits > kSmallestNetworkPrefix) return false;
  return (address & ~(~std::uint32_t{0} << (32 - bits))) == 0;  // no host bits
}

bool overlaps(std::string_view one, std::string_view other) {
  const auto a = parse_cidr(one);
  const auto b = parse_cidr(other);
  return a && b && overlap_of(a->first, a->second, b->first, b->second);
}

base::Result<> check(const ClusterSpec& spec) {
  if (!is_dns_label(spec.name, kMaxClusterName)) {
    return fail(ErrorCode::kInvalid,
                "name must have 1 to " + std::to_string(kMaxClusterName) +
                    " characters of a-z, 0-9 and -, and begin and end with a letter or digit",
                "name");
  }
  if (auto good = check_sizes(spec); !good) return good;
  if (auto good = check_disk(spec.system, kMinSystemGib, "storage.system"); !good) return good;
  if (auto good = check_disk(spec.data, kMinDataGib, "storage.data"); !good) return good;
  if (auto good = check_disk(spec.etcd, 1, "storage.etcd"); !good) return good;
  if (auto good = check_network(spec); !good) return good;
  return check_registries(spec);
}

base::Result<> check_version(const ClusterSpec& spec, std::string_view image_version) {
  const std::string& wanted = spec.kubernetes_version;
  if (wanted.empty() || wanted == image_version || "v" + wanted == image_version) return {};
  return fail(ErrorCode::kInvalid,
              "the node image has Kubernetes " + std::string{image_version} + ", not " + wanted,
              "kubernetesVersion");
}

base::Result<> choose_flavors(ClusterSpec& spec, const std::vector<cloud::Flavor>& flavors,
                              bool small_machines) {
  auto chosen = choose_flavor(spec.master_flavor, flavors, small_machines, "masterFlavor");
  if (!chosen) return chosen;
  return choose_flavor(spec.worker_flavor, flavors, small_machines, "workerFlavor");
}

base::Result<> check_quotas(const ClusterSpec& spec, const std::vector<cloud::Flavor>& flavors,
                            const std::vector<cloud::Quota>& quotas) {
  const std::int64_t nodes = spec.masters + spec.workers;
  std::map<std::string, std::int64_t> needs{
      {"machines", nodes},
      {"networks", 1},
      {"load_balancers", spec.masters > 1 ? 1 : 0},
      {"volumes", nodes * 2 + spec.masters},
      {"volume_gib", nodes * (std::int64_t{spec.system.size_gib} + spec.data.size_gib) +
                         std::int64_t{spec.masters} * spec.etcd.size_gib},
  };
  const std::pair<const std::string&, unsigned> kinds[] = {{spec.master_flavor, spec.masters},
                                                           {spec.worker_flavor, spec.workers}};
  for (const auto& [name, count] : kinds) {
    const cloud::Flavor* flavor = flavor_named(flavors, name);
    if (flavor == nullptr) continue;
    needs["cpus"] += std::int64_t{flavor->cpus} * count;
    needs["memory_mib"] += static_cast<std::int64_t>(flavor->memory_bytes >> 20) * count;
  }
  std::string shortage;
  for (const cloud::Quota& quota : quotas) {
    const auto need = needs.find(quota.resource);
    if (quota.limit < 0 || need == needs.end()) continue;
    const std::int64_t left = std::max<std::int64_t>(0, quota.limit - quota.used);
    if (need->second <= left) continue;
    shortage += (shortage.empty() ? "" : "; ") + quota.resource + ": " +
                std::to_string(need->second) + " needed, " + std::to_string(left) + " left";
  }
  if (shortage.empty()) return {};
  return fail(ErrorCode::kExhausted, "the cloud's quota is too small: " + shortage, "workers");
}

}  // namespace slipway::clusters
