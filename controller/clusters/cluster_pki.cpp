// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/cluster_pki.hpp"

#include <sodium.h>

#include <array>

#include "protocol/pki/pki.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::size_t kEncryptionKeyBytes = 32;

std::string cluster_prefix(const ClusterId& id) {
  return "cluster/" + id.value + "/";
}
std::string machine_prefix(const MachineId& id) {
  return "machine/" + id.value + "/";
}

/// A file of a master's /etc/kubernetes/pki, and whose secret it is.
struct File {
  const char* path;
  bool of_machine;
  bool secret;
};
constexpr std::array<File, 13> kMasterFiles{{
    {"ca.crt", false, false},
    {"ca.key", false, true},
    {"sa.key", false, true},
    {"sa.pub", false, false},
    {"front-proxy-ca.crt", false, false},
    {"front-proxy-ca.key", false, true},
    {"etcd/ca.crt", false, false},
    {"etcd/server.crt", true, false},
    {"etcd/server.key", true, true},
    {"etcd/peer.crt", true, false},
    {"etcd/peer.key", true, true},
    {"apiserver-etcd-client.crt", true, false},
    {"apiserver-etcd-client.key", true, true},
}};

std::string encryption_config() {
  std::array<unsigned char, kEncryptionKeyBytes> key{};
  randombytes_buf(key.data(), key.size());
  std::array<char, sodium_base64_ENCODED_LEN(kEncryptionKeyBytes, sodium_base64_VARIANT_ORIGINAL)>
      text{};
  sodium_bin2base64(text.data(), text.size(), key.data(), key.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  sodium_memzero(key.data(), key.size());
  return std::string{
             "apiVersion: apiserver.config.k8s.io/v1\n"
             "kind: EncryptionConfiguration\n"
             "resources:\n"
             "  - resources: [secrets]\n"
             "    providers:\n"
             "      - secretbox:\n"
             "          keys:\n"
             "            - name: key1\n"
             "              secret: "} +
         text.data() +
         "\n"
         "      - identity: {}\n";
}

/// kubeadm's form: "abcdef.0123456789abcdef".
std::string bootstrap_token() {
  return pki::random_hex(3) + "." + pki::random_hex(8);
}

}  // namespace

base::Result<> ClusterPki::ensure_cluster(const ClusterId& cluster) {
  const std::string at = cluster_prefix(cluster);
  if (secrets_.has(at + "bootstrap-token")) return {};
  const auto from = clock_.utc() - kCertificateBackdate;
  const auto to = clock_.utc() + kClusterCaLife;
  const auto kubernetes = pki::make_ca("kubernetes", from, to);
  const auto front_proxy = pki::make_ca("front-proxy-ca", from, to);
  const auto etcd = pki::make_ca("etcd-ca", from, to);
  const std::string service_accounts = pki::make_key(pki::KeyType::kRsa2048);
  auto service_accounts_public = pki::public_key_of(service_accounts);
  if (!service_accounts_public) return fail(service_accounts_public);
  return database_.transaction([&]() -> base::Result<> {
    const std::string files = at + "pki/";
    secrets_.put(files + "ca.crt", kubernetes.certificate_pem);
    secrets_.put(files + "ca.key", kubernetes.key_pem);
    secrets_.put(files + "front-proxy-ca.crt", front_proxy.certificate_pem);
    secrets_.put(files + "front-proxy-ca.key", front_proxy.key_pem);
    secrets_.put(files + "etcd/ca.crt", etcd.certificate_pem);
    secrets_.put(files + "etcd/ca.key", etcd.key_pem);
    secrets_.put(files + "sa.key", service_accounts);
    secrets_.put(files + "sa.pub", *service_accounts_public);
    secrets_.put(at + "encryption-config", encryption_config());
    secrets_.put(at + "bootstrap-token", bootstrap_token());
    return {};
  });
}

base::Result<> ClusterPki::issue_etcd(const ClusterId& cluster, const std::string& prefix,
                                      const pki::CertificateRequest& member) {
  auto certificate = secrets_.get(cluster_prefix(cluster) + "pki/etcd/ca.crt");
  auto key = secrets_.get(cluster_prefix(cluster) + "pki/etcd/ca.key");
  if (!certificate) return fail(certificate);
  if (!key) return fail(key);
  const pki::KeyPair ca{*certificate, *key};
  pki::CertificateRequest client = member;
  client.common_name = "kube-apiserver-etcd-client";
  client.dns_names.clear();
  client.ip_addresses.clear();
  client.usage = pki::Usage::kClient;
  const std::pair<const char*, const pki::CertificateRequest*> wanted[] = {
      {"etcd/server", &member}, {"etcd/peer", &member}, {"apiserver-etcd-client", &client}};
  for (const auto& [name, request] : wanted) {
    auto issued = pki::issue(ca, *request);
    if (!issued) return fail(issued);
    secrets_.put(prefix + name + ".crt", issued->certificate_pem);
    secrets_.put(prefix + name + ".key", issued->key_pem);
  }
  return {};
}

base::Result<bool> ClusterPki::ensure_master(const ClusterId& cluster, const MachineId& machine,
                                             const std::string& node_name,
                                             const std::string& address) {
  const std::string at = machine_prefix(machine);
  const auto now = clock_.utc();
  const auto known_address = secrets_.get(at + "address");
  if (known_address && *known_address == address) {
    auto leaf = secrets_.get(at + "pki/etcd/server.crt");
    if (!leaf) return fail(leaf);
    auto facts = pki::inspect(*leaf);
    if (!facts) return fail(facts);
    if (facts->not_after - now > kEtcdCertificateRenewal) return false;
  }
  pki::CertificateRequest member;
  member.common_name = node_name;
  member.dns_names = {node_name, "localhost"};
  member.ip_addresses = {address, "127.0.0.1"};
  member.usage = pki::Usage::kBoth;
  member.not_before = now - kCertificateBackdate;
  member.not_after = now + kEtcdCertificateLife;
  auto stored = database_.transaction([&]() -> base::Result<> {
    if (auto issued = issue_etcd(cluster, at + "pki/", member); !issued) return issued;
    secrets_.put(at + "address", address);
    return {};
  });
  if (!stored) return fail(stored);
  return true;
}

void ClusterPki::forget_master(const MachineId& machine) {
  secrets_.remove_below(machine_prefix(machine));
}

void ClusterPki::forget(const ClusterId& cluster) {
  secrets_.remove_below(cluster_prefix(cluster));
}

base::Result<> read_master_pki(const secrets::Secrets& secrets, const ClusterId& cluster,
                               const MachineId& machine, wire::MasterConfig& into) {
  for (const File& file : kMasterFiles) {
    const std::string at = file.of_machine ? machine_prefix(machine) : cluster_prefix(cluster);
    auto content = secrets.get(at + "pki/" + file.path);
    if (!content && content.error().code == ErrorCode::kNotFound) {
      return fail(ErrorCode::kUnavailable, std::string{"the PKI is not made yet: "} + file.path);
    }
    if (!content) return fail(content);
    auto* made = into.add_pki();
    made->set_path(file.path);
    made->set_content(std::move(*content));
    made->set_secret(file.secret);
  }
  auto encryption = secrets.get(cluster_prefix(cluster) + "encryption-config");
  auto token = secrets.get(cluster_prefix(cluster) + "bootstrap-token");
  if (!encryption) return fail(encryption);
  if (!token) return fail(token);
  into.set_encryption_config(std::move(*encryption));
  into.set_bootstrap_token(std::move(*token));
  return {};
}

base::Result<> read_worker_pki(const secrets::Secrets& secrets, const ClusterId& cluster,
                               KnownCa& known, wire::WorkerConfig& into) {
  auto ca = read_kubernetes_ca(secrets, cluster);
  if (!ca) return fail(ca);
  if (known.certificate_pem != *ca) {
    auto facts = pki::inspect(*ca);
    if (!facts) return fail(facts);
    known = {*ca, facts->public_key_sha256};
  }
  auto token = secrets.get(cluster_prefix(cluster) + "bootstrap-token");
  if (!token) return fail(token);
  into.set_bootstrap_token(std::move(*token));
  into.set_ca_cert_hash("sha256:" + known.public_key_sha256);
  into.set_ca_certificate(std::move(*ca));
  return {};
}

base::Result<std::string> read_kubernetes_ca(const secrets::Secrets& secrets,
                                             const ClusterId& cluster) {
  auto ca = secrets.get(cluster_prefix(cluster) + "pki/ca.crt");
  if (!ca && ca.error().code == ErrorCode::kNotFound) {
    return fail(ErrorCode::kUnavailable, "the cluster's CA is not made yet");
  }
  return ca;
}

}  // namespace slipway::clusters
