// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

struct ControlPlaneTest : StepTest {
  ControlPlaneTest() {
    host.program("systemctl is-active", 0);
    host.program("kubeadm init phase kubeconfig", [this](const std::string&) {
      host.file("/etc/kubernetes/admin.conf", a_kubeconfig());
      host.file("/etc/kubernetes/kubelet.conf", a_kubeconfig());
      return base::Exit{};
    });
    host.on_call = [this](const Call& call) -> base::Result<Answer> {
      if (call.path == "/readyz") return Answer{200, "ok"};
      if (call.path.starts_with("/api/v1/nodes/"))
        return registered ? Answer{200, "{}"} : Answer{404, "{}"};
      return Answer{201, "{}"};
    };
  }
  std::vector<std::string> phases() const {
    std::vector<std::string> names;
    for (const auto& line : host.commands)
      if (line.starts_with("kubeadm init phase "))
        names.push_back(line.substr(19, line.find(" --config") - 19));
    return names;
  }
  bool registered = false;
};

TEST_F(ControlPlaneTest, TheFirstMasterRunsAllPhasesInOrder) {
  ASSERT_TRUE(run(run_control_plane, a_master()).has_value());
  EXPECT_EQ(phases(),
            (std::vector<std::string>{"certs all", "kubeconfig all", "kubelet-start",
                                      "control-plane all", "bootstrap-token --skip-token-print",
                                      "upload-config all", "mark-control-plane"}));
  EXPECT_EQ(host.files["/etc/kubernetes/pki/ca.key"].mode, 0600);
  EXPECT_EQ(host.files["/etc/kubernetes/pki/ca.crt"].mode, 0644);
  EXPECT_EQ(host.files["/etc/kubernetes/encryption.yaml"].mode, 0600);
  EXPECT_EQ(host.files["/etc/kubernetes/kubeadm.yaml"].mode, 0600);
}

TEST_F(ControlPlaneTest, ItAsksTheServerBesideItNotTheLoadBalancer) {
  ASSERT_TRUE(run(run_control_plane, a_master()).has_value());
  for (const auto& call : host.calls) EXPECT_EQ(call.host, "10.210.0.10");
}

TEST_F(ControlPlaneTest, OtherMastersLeaveTheClustersObjectsAlone) {
  auto node = a_master();
  node.mutable_master()->set_first(false);
  ASSERT_TRUE(run(run_control_plane, node).has_value());
  EXPECT_EQ(phases(), (std::vector<std::string>{"certs all", "kubeconfig all", "kubelet-start",
                                                "control-plane all", "mark-control-plane"}));
  host.forget();
  ASSERT_TRUE(run(run_kube_proxy, node).has_value());
  EXPECT_TRUE(host.commands.empty());
}

TEST_F(ControlPlaneTest, KubeletRegistersAtOnceOnlyWhereItHasNot) {
  ASSERT_TRUE(run(run_control_plane, a_master()).has_value());
  EXPECT_TRUE(host.ran("systemctl restart kubelet.service"));
  host.forget();
  registered = true;
  ASSERT_TRUE(run(run_control_plane, a_master()).has_value());
  EXPECT_FALSE(host.ran("systemctl restart kubelet.service"));
}

TEST_F(ControlPlaneTest, ASecondRunChangesNothing) {
  ASSERT_TRUE(run(run_control_plane, a_master()).has_value());
  registered = true;
  host.forget();
  ASSERT_TRUE(run(run_control_plane, a_master()).has_value());
  EXPECT_TRUE(phases().empty());
  EXPECT_TRUE(host.changes.empty());
}

TEST_F(ControlPlaneTest, AfterARebootKubeletIsStarted) {
  ASSERT_TRUE(run(run_control_plane, a_master()).has_value());
  host.forget();
  registered = true;
  host.program("systemctl is-active", 3);
  ASSERT_TRUE(run(run_control_plane, a_master()).has_value());
  EXPECT_TRUE(host.ran("systemctl start kubelet.service"));
  EXPECT_TRUE(phases().empty());
}

// A process killed half-way leaves a key without its certificate: kubeadm would stop there.
TEST_F(ControlPlaneTest, APhaseThatFailedStartsAnew) {
  host.program("kubeadm init phase certs", 1, "disk full\n");
  const auto message = failure(run_control_plane, a_master());
  EXPECT_EQ(message, "kubeadm init phase certs: kubeadm ended with 1: disk full");
  host.file("/etc/kubernetes/pki/apiserver.key", "half");
  host.program("kubeadm init phase certs", 0);
  ASSERT_TRUE(run(run_control_plane, a_master()).has_value());
  EXPECT_FALSE(host.exists("/etc/kubernetes/pki/apiserver.key"));
}

TEST_F(ControlPlaneTest, AnotherNameForTheServerMakesNewCertificates) {
  ASSERT_TRUE(run(run_control_plane, a_master()).has_value());
  host.forget();
  auto node = a_master();
  node.mutable_master()->add_api_sans("203.0.113.7");
  ASSERT_TRUE(run(run_control_plane, node).has_value());
  EXPECT_EQ(phases().front(), "certs all");
}

TEST_F(ControlPlaneTest, AServerThatDoesNotComeIsExplained) {
  host.on_call = [](const Call&) -> base::Result<Answer> {
    return base::fail(base::ErrorCode::kUnavailable, "connection refused");
  };
  host.program("journalctl --unit kubelet.service", 0, "failed to pull image\n");
  EXPECT_EQ(failure(run_control_plane, a_master()),
            "waited 300 s for the API server to be ready: connection refused");
  EXPECT_TRUE(logged("failed to pull image"));
}

TEST_F(ControlPlaneTest, WhatTheServerIsWaitedForIsSaidMeanwhile) {
  host.on_call = [](const Call&) -> base::Result<Answer> {
    return base::fail(base::ErrorCode::kTimeout,
                      "no answer in time: connecting to 10.210.0.10:6443");
  };
  (void)failure(run_control_plane, a_master());
  EXPECT_TRUE(
      waited_for("the API server to be ready: no answer in time: connecting to 10.210.0.10:6443"));
}

TEST_F(ControlPlaneTest, AServerThatEndsAgainAndAgainIsNotWaitedFor) {
  constexpr auto kLogs = "/var/log/pods/kube-system_kube-apiserver-m_x/kube-apiserver/";
  host.file(std::string(kLogs) + "1.log", "");  // of earlier boots
  unsigned looks = 0;
  host.on_call = [&](const Call&) -> base::Result<Answer> {
    if (++looks == 30) host.file(std::string(kLogs) + "6.log", "");
    return base::fail(base::ErrorCode::kUnavailable, "connection refused");
  };
  host.program("tail", 0, "Error: unknown flag: --no-such-flag\n");
  EXPECT_EQ(failure(run_control_plane, a_master()),
            "the API server ended 6 times; it said last: Error: unknown flag: --no-such-flag");
  EXPECT_LT(looks, 100U);
}

TEST_F(ControlPlaneTest, AKubeletThatEndsAgainAndAgainIsNotWaitedFor) {
  unsigned looks = 0;
  host.program("systemctl show --property=NRestarts --value kubelet.service",
               [&](const std::string&) { return base::Exit{0, looks < 10 ? "2\n" : "5\n"}; });
  host.on_call = [&](const Call&) -> base::Result<Answer> {
    ++looks;
    return base::fail(base::ErrorCode::kUnavailable, "connection refused");
  };
  host.program("journalctl --unit kubelet.service", 0, "failed to run Kubelet: no swap\n");
  EXPECT_EQ(failure(run_control_plane, a_master()),
            "kubelet ended 5 times; it said last: failed to run Kubelet: no swap");
}

TEST_F(ControlPlaneTest, WhoHasTheServersPortIsNamed) {
  host.program("ss ", 0, "LISTEN 0 5 *:6443 *:* users:((\"nginx\",pid=9,fd=3))\n");
  EXPECT_EQ(failure(run_control_plane, a_master()),
            "port 6443, which the API server needs, is taken by nginx (process 9): stop that one");
  host.program("ss ", 0, "LISTEN 0 5 *:6443 *:* users:((\"kube-apiserver\",pid=9,fd=3))\n");
  EXPECT_TRUE(run(run_control_plane, a_master()).has_value());
}

TEST_F(ControlPlaneTest, TwoCgroupDriversAreNamed) {
  host.file("/etc/containerd/config.toml", "    SystemdCgroup = true\n");
  host.file("/var/lib/kubelet/config.yaml", "kind: x\ncgroupDriver: \"systemd\"\n");
  EXPECT_TRUE(run(run_control_plane, a_master()).has_value());
  host.file("/etc/default/kubelet", "KUBELET_EXTRA_ARGS=\"--v=2 --cgroup-driver=cgroupfs\"\n");
  EXPECT_EQ(failure(run_control_plane, a_master()),
            "kubelet's cgroup driver is cgroupfs (in /etc/default/kubelet), containerd's is "
            "systemd (in /etc/containerd/config.toml): no pod can start; the cluster's is systemd, "
            "make both that one");
  host.files.erase("/etc/default/kubelet");
  host.file("/etc/containerd/config.toml", "    SystemdCgroup = false\n");
  EXPECT_TRUE(failure(run_control_plane, a_master())
                  .starts_with("kubelet's cgroup driver is systemd (in "
                               "/var/lib/kubelet/config.yaml), containerd's is cgroupfs"));
}

TEST_F(ControlPlaneTest, ARefusedObjectIsSaidInTheServersWords) {
  host.on_call = [](const Call& call) -> base::Result<Answer> {
    if (call.method == "GET") return Answer{200, "{}"};
    return Answer{403, R"({"kind":"Status","message":"clusterroles is forbidden"})"};
  };
  EXPECT_NE(failure(run_control_plane, a_master()).find("clusterroles is forbidden (403)"),
            std::string::npos);
}

}  // namespace
}  // namespace slipway::bootstrap
