// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

struct EtcdTest : StepTest {
  EtcdTest() {
    host.program("systemctl show", [this](const std::string&) {
      return base::Exit{0, started ? "active\n" : "inactive\n"};
    });
    host.program("systemctl is-failed", 1);
    host.program("systemctl restart --no-block etcd.service", [this](const std::string&) {
      started = true;
      return base::Exit{};
    });
    host.on_call = [this](const Call& call) -> base::Result<Answer> {
      if (!started || call.port != 2379)
        return base::fail(base::ErrorCode::kUnavailable, "connection refused");
      return Answer{200, healthy ? R"({"health":"true"})" : R"({"health":"false"})"};
    };
  }
  bool started = false;
  bool healthy = true;
};

TEST_F(EtcdTest, HasItsOwnKeysAndStarts) {
  ASSERT_TRUE(run(run_etcd, a_master()).has_value());
  EXPECT_EQ(host.files["/etc/etcd/pki/server.key"],
            (fakes::FakeHost::File{"content of etcd/server.key", 0600, "etcd"}));
  EXPECT_NE(host.files["/etc/default/etcd"].content.find(
                "ETCD_DISCOVERY=http://127.0.0.1:2381/0123abcd\n"),
            std::string::npos);
  EXPECT_EQ(host.calls.back().tls.certificate_pem, "content of apiserver-etcd-client.crt");
  EXPECT_TRUE(host.ran("systemctl daemon-reload"));
}

TEST_F(EtcdTest, ASecondRunChangesNothing) {
  ASSERT_TRUE(run(run_etcd, a_master()).has_value());
  host.forget();
  ASSERT_TRUE(run(run_etcd, a_master()).has_value());
  EXPECT_TRUE(host.changes.empty());
  EXPECT_FALSE(host.ran("systemctl restart"));
  EXPECT_FALSE(host.ran("systemctl daemon-reload"));
}

TEST_F(EtcdTest, NewKeysRestartIt) {
  ASSERT_TRUE(run(run_etcd, a_master()).has_value());
  host.forget();
  auto node = a_master();
  for (auto& file : *node.mutable_master()->mutable_pki())
    if (file.path() == "etcd/server.crt") file.set_content("renewed");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  EXPECT_TRUE(host.ran("systemctl restart --no-block etcd.service"));
}

TEST_F(EtcdTest, AMemberWithDataRunsOnWhenAnotherMasterIsReplaced) {
  auto node = a_master();
  auto& etcd = *node.mutable_master()->mutable_etcd();
  etcd.set_bootstrap(wire::EtcdConfig::EXISTING);
  etcd.set_initial_cluster("a=https://10.0.0.1:2380,b=https://10.0.0.2:2380");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  host.file("/var/lib/etcd/default/member", "");
  host.forget();
  etcd.set_initial_cluster("a=https://10.0.0.1:2380,b=https://10.0.0.9:2380");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  EXPECT_FALSE(host.ran("systemctl restart"));
  EXPECT_TRUE(host.changes.empty());
  // What a running member does read is written all the same.
  node.set_node_name("renamed");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  EXPECT_TRUE(host.ran("systemctl restart --no-block etcd.service"));
}

TEST_F(EtcdTest, AMemberWithoutDataIsToldWhoIsThereNow) {
  auto node = a_master();
  auto& etcd = *node.mutable_master()->mutable_etcd();
  etcd.set_bootstrap(wire::EtcdConfig::EXISTING);
  etcd.set_initial_cluster("a=https://10.0.0.1:2380");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  host.forget();
  etcd.set_initial_cluster("a=https://10.0.0.1:2380,b=https://10.0.0.9:2380");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  EXPECT_TRUE(host.ran("systemctl restart --no-block etcd.service"));
  EXPECT_NE(host.files["/etc/default/etcd"].content.find("10.0.0.9"), std::string::npos);
}

TEST_F(EtcdTest, MissingPkiIsNamed) {
  auto node = a_master();
  node.mutable_master()->clear_pki();
  EXPECT_NE(failure(run_etcd, node).find("no etcd/ca.crt"), std::string::npos);
}

TEST_F(EtcdTest, WhyItEndedIsInTheLog) {
  healthy = false;
  host.program("systemctl is-failed", 0);
  host.program("journalctl --unit etcd.service", 0, "discovery failed: key not found\n");
  EXPECT_EQ(failure(run_etcd, a_master()), "etcd ended; its log says why");
  EXPECT_TRUE(logged("discovery failed: key not found"));
}

TEST_F(EtcdTest, AQuorumThatDoesNotComeIsWaitedForAndSaid) {
  healthy = false;
  auto node = a_master();
  node.mutable_master()->mutable_etcd()->set_size(3);
  const auto message = failure(run_etcd, node);
  EXPECT_TRUE(message.starts_with("waited 600 s for etcd to be healthy (3 members)")) << message;
}

TEST_F(EtcdTest, AChangeOfPlanEndsTheWait) {
  healthy = false;
  host.on_sleep = [this] { stop = true; };
  const auto result = run(run_etcd, a_master());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, base::ErrorCode::kConflict);
}

}  // namespace
}  // namespace slipway::bootstrap
