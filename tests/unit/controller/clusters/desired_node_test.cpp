// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/desired_node.hpp"

#include <gtest/gtest.h>

#include <set>

#include "controller/clusters/cluster_pki.hpp"
#include "controller/clusters/key_pairs.hpp"
#include "controller/clusters/node_roster.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::clusters {
namespace {

NodeImage image() {
  return {"v1.20.2", "v1beta2", "k8s.gcr.io/pause:3.2",           "k8s.gcr.io",
          "v2",      "systemd", {"k8s.gcr.io/kube-proxy:v1.20.2"}};
}

/// A cluster of one master and one worker with all that their nodes wait for.
class DesiredTest : public testing::Test {
 protected:
  void SetUp() override {
    ClusterRow cluster;
    cluster.id = cluster_;
    cluster.spec.name = "demo";
    cluster.spec.dns_servers = {"8.8.8.8"};
    cluster.spec.key_pair = "ops";
    ASSERT_TRUE(KeyPairs{*database_}.add({.name = "ops", .public_key = "ssh-ed25519 A ops"}));
    cluster.spec.registries = {{"docker.io", {"http://10.0.0.9:5000"}, true}};
    rows_.insert(cluster);
    rows_.set_discovery_token(cluster_, "dt");
    add(master_, Role::kMaster, 0);
    add(worker_, Role::kWorker, 1);
    ASSERT_TRUE(pki_.ensure_cluster(cluster_));
  }

  void add(const MachineId& id, Role role, unsigned ordinal) {
    MachineRow machine{id, cluster_, "demo-" + std::string{name_of(role)} + "-" + id.value};
    machine.role = role;
    machine.ordinal = ordinal;
    rows_.insert(machine);
    LedgerRow row;
    row.kind = "machine";
    row.cluster = cluster_;
    row.name = machine.name;
    const auto resource = ledger_.plan(row)->id;
    rows_.set_resource(id, resource);
    row.kind = "volume";
    row.parent = resource;
    row.purpose = "containerd";
    ledger_.present(ledger_.plan(row)->id, "volume", "/dev/vdb");
  }

  void address(const MachineId& id, const std::string& text) {
    rows_.set_cloud(id, {true, cloud::MachineState::kRunning, "", clock_.utc()}, text);
    if (id == master_) {
      ASSERT_TRUE(pki_.ensure_master(cluster_, id, "demo-master-1", text));
    }
  }

  const ClusterId cluster_{"c"};
  const MachineId master_{"m"}, worker_{"w"};
  fakes::ManualClock clock_;
  std::unique_ptr<store::Database> database_ = store::Database::in_memory();
  secrets::Secrets secrets_{*database_, secrets::MasterKey::random()};
  Rows rows_{*database_};
  Ledger ledger_{*database_, clock_};
  ClusterPki pki_{*database_, secrets_, clock_};
  NodeRoster roster_{*database_, secrets_, clock_, image(), true};
};

TEST_F(DesiredTest, NothingIsSaidBeforeEveryAddressIsKnown) {
  address(master_, "10.0.0.5");
  EXPECT_EQ(roster_.desired(master_).error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(roster_.desired(MachineId{"x"}).error().code, base::ErrorCode::kNotFound);
}

TEST_F(DesiredTest, AMasterGetsItsKeysAndAWorkerDoesNot) {
  address(master_, "10.0.0.5");
  address(worker_, "10.0.0.6");
  const auto master = roster_.desired(master_);
  ASSERT_TRUE(master) << master.error().message;
  std::set<std::string> files;
  for (const auto& file : master->master().pki()) {
    files.insert(file.path());
    EXPECT_FALSE(file.content().empty());
    EXPECT_EQ(file.secret(), file.path().ends_with(".key")) << file.path();
  }
  EXPECT_EQ(files,
            (std::set<std::string>{"ca.crt", "ca.key", "sa.key", "sa.pub", "front-proxy-ca.crt",
                                   "front-proxy-ca.key", "etcd/ca.crt", "etcd/server.crt",
                                   "etcd/server.key", "etcd/peer.crt", "etcd/peer.key",
                                   "apiserver-etcd-client.crt", "apiserver-etcd-client.key"}));
  EXPECT_TRUE(master->master().first());
  EXPECT_EQ(master->master().etcd().bootstrap(), wire::EtcdConfig::DISCOVERY);
  EXPECT_EQ(master->master().etcd().discovery_token(), "dt");
  EXPECT_NE(master->master().encryption_config().find("secretbox"), std::string::npos);

  const auto worker = roster_.desired(worker_);
  ASSERT_TRUE(worker) << worker.error().message;
  EXPECT_FALSE(worker->has_master());
  EXPECT_EQ(worker->worker().bootstrap_token(), master->master().bootstrap_token());
  EXPECT_TRUE(worker->worker().ca_cert_hash().starts_with("sha256:"));
  EXPECT_EQ(worker->kubernetes().api_host(), "10.0.0.5");
  EXPECT_EQ(worker->kubernetes().node_pod_cidr(), "10.244.1.0/24");
  EXPECT_EQ(worker->peers_size(), 2);
  ASSERT_EQ(worker->disks_size(), 1);
  EXPECT_EQ(worker->disks(0).device(), "/dev/vdb");
  EXPECT_EQ(worker->disks(0).mount(), "/var/lib/containerd");
}

TEST_F(DesiredTest, EveryNodeGetsWhatTheClusterWasMadeWith) {
  address(master_, "10.0.0.5");
  address(worker_, "10.0.0.6");
  for (const auto& id : {master_, worker_}) {
    const auto desired = roster_.desired(id);
    ASSERT_TRUE(desired) << desired.error().message;
    ASSERT_EQ(desired->dns_servers_size(), 1);
    EXPECT_EQ(desired->dns_servers(0), "8.8.8.8");
    ASSERT_EQ(desired->registries_size(), 1);
    EXPECT_EQ(desired->registries(0).host(), "docker.io");
    ASSERT_EQ(desired->registries(0).endpoints_size(), 1);
    EXPECT_EQ(desired->registries(0).endpoints(0), "http://10.0.0.9:5000");
    EXPECT_TRUE(desired->registries(0).insecure());
    ASSERT_EQ(desired->ssh_public_keys_size(), 1);
    EXPECT_EQ(desired->ssh_public_keys(0), "ssh-ed25519 A ops");
    ASSERT_EQ(desired->labels_size(), 1);
    EXPECT_EQ(desired->labels(0), "slipway.io/cluster=demo");
  }
}

TEST_F(DesiredTest, TheGenerationGrowsWithTheContentAlone) {
  address(master_, "10.0.0.5");
  address(worker_, "10.0.0.6");
  EXPECT_EQ(roster_.desired(master_)->generation(), 1u);
  EXPECT_EQ(roster_.desired(master_)->generation(), 1u);
  rows_.set_gateway(cluster_, master_);
  const auto gateway = roster_.desired(master_);
  EXPECT_EQ(gateway->generation(), 2u);
  EXPECT_TRUE(gateway->gateway());
  EXPECT_EQ(roster_.desired(worker_)->generation(), 1u);
}

TEST_F(DesiredTest, ItsPeersAreThoseOfNow) {
  address(master_, "10.0.0.5");
  address(worker_, "10.0.0.6");
  const auto peers = [&] {
    std::vector<std::string> addresses;
    const auto desired = roster_.desired(worker_);
    for (const auto& peer : desired->peers()) addresses.push_back(peer.address());
    return addresses;
  };
  EXPECT_EQ(peers(), (std::vector<std::string>{"10.0.0.5", "10.0.0.6"}));
  EXPECT_EQ(peers().size(), 2U);
  EXPECT_FALSE(database_->transaction([&]() -> base::Result<> {
    address(worker_, "10.0.0.7");
    EXPECT_EQ(peers().back(), "10.0.0.7");
    return base::fail(base::ErrorCode::kConflict, "no");
  }));
  EXPECT_EQ(peers().back(), "10.0.0.6");
  add(MachineId{"w2"}, Role::kWorker, 2);
  address(MachineId{"w2"}, "10.0.0.8");
  EXPECT_EQ(peers().size(), 3U);
}

TEST_F(DesiredTest, ANodeOfAClusterThatGoesIsNobody) {
  address(master_, "10.0.0.5");
  EXPECT_EQ(roster_.find(master_)->address, "10.0.0.5");
  rows_.set_state(cluster_, ClusterState::kDeleting, "");
  EXPECT_FALSE(roster_.find(master_));
  EXPECT_FALSE(roster_.desired(master_));
}

TEST_F(DesiredTest, EtcdsCertificatesAreRenewedInTimeAndForAnotherAddress) {
  EXPECT_TRUE(*pki_.ensure_master(cluster_, master_, "demo-master-1", "10.0.0.5"));
  EXPECT_FALSE(*pki_.ensure_master(cluster_, master_, "demo-master-1", "10.0.0.5"));
  EXPECT_TRUE(*pki_.ensure_master(cluster_, master_, "demo-master-1", "10.0.0.9"));
  clock_.advance(kEtcdCertificateLife - kEtcdCertificateRenewal);
  EXPECT_TRUE(*pki_.ensure_master(cluster_, master_, "demo-master-1", "10.0.0.9"));
}

/// Three masters: their API is reached by the load balancer alone.
class DesiredOfMany : public DesiredTest {
 protected:
  void SetUp() override {
    DesiredTest::SetUp();
    auto cluster = *rows_.cluster(cluster_);
    cluster.spec.masters = 3;
    rows_.set_spec(cluster_, cluster.spec);
    add(second_, Role::kMaster, 2);
    add(third_, Role::kMaster, 3);
    address(master_, "10.0.0.5");
    address(worker_, "10.0.0.6");
    for (const auto& [id, text] : {std::pair{second_, "10.0.0.7"}, {third_, "10.0.0.8"}}) {
      address(id, text);
      ASSERT_TRUE(pki_.ensure_master(cluster_, id, "m", text));
    }
  }
  const MachineId second_{"m2"}, third_{"m3"};
};

TEST_F(DesiredOfMany, NothingIsSaidBeforeTheLoadBalancersAddressIsKnown) {
  const auto early = roster_.desired(master_);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, base::ErrorCode::kUnavailable);
  rows_.set_api_address(cluster_, "10.0.0.100");
  for (const auto& id : {master_, second_, third_, worker_}) {
    const auto desired = roster_.desired(id);
    ASSERT_TRUE(desired) << desired.error().message;
    EXPECT_EQ(desired->kubernetes().api_host(), "10.0.0.100");
  }
}

TEST_F(DesiredOfMany, AReplacedMasterJoinsAndTheOthersCertificatesStay) {
  rows_.set_api_address(cluster_, "10.0.0.100");
  const auto before = roster_.desired(master_);
  ASSERT_TRUE(before);
  EXPECT_EQ(before->master().etcd().bootstrap(), wire::EtcdConfig::DISCOVERY);
  rows_.set_joins_etcd(third_);
  address(third_, "10.0.0.9");
  ASSERT_TRUE(pki_.ensure_master(cluster_, third_, "m", "10.0.0.9"));
  const auto joins = roster_.desired(third_);
  ASSERT_TRUE(joins) << joins.error().message;
  EXPECT_EQ(joins->master().etcd().bootstrap(), wire::EtcdConfig::EXISTING);
  EXPECT_NE(joins->master().etcd().initial_cluster().find("demo-master-m3=https://10.0.0.9:2380"),
            std::string::npos);
  const auto after = roster_.desired(master_);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->master().etcd().bootstrap(), wire::EtcdConfig::DISCOVERY);
  EXPECT_EQ(std::vector<std::string>(before->master().api_sans().begin(),
                                     before->master().api_sans().end()),
            std::vector<std::string>(after->master().api_sans().begin(),
                                     after->master().api_sans().end()));
}

}  // namespace
}  // namespace slipway::clusters
