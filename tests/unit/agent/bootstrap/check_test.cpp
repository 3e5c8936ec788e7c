// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include "agent/bootstrap/plan.hpp"
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

TEST(Check, TakesWhatIsWhole) {
  EXPECT_TRUE(check(a_master()).has_value());
  EXPECT_TRUE(check(a_worker()).has_value());
}

struct Broken {
  const char* field;
  std::function<void(wire::DesiredNode&)> how;
};

TEST(Check, NamesTheFieldThatIsWrong) {
  const std::vector<Broken> cases{
      {"role", [](auto& n) { n.clear_role(); }},
      {"node_name", [](auto& n) { n.set_node_name("-rf"); }},
      {"node_name", [](auto& n) { n.set_node_name("a b"); }},
      {"address", [](auto& n) { n.set_address("10.0.0"); }},
      {"address", [](auto& n) { n.set_address("10.0.0.1\nETCD_NAME=x"); }},
      {"kubernetes.version", [](auto& n) { n.mutable_kubernetes()->set_version("v1; reboot"); }},
      {"kubernetes.kubeadm_api",
       [](auto& n) { n.mutable_kubernetes()->set_kubeadm_api("v1beta9"); }},
      {"kubernetes.node_pod_cidr", [](auto& n) { n.mutable_kubernetes()->clear_node_pod_cidr(); }},
      {"kubernetes.api_port", [](auto& n) { n.mutable_kubernetes()->set_api_port(70'000); }},
      {"kubernetes.cluster_domain",
       [](auto& n) { n.mutable_kubernetes()->set_cluster_domain("a/\nserver=1.2.3.4"); }},
      {"master.pki", [](auto& n) { n.mutable_master()->mutable_pki(0)->set_path("../x"); }},
      {"master.pki", [](auto& n) { n.mutable_master()->mutable_pki(0)->set_path("/etc/shadow"); }},
      {"master.etcd.bootstrap",
       [](auto& n) { n.mutable_master()->mutable_etcd()->clear_bootstrap(); }},
      {"master.etcd.discovery_token",
       [](auto& n) { n.mutable_master()->mutable_etcd()->clear_discovery_token(); }},
      {"disks.device",
       [](auto& n) {
         auto& disk = *n.add_disks();
         disk.set_purpose("etcd");
         disk.set_device("/etc/passwd");
       }},
      {"disks.mount",
       [](auto& n) {
         auto& disk = *n.add_disks();
         disk.set_purpose("etcd");
         disk.set_device("/dev/vdc");
         disk.set_mount("/etc");
       }},
      {"registries.host", [](auto& n) { n.add_registries()->set_host("../../x"); }},
      {"ssh_public_keys", [](auto& n) { n.add_ssh_public_keys("a\nb"); }},
      {"peers.pod_cidr", [](auto& n) { n.mutable_peers(0)->set_pod_cidr("10.0.0.0/24\nlink"); }},
      {"dns_servers", [](auto& n) { n.add_dns_servers("dns.example"); }},
      {"labels", [](auto& n) { n.add_labels("novalue"); }},
  };
  for (const auto& broken : cases) {
    auto node = a_master();
    broken.how(node);
    const auto result = check(node);
    ASSERT_FALSE(result.has_value()) << broken.field;
    EXPECT_EQ(result.error().field, broken.field);
    EXPECT_EQ(result.error().code, base::ErrorCode::kInvalid);
  }
  auto worker = a_worker();
  worker.mutable_worker()->clear_ca_cert_hash();
  EXPECT_EQ(check(worker).error().field, "worker.ca_cert_hash");
}

}  // namespace
}  // namespace slipway::bootstrap
