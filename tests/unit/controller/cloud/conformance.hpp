// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <memory>
#include <string>

#include "controller/cloud/cloud.hpp"

namespace slipway::cloud {

/// What a conformance run needs of a cloud: how to make one, and how long its machines take.
struct CloudUnderTest {
  std::string name;
  std::function<std::unique_ptr<Cloud>(boost::asio::io_context&)> make;
  std::function<void()> clean_up = [] {};
};

/// What every Cloud promises, tried on one of them. Made once per test; machines are real where
/// the cloud is.
class CloudConformance : public testing::TestWithParam<CloudUnderTest> {
 protected:
  void SetUp() override {
    cloud_ = GetParam().make(io_);
    if (!cloud_) GTEST_SKIP() << GetParam().name << " cannot run here";
    auto started = run(cloud_->start());
    ASSERT_TRUE(started) << started.error().message;
    auto network = run(cloud_->ensure_network({{"net1"}, "nodes", {}}));
    ASSERT_TRUE(network) << network.error().message;
    network_ = *network;
  }
  void TearDown() override {
    if (!cloud_) return;
    auto machines = run(cloud_->machines());
    if (machines) {
      for (const auto& machine : *machines) (void)run(cloud_->delete_machine(machine.id));
    }
    run(cloud_->stop());
    cloud_.reset();
    GetParam().clean_up();
  }

  template <class T>
  T run(base::Task<T> task) {
    auto done = boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future);
    io_.restart();
    while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      if (io_.run_one() == 0) io_.restart();
    }
    return done.get();
  }

  MachineSpec spec(const std::string& id) const {
    MachineSpec wanted;
    wanted.id = {id};
    wanted.name = "node-" + id;
    wanted.flavor = "local.small";
    wanted.network_cloud_id = network_.cloud_id;
    wanted.user_data = "#cloud-config\n";
    wanted.volumes = {{{id + "-c"}, "containers", {}, 1ull << 30, "containerd"},
                      {{id + "-e"}, "etcd", {}, 512ull << 20, "etcd"}};
    return wanted;
  }
  /// Creates, and waits until it runs.
  Machine running(const std::string& id) {
    auto machine = run(cloud_->ensure_machine(spec(id)));
    for (int n = 0; n < 100 && machine && machine->state == MachineState::kBuilding; ++n) {
      machine = run(cloud_->machine({id}));
    }
    EXPECT_TRUE(machine) << machine.error().message;
    if (!machine) return {};
    EXPECT_EQ(machine->state, MachineState::kRunning) << machine->detail;
    return *machine;
  }

  boost::asio::io_context io_;
  std::unique_ptr<Cloud> cloud_;
  Network network_;
};

TEST_P(CloudConformance, MachineHasNameAddressAndDisksInOrder) {
  Machine machine = running("m1");
  EXPECT_EQ(machine.id.value, "m1");
  EXPECT_EQ(machine.name, "node-m1");
  EXPECT_FALSE(machine.cloud_id.empty());
  EXPECT_FALSE(machine.address.empty());
  auto disk = [&](const char* id) {
    auto at = std::ranges::find(machine.volumes, ResourceId{id}, &Volume::id);
    return at == machine.volumes.end() ? Volume{} : *at;
  };
  EXPECT_EQ(disk("m1-c").device, "/dev/vdb");
  EXPECT_EQ(disk("m1-e").device, "/dev/vdc");
  EXPECT_EQ(disk("m1-c").size_bytes, 1ull << 30);
  EXPECT_EQ(disk("m1-c").attached_to, machine.cloud_id);
}

TEST_P(CloudConformance, CreatingTwiceIsOneMachine) {
  Machine first = running("m1");
  Machine second = running("m1");
  EXPECT_EQ(first.cloud_id, second.cloud_id);
  EXPECT_EQ(first.address, second.address);
  EXPECT_EQ(run(cloud_->machines())->size(), 1u);
}

TEST_P(CloudConformance, MachinesHaveAddressesOfTheirOwn) {
  EXPECT_NE(running("m1").address, running("m2").address);
}

TEST_P(CloudConformance, DeletedIsGoneAndDeletingAgainSucceeds) {
  running("m1");
  ASSERT_TRUE(run(cloud_->delete_machine({"m1"})));
  EXPECT_EQ(run(cloud_->machine({"m1"}))->state, MachineState::kGone);
  EXPECT_TRUE(run(cloud_->delete_machine({"m1"})));
  EXPECT_TRUE(run(cloud_->delete_machine({"never-was"})));
  auto tagged = run(cloud_->tagged());
  EXPECT_TRUE(std::ranges::none_of(*tagged, [](const Tagged& t) { return t.kind != "network"; }));
}

TEST_P(CloudConformance, TaggedNamesAllThatIsOurs) {
  running("m1");
  auto tagged = run(cloud_->tagged());
  ASSERT_TRUE(tagged);
  auto has = [&](const char* kind, const char* id) {
    return std::ranges::any_of(*tagged,
                               [&](const Tagged& t) { return t.kind == kind && t.id.value == id; });
  };
  EXPECT_TRUE(has("network", "net1"));
  EXPECT_TRUE(has("machine", "m1"));
  EXPECT_TRUE(has("volume", "m1-c"));
  EXPECT_TRUE(has("volume", "m1-e"));
}

TEST_P(CloudConformance, StopKeepsTheMachineAndStartBringsItBack) {
  Machine before = running("m1");
  ASSERT_TRUE(run(cloud_->stop_machine({"m1"})));
  EXPECT_EQ(run(cloud_->machine({"m1"}))->state, MachineState::kStopped);
  auto again = run(cloud_->ensure_machine(spec("m1")));
  EXPECT_EQ(again->state, MachineState::kStopped) << "creating what exists only returns it";
  ASSERT_TRUE(run(cloud_->start_machine({"m1"})));
  EXPECT_EQ(run(cloud_->machine({"m1"}))->state, MachineState::kRunning);
  EXPECT_EQ(run(cloud_->machine({"m1"}))->address, before.address);
}

TEST_P(CloudConformance, RebootKeepsAddressAndDisks) {
  Machine before = running("m1");
  ASSERT_TRUE(run(cloud_->reboot({"m1"}, true)));
  ASSERT_TRUE(run(cloud_->reboot({"m1"}, false)));
  auto after = run(cloud_->machine({"m1"}));
  EXPECT_EQ(after->state, MachineState::kRunning);
  EXPECT_EQ(after->address, before.address);
  EXPECT_EQ(after->volumes.size(), before.volumes.size());
}

TEST_P(CloudConformance, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(run(cloud_->reboot({"none"}, true)).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(run(cloud_->stop_machine({"none"})).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(run(cloud_->start_machine({"none"})).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(run(cloud_->console({"none"}, 10)).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(run(cloud_->publish({"none"}, 80)).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(run(cloud_->machine({"none"}))->state, MachineState::kGone);
}

TEST_P(CloudConformance, PublishedPortIsTheSameEachTime) {
  running("m1");
  auto first = run(cloud_->publish({"m1"}, 6443));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(*run(cloud_->publish({"m1"}, 6443)), *first);
  EXPECT_NE(*run(cloud_->publish({"m1"}, 30080)), *first);
}

TEST_P(CloudConformance, ALoadBalancerKeepsItsAddressAndTakesOtherMembers) {
  LoadBalancerSpec wanted{{"lb1"}, "api", network_.cloud_id, 6443, "/readyz", {}};
  auto made = run(cloud_->ensure_load_balancer(wanted));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_FALSE(made->address.empty());
  EXPECT_NE(made->address, running("m1").address);
  wanted.members = {"10.210.0.77", "10.210.0.78"};
  auto again = run(cloud_->ensure_load_balancer(wanted));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->address, made->address);
  EXPECT_EQ(again->cloud_id, made->cloud_id);
  auto tagged = run(cloud_->tagged());
  const auto is_ours = [](const Tagged& t) { return t.kind == "load-balancer"; };
  EXPECT_EQ(std::ranges::count_if(*tagged, is_ours), 1);
  EXPECT_TRUE(run(cloud_->delete_load_balancer({"lb1"})));
  EXPECT_TRUE(run(cloud_->delete_load_balancer({"lb1"})));
  tagged = run(cloud_->tagged());
  EXPECT_EQ(std::ranges::count_if(*tagged, is_ours), 0);
}

TEST_P(CloudConformance, ConsoleAndFacts) {
  running("m1");
  EXPECT_TRUE(run(cloud_->console({"m1"}, 10)));
  EXPECT_FALSE(run(cloud_->flavors())->empty());
  EXPECT_TRUE(run(cloud_->quotas()));
  auto again = run(cloud_->ensure_network({{"net1"}, "nodes", {}}));
  EXPECT_EQ(again->cidr, network_.cidr);
  EXPECT_TRUE(run(cloud_->delete_network({"net1"})));
  EXPECT_TRUE(run(cloud_->delete_network({"net1"})));
}

}  // namespace slipway::cloud
