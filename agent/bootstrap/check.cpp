// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>

#include "agent/bootstrap/plan.hpp"

namespace slipway::bootstrap {
namespace {

using base::ErrorCode;

std::unexpected<base::Error> bad(std::string field, std::string_view why) {
  auto message = fmt::format("{} {}", field, why);
  return base::fail(ErrorCode::kInvalid, std::move(message), std::move(field));
}

bool is_address(const std::string& text) {
  boost::system::error_code failed;
  boost::asio::ip::make_address_v4(text, failed);
  return !failed;
}

bool is_network(const std::string& text) {
  boost::system::error_code failed;
  boost::asio::ip::make_network_v4(text, failed);
  return !failed;
}

/// Letters, digits and a few more: nothing that could end a line or an argument early.
bool is_plain(std::string_view text, std::string_view also) {
  return !text.empty() && text.size() <= 253 && !text.starts_with('-') &&
         std::ranges::all_of(text, [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  also.find(c) != std::string_view::npos;
         });
}

/// A path relative to its folder, that stays in it.
bool is_below(std::string_view path) {
  return is_plain(path, "-._/") && !path.starts_with('/') && path.find("..") == path.npos;
}

base::Result<> check_kubernetes(const wire::KubernetesConfig& kubernetes) {
  if (!is_plain(kubernetes.version(), "v.-+")) return bad("kubernetes.version", "is malformed");
  if (kubernetes.kubeadm_api() != "v1beta2" && kubernetes.kubeadm_api() != "v1beta3")
    return bad("kubernetes.kubeadm_api", "is neither v1beta2 nor v1beta3");
  if (!is_network(kubernetes.pod_cidr())) return bad("kubernetes.pod_cidr", "is no CIDR");
  if (!is_network(kubernetes.service_cidr())) return bad("kubernetes.service_cidr", "is no CIDR");
  if (!is_network(kubernetes.node_pod_cidr())) return bad("kubernetes.node_pod_cidr", "is no CIDR");
  if (!is_plain(kubernetes.cluster_domain(), "-."))
    return bad("kubernetes.cluster_domain", "is malformed");
  if (!is_address(kubernetes.cluster_dns()))
    return bad("kubernetes.cluster_dns", "is no IPv4 address");
  if (!kubernetes.api_host().empty() && !is_plain(kubernetes.api_host(), "-."))
    return bad("kubernetes.api_host", "is malformed");
  if (kubernetes.api_port() == 0 || kubernetes.api_port() > 65535)
    return bad("kubernetes.api_port", "is not between 1 and 65535");
  for (const auto& image : kubernetes.images())
    if (!is_plain(image, "-._/:@")) return bad("kubernetes.images", "holds a malformed name");
  return {};
}

base::Result<> check_master(const wire::MasterConfig& master) {
  for (const auto& file : master.pki())
    if (!is_below(file.path())) return bad("master.pki", "holds a path outside the PKI's folder");
  const auto& etcd = master.etcd();
  if (etcd.bootstrap() == wire::EtcdConfig::BOOTSTRAP_UNSPECIFIED)
    return bad("master.etcd.bootstrap", "is missing");
  if (etcd.bootstrap() == wire::EtcdConfig::DISCOVERY) {
    if (!is_below(etcd.discovery_token()))
      return bad("master.etcd.discovery_token", "is missing or malformed");
  } else if (!is_plain(etcd.initial_cluster(), "-._=:/,")) {
    return bad("master.etcd.initial_cluster", "is missing or malformed");
  }
  return {};
}

base::Result<> check_disks(const wire::DesiredNode& desired) {
  for (const auto& disk : desired.disks()) {
    if (disk.purpose() != "containerd" && disk.purpose() != "etcd")
      return bad("disks.purpose", "is neither containerd nor etcd");
    if (!disk.device().starts_with("/dev/") || !is_below(disk.device().substr(1)))
      return bad("disks.device", "is no path below /dev");
    if (!disk.mount().empty() &&
        (!disk.mount().starts_with("/var/lib/") || !is_below(disk.mount().substr(1))))
      return bad("disks.mount", "is no path below /var/lib");
  }
  return {};
}

}  // namespace

base::Result<> check(const wire::DesiredNode& desired) {
  if (desired.role() != wire::MASTER && desired.role() != wire::WORKER)
    return bad("role", "is neither master nor worker");
  if (!is_plain(desired.node_name(), "-.")) return bad("node_name", "is missing or malformed");
  if (!is_address(desired.address())) return bad("address", "is no IPv4 address");
  for (const auto& peer : desired.peers()) {
    if (!peer.address().empty() && !is_address(peer.address()))
      return bad("peers.address", "is no IPv4 address");
    if (!peer.pod_cidr().empty() && !is_network(peer.pod_cidr()))
      return bad("peers.pod_cidr", "is no CIDR");
  }
  for (const auto& server : desired.dns_servers())
    if (!is_address(server)) return bad("dns_servers", "holds what is no IPv4 address");
  for (const auto& mirror : desired.registries())
    if (!is_plain(mirror.host(), "-._:")) return bad("registries.host", "is malformed");
  for (const auto& key : desired.ssh_public_keys())
    if (key.find_first_of("\r\n") != key.npos) return bad("ssh_public_keys", "hold a line break");
  for (const auto& label : desired.labels())
    if (label.find('=') == label.npos) return bad("labels", "hold one that is not key=value");
  if (auto kubernetes = check_kubernetes(desired.kubernetes()); !kubernetes) return kubernetes;
  if (auto disks = check_disks(desired); !disks) return disks;
  if (desired.role() == wire::MASTER) return check_master(desired.master());
  if (desired.worker().bootstrap_token().empty())
    return bad("worker.bootstrap_token", "is missing");
  if (desired.worker().ca_cert_hash().empty()) return bad("worker.ca_cert_hash", "is missing");
  return {};
}

}  // namespace slipway::bootstrap
