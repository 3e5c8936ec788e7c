// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "order.pb.h"

/// The configuration files of a node, each a pure function of what the node shall be.
namespace slipway::bootstrap {

inline constexpr auto kContainerdSocket = "/run/containerd/containerd.sock";
inline constexpr auto kKubeadmFile = "/etc/kubernetes/kubeadm.yaml";
inline constexpr auto kEncryptionFile = "/etc/kubernetes/encryption.yaml";
inline constexpr auto kPkiDirectory = "/etc/kubernetes/pki";
inline constexpr auto kEtcdPkiDirectory = "/etc/etcd/pki";
inline constexpr auto kEtcdDataDirectory = "/var/lib/etcd/default";
/// Of this agent's relay to the controller's discovery: discovery::kRelayPort.
inline constexpr unsigned short kDiscoveryPort = 2381;
inline constexpr auto kRegistryDirectory = "/etc/containerd/certs.d";

/// /etc/containerd/config.toml. Without CAP_SYS_RESOURCE a negative oom_score_adj is refused, and
/// every pod with it, unless containerd leaves it alone.
std::string containerd_config(const wire::DesiredNode& desired, bool may_raise_oom_score);
/// hosts.toml of one registry.
std::string registry_hosts(const wire::RegistryMirror& mirror);
/// The network of this node's pods, as /etc/cni/net.d takes it.
std::string cni_config(const wire::DesiredNode& desired);
/// /etc/default/etcd: names no secret.
std::string etcd_environment(const wire::DesiredNode& desired);
/// kubeadm's InitConfiguration, ClusterConfiguration, and the components' configurations.
std::string kubeadm_init_config(const wire::DesiredNode& desired);
/// kubeadm's JoinConfiguration of a worker. Holds the bootstrap token: 0600.
std::string kubeadm_join_config(const wire::DesiredNode& desired);
/// What nodes may read so that each can serve cluster DNS: a ClusterRole and its binding, JSON.
std::string dns_role();
std::string dns_role_binding();

/// The control plane's endpoint, host:port.
std::string api_endpoint(const wire::DesiredNode& desired);

}  // namespace slipway::bootstrap
