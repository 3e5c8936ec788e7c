// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "agent/bootstrap/quote.hpp"
#include "agent/bootstrap/templates.hpp"

// JSON strings inside YAML: what comes from outside cannot change the document's shape.
namespace slipway::bootstrap {
namespace {

std::string header(const wire::DesiredNode& desired, std::string_view kind) {
  return fmt::format("apiVersion: kubeadm.k8s.io/{}\nkind: {}\n",
                     desired.kubernetes().kubeadm_api(), kind);
}

// Each API server speaks to the member beside it, as with kubeadm's own etcd: a member that is down
// takes its API server out of the load balancer, and the configuration does not change with the
// number of masters.
constexpr auto kEtcdEndpoint = "https://127.0.0.1:2379";

std::string node_registration(const wire::DesiredNode& desired) {
  return fmt::format(R"(nodeRegistration:
  name: {}
  criSocket: {}{}
  kubeletExtraArgs:
    node-ip: {}
)",
                     double_quoted(desired.node_name()),
                     // v1beta2 takes both forms, later ones insist on the scheme
                     "unix://", kContainerdSocket, double_quoted(desired.address()));
}

std::string sans(const wire::DesiredNode& desired) {
  std::set<std::string> names{"127.0.0.1", "localhost", desired.address()};
  if (!desired.kubernetes().api_host().empty()) names.insert(desired.kubernetes().api_host());
  for (const auto& name : desired.master().api_sans()) names.insert(name);
  std::string text;
  for (const auto& name : names) text += fmt::format("  - {}\n", double_quoted(name));
  return text;
}

std::string encryption(const wire::DesiredNode& desired) {
  if (desired.master().encryption_config().empty()) return {};
  return fmt::format(R"(  extraArgs:
    encryption-provider-config: {0}
  extraVolumes:
  - name: encryption-config
    hostPath: {0}
    mountPath: {0}
    readOnly: true
    pathType: File
)",
                     kEncryptionFile);
}

std::string cluster_configuration(const wire::DesiredNode& desired) {
  const auto& kubernetes = desired.kubernetes();
  return header(desired, "ClusterConfiguration") +
         fmt::format(R"(clusterName: {cluster}
kubernetesVersion: {version}
controlPlaneEndpoint: {endpoint}
imageRepository: {repository}
networking:
  dnsDomain: {domain}
  podSubnet: {pods}
  serviceSubnet: {services}
etcd:
  external:
    endpoints: [{etcd}]
    caFile: {pki}/etcd/ca.crt
    certFile: {pki}/apiserver-etcd-client.crt
    keyFile: {pki}/apiserver-etcd-client.key
apiServer:
{encryption}  certSANs:
{sans}controllerManager:
  extraArgs:
    allocate-node-cidrs: "false"
)",
                     fmt::arg("cluster", double_quoted(desired.cluster_name())),
                     fmt::arg("version", double_quoted(kubernetes.version())),
                     fmt::arg("endpoint", double_quoted(api_endpoint(desired))),
                     fmt::arg("repository", double_quoted(kubernetes.image_repository())),
                     fmt::arg("domain", double_quoted(kubernetes.cluster_domain())),
                     fmt::arg("pods", double_quoted(kubernetes.pod_cidr())),
                     fmt::arg("services", double_quoted(kubernetes.service_cidr())),
                     fmt::arg("etcd", double_quoted(kEtcdEndpoint)), fmt::arg("pki", kPkiDirectory),
                     fmt::arg("encryption", encryption(desired)), fmt::arg("sans", sans(desired)));
}

// A machine in a container sees the disk of its host: its thresholds would evict every pod of every
// machine together.
// kubelet looks at itself every 4 s rather than every 10, so that a change of Ready is told sooner;
// what has not changed is told as rarely as by default.
std::string kubelet_configuration(const wire::DesiredNode& desired) {
  const auto& kubernetes = desired.kubernetes();
  auto text = fmt::format(R"(apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: {}
clusterDNS: [{}]
clusterDomain: {}
failSwapOn: false
rotateCertificates: true
serializeImagePulls: false
nodeStatusUpdateFrequency: 4s
nodeStatusReportFrequency: 5m
)",
                          double_quoted(kubernetes.cgroup_driver()),
                          double_quoted(kubernetes.cluster_dns()),
                          double_quoted(kubernetes.cluster_domain()));
  if (desired.small_machine())
    text += R"(imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard:
  nodefs.available: "0%"
  nodefs.inodesFree: "0%"
  imagefs.available: "0%"
)";
  return text;
}

std::string proxy_configuration(const wire::DesiredNode& desired) {
  std::string text = R"(apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
)";
  // conntrack's limits belong to the host where the machine is a container
  if (desired.small_machine()) text += "conntrack:\n  maxPerCore: 0\n  min: 0\n";
  return text;
}

}  // namespace

std::string api_endpoint(const wire::DesiredNode& desired) {
  const auto& host = desired.kubernetes().api_host();
  return fmt::format("{}:{}", host.empty() ? desired.address() : host,
                     desired.kubernetes().api_port());
}

std::string kubeadm_init_config(const wire::DesiredNode& desired) {
  auto text = header(desired, "InitConfiguration");
  if (!desired.master().bootstrap_token().empty())
    text += fmt::format(R"(bootstrapTokens:
- token: {}
  ttl: 0s
  groups: [system:bootstrappers:kubeadm:default-node-token]
  usages: [signing, authentication]
)",
                        double_quoted(desired.master().bootstrap_token()));
  text += fmt::format("localAPIEndpoint:\n  advertiseAddress: {}\n  bindPort: {}\n",
                      double_quoted(desired.address()), desired.kubernetes().api_port());
  return text + node_registration(desired) + "---\n" + cluster_configuration(desired) + "---\n" +
         kubelet_configuration(desired) + "---\n" + proxy_configuration(desired);
}

std::string kubeadm_join_config(const wire::DesiredNode& desired) {
  const auto& hash = desired.worker().ca_cert_hash();
  return header(desired, "JoinConfiguration") +
         fmt::format(R"(discovery:
  bootstrapToken:
    token: {}
    apiServerEndpoint: {}
    caCertHashes: [{}]
)",
                     double_quoted(desired.worker().bootstrap_token()),
                     double_quoted(api_endpoint(desired)),
                     double_quoted(hash.starts_with("sha256:") ? hash : "sha256:" + hash)) +
         node_registration(desired);
}

}  // namespace slipway::bootstrap
