// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/desired_node.hpp"

#include <algorithm>

#include "controller/clusters/api_endpoint.hpp"
#include "controller/clusters/cluster_rules.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;

void set_kubernetes(const DesiredInput& input, wire::KubernetesConfig& config) {
  const NodeImage& image = input.image;
  config.set_version(image.kubernetes);
  config.set_kubeadm_api(image.kubeadm_api);
  config.set_pod_cidr(kPodCidr);
  config.set_service_cidr(kServiceCidr);
  config.set_node_pod_cidr(input.machine.pod_cidr());
  const std::string& balanced = input.cluster.api_address;
  config.set_api_host(balanced.empty() ? input.machines.front().address : balanced);
  config.set_api_port(kApiPort);
  config.set_cluster_domain(kClusterDomain);
  config.set_cluster_dns(kClusterDns);
  config.set_sandbox_image(image.sandbox_image);
  config.set_cgroup_driver(image.cgroup_driver);
  config.set_image_repository(image.image_repository);
  for (const auto& each : image.images) config.add_images(each);
}

void set_disks(const DesiredInput& input, wire::DesiredNode& desired) {
  for (const LedgerRow& volume : input.volumes) {
    if (volume.purpose != "containerd" && volume.purpose != "etcd") continue;
    auto* disk = desired.add_disks();
    disk->set_purpose(volume.purpose);
    disk->set_device(volume.device);
    disk->set_mount("/var/lib/" + volume.purpose);
  }
}

void set_peers(const DesiredInput& input, wire::DesiredNode& desired) {
  for (const PeerRow& machine : input.machines) {
    if (machine.address.empty()) continue;
    auto* peer = desired.add_peers();
    peer->set_machine_id(machine.id.value);
    peer->set_node_name(machine.name);
    peer->set_address(machine.address);
    peer->set_pod_cidr(machine.pod_cidr());
    peer->set_role(machine.wire_role());
  }
}

void set_etcd(const DesiredInput& input, wire::EtcdConfig& etcd) {
  std::string members;
  unsigned size = 0;
  for (const PeerRow& machine : input.machines) {
    if (!machine.is_master()) continue;
    members +=
        (members.empty() ? "" : ",") + machine.name + "=https://" + machine.address + ":2380";
    ++size;
  }
  etcd.set_size(size);
  etcd.set_discovery_token(input.cluster.discovery_token);
  const bool discovers = input.image.etcd_discovery == "v2";
  etcd.set_bootstrap(input.machine.joins_etcd ? wire::EtcdConfig::EXISTING
                     : discovers              ? wire::EtcdConfig::DISCOVERY
                                              : wire::EtcdConfig::STATIC);
  if (input.machine.joins_etcd || !discovers) etcd.set_initial_cluster(members);
}

void set_master(const DesiredInput& input, wire::MasterConfig& master) {
  master.set_first(input.machine.id == input.machines.front().id);
  // Its own alone: the certificates of the others stay when one master is replaced.
  master.add_api_sans(input.machine.address);
  master.add_api_sans(input.machine.name);
  master.add_api_sans("127.0.0.1");
  master.add_api_sans("localhost");
  set_etcd(input, *master.mutable_etcd());
}

base::Result<> check_complete(const DesiredInput& input) {
  const bool told_before = input.machine.generation > 0;
  for (const PeerRow& machine : input.machines) {
    const bool needed = machine.is_master() || machine.id == input.machine.id || !told_before;
    if (!needed || !machine.address.empty()) continue;
    return fail(ErrorCode::kUnavailable, "the address of " + machine.name + " is not known yet");
  }
  if (input.cluster.spec.masters > 1 && input.cluster.api_address.empty()) {
    return fail(ErrorCode::kUnavailable, "the load balancer's address is not known yet");
  }
  for (const LedgerRow& volume : input.volumes) {
    if (volume.purpose == "system" || !volume.device.empty()) continue;
    return fail(ErrorCode::kUnavailable, "the disk for " + volume.purpose + " is not attached yet");
  }
  return {};
}

}  // namespace

base::Result<wire::DesiredNode> desired_node(const DesiredInput& input) {
  if (auto complete = check_complete(input); !complete) return fail(complete);
  wire::DesiredNode desired;
  desired.set_cluster_id(input.cluster.id.value);
  desired.set_cluster_name(input.cluster.spec.name);
  desired.set_machine_id(input.machine.id.value);
  desired.set_node_name(input.machine.name);
  desired.set_address(input.machine.address);
  desired.set_role(input.machine.wire_role());
  desired.set_gateway(input.cluster.gateway == input.machine.id);
  set_kubernetes(input, *desired.mutable_kubernetes());
  set_disks(input, desired);
  set_peers(input, desired);
  if (input.machine.is_master()) set_master(input, *desired.mutable_master());
  for (const RegistrySpec& registry : input.cluster.spec.registries) {
    auto* mirror = desired.add_registries();
    mirror->set_host(registry.host);
    for (const auto& endpoint : registry.endpoints) mirror->add_endpoints(endpoint);
    mirror->set_insecure(registry.insecure);
  }
  for (const auto& server : input.cluster.spec.dns_servers) desired.add_dns_servers(server);
  if (!input.ssh_public_key.empty()) desired.add_ssh_public_keys(input.ssh_public_key);
  desired.add_labels("slipway.io/cluster=" + input.cluster.spec.name);
  // What the node itself allows stands in its own configuration; this only asks.
  desired.mutable_switches()->set_node_shell(true);
  desired.set_small_machine(input.small_machines);
  return desired;
}

}  // namespace slipway::clusters
