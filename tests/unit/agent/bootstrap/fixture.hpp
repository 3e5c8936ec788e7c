// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "agent/bootstrap/steps.hpp"
#include "tests/fakes/fake_host.hpp"

namespace slipway::bootstrap {

/// What the controller tells the first master of a cluster.
inline wire::DesiredNode a_master() {
  wire::DesiredNode node;
  node.set_generation(1);
  node.set_cluster_name("demo");
  node.set_machine_id("m0id");
  node.set_node_name("demo-master-0");
  node.set_address("10.210.0.10");
  node.set_role(wire::MASTER);
  auto& kubernetes = *node.mutable_kubernetes();
  kubernetes.set_version("v1.20.2");
  kubernetes.set_kubeadm_api("v1beta2");
  kubernetes.set_pod_cidr("10.244.0.0/16");
  kubernetes.set_service_cidr("10.96.0.0/16");
  kubernetes.set_node_pod_cidr("10.244.0.0/24");
  kubernetes.set_api_host("10.210.0.5");
  kubernetes.set_api_port(6443);
  kubernetes.set_cluster_domain("cluster.local");
  kubernetes.set_cluster_dns("169.254.20.10");
  kubernetes.set_sandbox_image("k8s.gcr.io/pause:3.2");
  kubernetes.set_cgroup_driver("systemd");
  kubernetes.add_images("k8s.gcr.io/kube-proxy:v1.20.2");
  kubernetes.set_image_repository("k8s.gcr.io");
  auto& peer = *node.add_peers();
  peer.set_node_name("demo-worker-0");
  peer.set_address("10.210.0.11");
  peer.set_pod_cidr("10.244.1.0/24");
  peer.set_role(wire::WORKER);
  node.add_labels("slipway.io/cluster=demo");
  node.set_small_machine(true);
  auto& master = *node.mutable_master();
  master.set_first(true);
  master.set_bootstrap_token("abcdef.0123456789abcdef");
  master.set_encryption_config("kind: EncryptionConfiguration\n");
  master.add_api_sans("api.demo.example");
  for (const char* name :
       {"ca.crt", "ca.key", "etcd/ca.crt", "etcd/server.crt", "etcd/server.key", "etcd/peer.crt",
        "etcd/peer.key", "apiserver-etcd-client.crt", "apiserver-etcd-client.key"}) {
    auto& file = *master.add_pki();
    file.set_path(name);
    file.set_content(std::string("content of ") + name);
    file.set_secret(std::string_view(name).ends_with(".key"));
  }
  master.mutable_etcd()->set_bootstrap(wire::EtcdConfig::DISCOVERY);
  master.mutable_etcd()->set_discovery_token("0123abcd");
  master.mutable_etcd()->set_size(1);
  return node;
}

inline wire::DesiredNode a_worker() {
  wire::DesiredNode node = a_master();
  node.clear_master();
  node.set_node_name("demo-worker-0");
  node.set_address("10.210.0.11");
  node.set_role(wire::WORKER);
  node.mutable_kubernetes()->set_node_pod_cidr("10.244.1.0/24");
  node.mutable_peers(0)->set_address("10.210.0.10");
  node.mutable_peers(0)->set_pod_cidr("10.244.0.0/24");
  node.mutable_worker()->set_bootstrap_token("abcdef.0123456789abcdef");
  node.mutable_worker()->set_ca_cert_hash("sha256:00ff");
  node.mutable_worker()->set_ca_certificate("a CA certificate");
  return node;
}

/// A kubeconfig with its data in it ("ca", "certificate", "key").
inline std::string a_kubeconfig() {
  return R"(apiVersion: v1
clusters:
- cluster: {certificate-authority-data: Y2E=, server: "https://10.210.0.5:6443"}
  name: demo
contexts:
- context: {cluster: demo, user: me}
  name: me@demo
current-context: me@demo
users:
- name: me
  user: {client-certificate-data: Y2VydGlmaWNhdGU=, client-key-data: a2V5}
)";
}

/// Runs single steps against a fake machine.
class StepTest : public testing::Test, public RunView {
 protected:
  using Function = StepResult (*)(const StepContext&);

  base::Result<> run(Function step, const wire::DesiredNode& desired,
                     std::optional<std::int64_t> clock_ms = {}) {
    std::optional<base::Result<>> result;
    lines.clear();
    waits.clear();
    boost::asio::io_context io;
    const StepContext context("step", desired, host, *this, clock_ms);
    boost::asio::co_spawn(io, step(context), [&](std::exception_ptr thrown, base::Result<> value) {
      if (thrown) std::rethrow_exception(thrown);
      result = std::move(value);
    });
    io.run();
    return result.value_or(base::fail(base::ErrorCode::kInternal, "the step did not end"));
  }
  std::string failure(Function step, const wire::DesiredNode& desired,
                      std::optional<std::int64_t> clock_ms = {}) {
    const auto result = run(step, desired, clock_ms);
    return result ? "it did not fail" : result.error().message;
  }
  bool logged(std::string_view text) const {
    for (const auto& line : lines)
      if (line.find(text) != std::string::npos) return true;
    return false;
  }

  bool waited_for(std::string_view text) const {
    for (const auto& wait : waits)
      if (wait.find(text) != std::string::npos) return true;
    return false;
  }

  bool interrupted() const override { return stop; }
  bool done(std::string_view) const override { return others_done; }
  void log(std::string_view, std::string_view line) override { lines.emplace_back(line); }

  void waits_for(std::string_view, std::string_view what) override { waits.emplace_back(what); }

  fakes::FakeHost host;
  std::vector<std::string> lines;
  std::vector<std::string> waits;  ///< what the step told that it waits for, "" at their ends
  bool stop = false;
  bool others_done = true;
};

}  // namespace slipway::bootstrap
