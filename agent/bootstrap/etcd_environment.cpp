// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "agent/bootstrap/templates.hpp"

namespace slipway::bootstrap {
namespace {

/// How the members find each other. All of it is ignored once the member has data.
std::string membership(const wire::EtcdConfig& etcd) {
  switch (etcd.bootstrap()) {
    case wire::EtcdConfig::STATIC:
      return fmt::format(
          "ETCD_INITIAL_CLUSTER={}\nETCD_INITIAL_CLUSTER_STATE=new\n"
          "ETCD_INITIAL_CLUSTER_TOKEN={}\n",
          etcd.initial_cluster(), etcd.discovery_token());
    case wire::EtcdConfig::EXISTING:
      return fmt::format("ETCD_INITIAL_CLUSTER={}\nETCD_INITIAL_CLUSTER_STATE=existing\n",
                         etcd.initial_cluster());
    default:
      // One member too many ends; otherwise it would become a proxy and seem to work.
      return fmt::format("ETCD_DISCOVERY=http://127.0.0.1:{}/{}\nETCD_DISCOVERY_FALLBACK=exit\n",
                         kDiscoveryPort, etcd.discovery_token());
  }
}

}  // namespace

// Pre-vote: a member that was cut off and comes back with a higher term ends no leader's term by
// it.
std::string etcd_environment(const wire::DesiredNode& desired) {
  return fmt::format(
      R"(# written by slipway-agent
ETCD_NAME={name}
ETCD_DATA_DIR={data}
ETCD_LISTEN_PEER_URLS=https://{address}:2380
ETCD_INITIAL_ADVERTISE_PEER_URLS=https://{address}:2380
ETCD_LISTEN_CLIENT_URLS=https://{address}:2379,https://127.0.0.1:2379
ETCD_ADVERTISE_CLIENT_URLS=https://{address}:2379
ETCD_CERT_FILE={pki}/server.crt
ETCD_KEY_FILE={pki}/server.key
ETCD_TRUSTED_CA_FILE={pki}/ca.crt
ETCD_CLIENT_CERT_AUTH=true
ETCD_PEER_CERT_FILE={pki}/peer.crt
ETCD_PEER_KEY_FILE={pki}/peer.key
ETCD_PEER_TRUSTED_CA_FILE={pki}/ca.crt
ETCD_PEER_CLIENT_CERT_AUTH=true
ETCD_PRE_VOTE=true
{membership})",
      fmt::arg("name", desired.node_name()), fmt::arg("data", kEtcdDataDirectory),
      fmt::arg("address", desired.address()), fmt::arg("pki", kEtcdPkiDirectory),
      fmt::arg("membership", membership(desired.master().etcd())));
}

}  // namespace slipway::bootstrap
