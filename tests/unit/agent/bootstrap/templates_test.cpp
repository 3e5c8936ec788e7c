// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/templates.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

/// SLIPWAY_UPDATE_GOLDEN=1 writes the files anew: look at the difference before it is committed.
void expect_golden(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::path(SLIPWAY_GOLDEN_DIR) / name;
  if (std::getenv("SLIPWAY_UPDATE_GOLDEN")) std::ofstream(path, std::ios::binary) << text;
  std::ifstream file(path, std::ios::binary);
  const std::string golden((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(text, golden) << "differs from " << path;
}

TEST(Templates, FirstMaster) {
  expect_golden("kubeadm-init.yaml", kubeadm_init_config(a_master()));
}

TEST(Templates, MasterOfLaterVersionOnARealMachine) {
  auto node = a_master();
  node.mutable_kubernetes()->set_kubeadm_api("v1beta3");
  node.mutable_kubernetes()->set_version("v1.23.1");
  node.set_small_machine(false);
  node.mutable_master()->clear_encryption_config();
  expect_golden("kubeadm-init-v1beta3.yaml", kubeadm_init_config(node));
}

TEST(Templates, Worker) {
  expect_golden("kubeadm-join.yaml", kubeadm_join_config(a_worker()));
}

TEST(Templates, EtcdByDiscovery) {
  expect_golden("etcd-discovery", etcd_environment(a_master()));
}

TEST(Templates, EtcdStaticAndExisting) {
  auto node = a_master();
  auto& etcd = *node.mutable_master()->mutable_etcd();
  etcd.set_bootstrap(wire::EtcdConfig::STATIC);
  etcd.set_initial_cluster("a=https://10.210.0.10:2380,b=https://10.210.0.11:2380");
  expect_golden("etcd-static", etcd_environment(node));
  etcd.set_bootstrap(wire::EtcdConfig::EXISTING);
  expect_golden("etcd-existing", etcd_environment(node));
}

TEST(Templates, Containerd) {
  expect_golden("containerd.toml", containerd_config(a_master(), true));
  expect_golden("containerd-restricted.toml", containerd_config(a_master(), false));
}

TEST(Templates, Cni) {
  expect_golden("cni.conflist", cni_config(a_worker()));
}

TEST(Templates, Registry) {
  wire::RegistryMirror mirror;
  mirror.set_host("docker.io");
  mirror.add_endpoints("http://10.0.0.3:5000");
  mirror.add_endpoints("https://mirror.example");
  mirror.set_insecure(true);
  expect_golden("hosts.toml", registry_hosts(mirror));
}

// What comes from outside stays one string, whatever it holds.
TEST(Templates, AHostileNameCannotAddAKey) {
  auto node = a_master();
  node.set_cluster_name("x\"\nkubernetesVersion: evil");
  const auto text = kubeadm_init_config(node);
  EXPECT_NE(text.find(R"(clusterName: "x\"\nkubernetesVersion: evil")"), std::string::npos);
  EXPECT_EQ(text.find("\nkubernetesVersion: evil"), std::string::npos);
}

}  // namespace
}  // namespace slipway::bootstrap
