// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/clusters/model.hpp"
#include "controller/secrets/secrets.hpp"
#include "order.pb.h"
#include "protocol/base/clock.hpp"

namespace slipway::clusters {

inline constexpr std::chrono::hours kClusterCaLife{24 * 3650};
inline constexpr std::chrono::hours kEtcdCertificateLife{24 * 365};
inline constexpr std::chrono::hours kEtcdCertificateRenewal{24 * 90};  ///< left, when it is renewed
inline constexpr std::chrono::hours kCertificateBackdate{1};

/// The keys of a cluster: its CAs, the service accounts' key, the encryption of its Secrets, its
/// bootstrap token; and of each master's etcd. Made once, kept sealed, the same at every call.
class ClusterPki {
 public:
  ClusterPki(store::Database& database, secrets::Secrets& secrets, const base::Clock& clock)
      : database_(database), secrets_(secrets), clock_(clock) {}

  /// Makes what all nodes of the cluster share, where it is not there yet.
  base::Result<> ensure_cluster(const ClusterId& cluster);
  /// Makes or renews the certificates of a master's etcd; true: something is new.
  base::Result<bool> ensure_master(const ClusterId& cluster, const MachineId& machine,
                                   const std::string& node_name, const std::string& address);
  void forget_master(const MachineId& machine);
  void forget(const ClusterId& cluster);

 private:
  base::Result<> issue_etcd(const ClusterId& cluster, const std::string& prefix,
                            const pki::CertificateRequest& member);

  store::Database& database_;
  secrets::Secrets& secrets_;
  const base::Clock& clock_;
};

/// What a master gets, from the sealed rows. kUnavailable: not made yet.
base::Result<> read_master_pki(const secrets::Secrets& secrets, const ClusterId& cluster,
                               const MachineId& machine, wire::MasterConfig& into);
/// A cluster's CA and what its parsing, a third of a millisecond, told of it.
struct KnownCa {
  std::string certificate_pem;
  std::string public_key_sha256;
};
/// What a worker gets; `known`: from the time before.
base::Result<> read_worker_pki(const secrets::Secrets& secrets, const ClusterId& cluster,
                               KnownCa& known, wire::WorkerConfig& into);
base::Result<std::string> read_kubernetes_ca(const secrets::Secrets& secrets,
                                             const ClusterId& cluster);

}  // namespace slipway::clusters
