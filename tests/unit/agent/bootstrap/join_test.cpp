// SPDX-License-Identifier: Apache-2.0
// Steps after which a node is one: join, labels, ready.
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

constexpr auto kKubelet = "/etc/kubernetes/kubelet.conf";

struct JoinTest : StepTest {
  JoinTest() {
    host.program("kubeadm join", [this](const std::string&) {
      host.file(kKubelet, a_kubeconfig());
      return base::Exit{};
    });
    host.program("systemctl is-active", 0);
    host.on_call = [this](const Call& call) -> base::Result<Answer> {
      ++looks;
      if (looks < 3) return base::fail(base::ErrorCode::kUnavailable, "connection refused");
      if (call.path.ends_with("cluster-info"))
        return Answer{200, looks < 6 ? "{}" : R"({"data":{"jws-kubeconfig-abcdef":"x"}})"};
      EXPECT_EQ(call.bearer, "abcdef.0123456789abcdef");
      EXPECT_TRUE(call.path.ends_with("/kubelet-config-1.20")) << call.path;
      return looks < 9 ? Answer{404, "{}"} : Answer{200, "{}"};
    };
  }
  int looks = 0;
};

TEST_F(JoinTest, StartsWhenTheClusterTakesNodes) {
  ASSERT_TRUE(run(run_join, a_worker()).has_value());
  EXPECT_TRUE(host.ran("kubeadm join --config /etc/kubernetes/kubeadm.yaml"));
  EXPECT_GE(looks, 9);
  EXPECT_EQ(host.files["/etc/kubernetes/kubeadm.yaml"].mode, 0600);
  EXPECT_EQ(host.calls.front().tls->ca_pem, "a CA certificate");
}

TEST_F(JoinTest, ASecondRunChangesNothing) {
  ASSERT_TRUE(run(run_join, a_worker()).has_value());
  host.forget();
  ASSERT_TRUE(run(run_join, a_worker()).has_value());
  EXPECT_EQ(host.commands, (std::vector<std::string>{"systemctl is-active kubelet.service"}));
  EXPECT_TRUE(host.changes.empty());
}

TEST_F(JoinTest, AfterARebootKubeletIsStarted) {
  host.file(kKubelet, a_kubeconfig());
  host.program("systemctl is-active", 3);
  ASSERT_TRUE(run(run_join, a_worker()).has_value());
  EXPECT_TRUE(host.ran("systemctl start kubelet.service"));
  EXPECT_FALSE(host.ran("kubeadm"));
}

TEST_F(JoinTest, ACredentialCutOffHalfWayIsNone) {
  constexpr auto kBootstrap = "/etc/kubernetes/bootstrap-kubelet.conf";
  host.file(kKubelet, a_kubeconfig().substr(0, 200));
  host.file(kBootstrap, "of the same attempt");
  host.program("kubeadm join", [&](const std::string&) {
    EXPECT_FALSE(host.files.contains(kKubelet)) << "kubeadm takes an old file for a finished one";
    EXPECT_FALSE(host.files.contains(kBootstrap));
    host.file(kKubelet, a_kubeconfig());
    return base::Exit{};
  });
  ASSERT_TRUE(run(run_join, a_worker()).has_value());
  EXPECT_TRUE(host.ran("kubeadm join"));
}

TEST_F(JoinTest, KubeadmsReasonIsTheStepsReason) {
  host.program("kubeadm join", 1,
               "error execution phase preflight: token is invalid\n"
               "To see the stack trace of this error execute with --v=5 or higher\n");
  EXPECT_EQ(failure(run_join, a_worker()),
            "kubeadm ended with 1: error execution phase preflight: token is invalid");
}

TEST_F(JoinTest, AnApiThatNeverAnswersIsSaid) {
  host.on_call = nullptr;
  EXPECT_EQ(failure(run_join, a_worker()),
            "waited 1800 s for the cluster to take nodes: connection refused");
}

struct NodeTest : StepTest {
  NodeTest() {
    host.file(kKubelet, a_kubeconfig());
    host.on_call = [this](const Call& call) -> base::Result<Answer> {
      if (call.method == "PATCH") {
        patch = call.body;
        return answer;
      }
      return Answer{node.empty() ? 404 : 200, node};
    };
  }
  std::string node = R"({"metadata":{"labels":{"a":"b"}},"spec":{}})";
  std::string patch;
  Answer answer{200, "{}"};
};

TEST_F(NodeTest, LabelsAndPodNetworkAreAddedByTheNodeItself) {
  ASSERT_TRUE(run(run_labels, a_worker()).has_value());
  EXPECT_EQ(patch, R"({"spec":{"podCIDR":"10.244.1.0/24","podCIDRs":["10.244.1.0/24"]},)"
                   R"("metadata":{"labels":{"slipway.io/cluster":"demo"}}})");
}

// The pod network makes kubelet send its status at once, and only once.
TEST_F(NodeTest, ThePodNetworkWaitsForWhatReadyNeeds) {
  int looks = 0;
  host.on_call = [&](const Call& call) -> base::Result<Answer> {
    if (call.method == "PATCH") {
      EXPECT_EQ(looks, 3);
      return Answer{200, "{}"};
    }
    if (call.path == "/apis/storage.k8s.io/v1/csinodes/demo-worker-0")
      return ++looks < 3 ? Answer{404, "{}"} : Answer{200, "{}"};
    return Answer{200, node};
  };
  EXPECT_TRUE(run(run_labels, a_worker()).has_value());
  EXPECT_EQ(looks, 3);
}

TEST_F(NodeTest, WhatIsThereIsLeftAlone) {
  node = R"({"metadata":{"labels":{"slipway.io/cluster":"demo"}},
             "spec":{"podCIDR":"10.244.1.0/24"}})";
  ASSERT_TRUE(run(run_labels, a_worker()).has_value());
  EXPECT_EQ(patch, "");
}

TEST_F(NodeTest, ANodeThatIsNotThereYetIsWaitedFor) {
  const auto later = std::exchange(node, "");
  host.on_sleep = [this, later] { node = later; };
  EXPECT_TRUE(run(run_labels, a_worker()).has_value());
}

TEST_F(NodeTest, ARefusedLabelIsSaidInTheServersWords) {
  answer = {403, R"({"message":"is not allowed to modify labels"})"};
  EXPECT_NE(failure(run_labels, a_worker()).find("is not allowed to modify labels (403)"),
            std::string::npos);
}

TEST_F(NodeTest, ReadyIsWhatTheApiServerSays) {
  node = R"({"status":{"conditions":[{"type":"Ready","status":"False","message":"no network"}]}})";
  EXPECT_EQ(failure(run_ready, a_worker()), "waited 300 s for the node to be Ready: no network");
  node = R"({"status":{"conditions":[{"type":"Ready","status":"True"}]}})";
  EXPECT_TRUE(run(run_ready, a_worker()).has_value());
}

TEST_F(NodeTest, AnAnswerThatIsNoNodeDoesNoHarm) {
  for (const char* body : {"", "[]", "{\"status\":7}", "{\"status\":{\"conditions\":[7,{}]}}"}) {
    node = body;
    EXPECT_FALSE(run(run_ready, a_worker()).has_value()) << body;
  }
}

}  // namespace
}  // namespace slipway::bootstrap
