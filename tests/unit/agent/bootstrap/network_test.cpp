// SPDX-License-Identifier: Apache-2.0
// Steps of the node's network: cni, dns.
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

constexpr auto kConfig = "/etc/cni/net.d/10-slipway.conflist";

struct CniTest : StepTest {
  CniTest() {
    host.program("ip -json route show proto 214",
                 [this](const std::string&) { return base::Exit{0, routes}; });
    host.program("iptables --wait --table nat --check",
                 [this](const std::string&) { return base::Exit{masqueraded ? 0 : 1, ""}; });
    host.program("iptables --wait --table nat --append", [this](const std::string&) {
      masqueraded = true;
      return base::Exit{};
    });
    host.program("ip -batch -", [this](const std::string&) {
      routes = R"([{"dst":"10.244.1.0/24","gateway":"10.210.0.11","dev":"eth0"}])";
      return base::Exit{};
    });
  }
  std::string routes;
  bool masqueraded = false;
};

TEST_F(CniTest, WritesRoutesMasqueradesOnce) {
  ASSERT_TRUE(run(run_cni, a_master()).has_value());
  EXPECT_TRUE(host.ran("ip -batch - < route replace 10.244.1.0/24 via 10.210.0.11 proto 214\n"));
  EXPECT_TRUE(host.ran("iptables --wait --table nat --append POSTROUTING"));
  EXPECT_FALSE(host.ran("ip link delete"));
  host.forget();
  ASSERT_TRUE(run(run_cni, a_master()).has_value());
  EXPECT_TRUE(host.changes.empty());
  EXPECT_FALSE(host.ran("ip -batch"));
  EXPECT_FALSE(host.ran("iptables --wait --table nat --append"));
}

TEST_F(CniTest, PeersThatWentLoseTheirRoutes) {
  routes = R"([{"dst":"10.244.9.0/24","gateway":"10.210.0.19"}])";
  ASSERT_TRUE(run(run_cni, a_master()).has_value());
  EXPECT_TRUE(
      host.ran("ip -batch - < route replace 10.244.1.0/24 via 10.210.0.11 proto 214\n"
               "route del 10.244.9.0/24 proto 214\n"));
}

TEST_F(CniTest, AnotherPodNetworkMakesThingsAnew) {
  ASSERT_TRUE(run(run_cni, a_master()).has_value());
  host.file("/var/lib/cni/networks/slipway/10.244.0.7", "x");
  auto node = a_master();
  node.mutable_kubernetes()->set_node_pod_cidr("10.244.7.0/24");
  ASSERT_TRUE(run(run_cni, node).has_value());
  EXPECT_TRUE(host.ran("ip link delete cni0"));
  EXPECT_FALSE(host.exists("/var/lib/cni/networks/slipway/10.244.0.7"));
  EXPECT_NE(host.files[kConfig].content.find("10.244.7.0/24"), std::string::npos);
}

TEST_F(CniTest, AnotherNetworksConfigurationGoes) {
  host.file("/etc/cni/net.d/10-containerd-net.conflist", "{}");
  ASSERT_TRUE(run(run_cni, a_master()).has_value());
  EXPECT_FALSE(host.exists("/etc/cni/net.d/10-containerd-net.conflist"));
}

TEST_F(CniTest, ARefusedRouteIsTheReason) {
  host.program("ip -batch -", 2, "RTNETLINK answers: Network is unreachable\n");
  EXPECT_NE(failure(run_cni, a_master()).find("Network is unreachable"), std::string::npos);
}

struct DnsTest : StepTest {
  DnsTest() {
    host.program("systemctl is-active", 3);
    host.program("ip -oneline address show dev lo",
                 [this](const std::string&) { return base::Exit{0, addresses}; });
    host.program("ip address replace", [this](const std::string&) {
      addresses += "1: lo    inet 169.254.20.10/32 scope global lo\n";
      return base::Exit{};
    });
    host.program("systemctl restart dnsmasq.service", [this](const std::string&) {
      host.program("systemctl is-active", 0);
      return base::Exit{};
    });
  }
  std::string addresses = "1: lo    inet 127.0.0.1/8 scope host lo\n";
};

TEST_F(DnsTest, ServesAtTheClustersAddress) {
  auto node = a_worker();
  node.add_dns_servers("10.0.0.2");
  ASSERT_TRUE(run(run_dns, node).has_value());
  EXPECT_TRUE(host.ran("ip address replace 169.254.20.10/32 dev lo"));
  EXPECT_NE(host.files["/etc/dnsmasq.conf"].content.find("server=10.0.0.2\n"), std::string::npos);
  host.forget();
  ASSERT_TRUE(run(run_dns, node).has_value());
  EXPECT_TRUE(host.changes.empty());
  EXPECT_FALSE(host.ran("systemctl restart"));
  EXPECT_FALSE(host.ran("ip address replace"));
}

TEST_F(DnsTest, OtherUpstreamServersRestartIt) {
  ASSERT_TRUE(run(run_dns, a_worker()).has_value());
  host.forget();
  auto node = a_worker();
  node.add_dns_servers("10.0.0.3");
  ASSERT_TRUE(run(run_dns, node).has_value());
  EXPECT_TRUE(host.ran("systemctl restart dnsmasq.service"));
}

TEST_F(DnsTest, AFailureShowsItsJournal) {
  host.program("systemctl restart dnsmasq.service", 1, "Job for dnsmasq.service failed.\n");
  host.program("journalctl --unit dnsmasq.service", 0, "address in use\n");
  EXPECT_FALSE(run(run_dns, a_worker()).has_value());
  EXPECT_TRUE(logged("address in use"));
}

}  // namespace
}  // namespace slipway::bootstrap
