// SPDX-License-Identifier: Apache-2.0
// Steps before the cluster: clock, kernel, containerd, images.
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

struct ClockTest : StepTest {};

TEST_F(ClockTest, AFewMinutesAreLeftAlone) {
  ASSERT_TRUE(run(run_clock, a_worker(), 4 * 60'000).has_value());
  EXPECT_TRUE(host.changes.empty());
}

TEST_F(ClockTest, MoreIsCorrected) {
  const auto before = host.time.utc();
  ASSERT_TRUE(run(run_clock, a_worker(), 6 * 60'000).has_value());
  EXPECT_EQ(host.time.utc() - before, std::chrono::minutes(6));
}

TEST_F(ClockTest, OrTheStepStopsAndSaysSo) {
  host.may_set_clock = false;
  const auto message = failure(run_clock, a_worker(), -10 * 60'000);
  EXPECT_NE(message.find("600 s ahead of the controller's"), std::string::npos) << message;
  EXPECT_NE(message.find("set the clock of the host"), std::string::npos);
}

TEST_F(ClockTest, ADayIsCorrectedOrNamed) {
  constexpr std::int64_t kDayMs = 24 * 3600 * 1000;
  const auto before = host.time.utc();
  ASSERT_TRUE(run(run_clock, a_worker(), kDayMs).has_value());
  EXPECT_EQ(host.time.utc() - before, std::chrono::hours(24));
  host.may_set_clock = false;
  EXPECT_TRUE(failure(run_clock, a_worker(), kDayMs)
                  .starts_with("the clock is 86400 s behind the controller's, and this machine "
                               "may not set it"));
}

TEST_F(ClockTest, UnknownIsNotCompared) {
  ASSERT_TRUE(run(run_clock, a_worker()).has_value());
  EXPECT_TRUE(logged("not known yet"));
}

struct KernelTest : StepTest {
  KernelTest() {
    for (const auto& [path, value] : std::vector<std::pair<std::string, std::string>>{
             {"net/ipv4/ip_forward", "0\n"},
             {"net/bridge/bridge-nf-call-iptables", "1\n"},
             {"net/bridge/bridge-nf-call-ip6tables", "1\n"},
             {"vm/overcommit_memory", "1\n"},
             {"vm/panic_on_oom", "0\n"},
             {"kernel/panic", "10\n"},
             {"kernel/panic_on_oops", "1\n"},
             {"fs/inotify/max_user_instances", "128\n"},
             {"fs/inotify/max_user_watches", "600000\n"}})
      host.file("/proc/sys/" + path, value);
    host.file("/proc/filesystems", "nodev\toverlay\n");
  }
};

TEST_F(KernelTest, SetsWhatDiffersOnce) {
  ASSERT_TRUE(run(run_kernel, a_worker()).has_value());
  EXPECT_EQ(host.changes, (std::vector<std::string>{"set /proc/sys/net/ipv4/ip_forward=1"}));
  EXPECT_TRUE(host.commands.empty());
  host.forget();
  ASSERT_TRUE(run(run_kernel, a_worker()).has_value());
  EXPECT_TRUE(host.changes.empty());
}

TEST_F(KernelTest, ARealMachineGetsMoreWatches) {
  auto node = a_worker();
  node.set_small_machine(false);
  ASSERT_TRUE(run(run_kernel, node).has_value());
  EXPECT_EQ(host.files["/proc/sys/fs/inotify/max_user_instances"].content, "8192");
}

TEST_F(KernelTest, ReadOnlyIsFineAsLongAsItIsRight) {
  host.refuse_set("/proc/sys/kernel/panic");
  EXPECT_TRUE(run(run_kernel, a_worker()).has_value());
  host.file("/proc/sys/kernel/panic", "0\n");
  EXPECT_EQ(failure(run_kernel, a_worker()),
            "/proc/sys/kernel/panic is 0, must be 10, and cannot be set: Read-only file system");
}

TEST_F(KernelTest, AMissingBridgeModuleIsNamed) {
  host.files.erase("/proc/sys/net/bridge/bridge-nf-call-iptables");
  EXPECT_NE(failure(run_kernel, a_worker()).find("br_netfilter"), std::string::npos);
  EXPECT_TRUE(host.ran("modprobe br_netfilter"));
}

TEST_F(KernelTest, KeysOfThoseWhoMayLogIn) {
  auto node = a_worker();
  node.add_ssh_public_keys("ssh-ed25519 AAAA me");
  ASSERT_TRUE(run(run_kernel, node).has_value());
  EXPECT_EQ(host.files["/root/.ssh/authorized_keys"].mode, 0600);
}

struct ContainerdTest : StepTest {
  ContainerdTest() {
    host.file("/proc/self/status", "Name:\tx\nCapBnd:\t000001ffffffffff\n");
    host.program("systemctl is-active", 3, "inactive\n");
    host.program("systemctl restart containerd.service", [this](const std::string&) {
      host.file("/run/containerd/containerd.sock", "");
      host.program("systemctl is-active", 0, "active\n");
      return base::Exit{};
    });
  }
};

TEST_F(ContainerdTest, WritesStartsWaits) {
  ASSERT_TRUE(run(run_containerd, a_worker()).has_value());
  EXPECT_TRUE(host.ran("systemctl restart containerd.service"));
  host.forget();
  ASSERT_TRUE(run(run_containerd, a_worker()).has_value());
  EXPECT_FALSE(host.ran("systemctl restart"));
  EXPECT_TRUE(host.changes.empty());
}

TEST_F(ContainerdTest, WithoutTheCapabilityScoresAreLeftAlone) {
  host.file("/proc/self/status", "CapBnd:\t00000000a80425fb\n");
  ASSERT_TRUE(run(run_containerd, a_worker()).has_value());
  EXPECT_NE(host.files["/etc/containerd/config.toml"].content.find("restrict_oom_score_adj = true"),
            std::string::npos);
}

TEST_F(ContainerdTest, ARegistryThatIsNoLongerWantedGoes) {
  host.file("/etc/containerd/certs.d/old.example/hosts.toml", "x");
  auto node = a_worker();
  auto& mirror = *node.add_registries();
  mirror.set_host("docker.io");
  mirror.add_endpoints("https://mirror.example");
  ASSERT_TRUE(run(run_containerd, node).has_value());
  EXPECT_TRUE(host.exists("/etc/containerd/certs.d/docker.io/hosts.toml"));
  EXPECT_FALSE(host.exists("/etc/containerd/certs.d/old.example/hosts.toml"));
}

TEST_F(ContainerdTest, AFailureShowsItsJournal) {
  host.program("systemctl restart containerd.service", 1, "Job failed.\n");
  host.program("journalctl --unit containerd.service", 0,
               "Starting containerd...\nconfig.toml: line 3\ncontainerd.service: Main process "
               "exited\nFailed to start containerd.\n");
  EXPECT_EQ(failure(run_containerd, a_worker()),
            "containerd does not start; it said last: config.toml: line 3 (systemctl ended with 1: "
            "Job failed.)");
  EXPECT_TRUE(logged("config.toml: line 3"));
}

struct ImagesTest : StepTest {
  ImagesTest() {
    host.program("ctr --namespace k8s.io images list",
                 [this](const std::string&) { return base::Exit{0, store}; });
    host.program("ctr --namespace k8s.io images import", [this](const std::string& line) {
      if (line.ends_with("pause.tar")) store += "k8s.gcr.io/pause:3.2\n";
      if (line.ends_with("all.tar")) store += "k8s.gcr.io/kube-proxy:v1.20.2\n";
      return base::Exit{};
    });
  }
  std::string store = "k8s.gcr.io/kube-proxy:v1.20.2\n";
};

TEST_F(ImagesTest, OnlyWhatIsMissingIsImported) {
  host.file("/var/lib/slipway-images/pause.tar", "");
  host.file("/var/lib/slipway-images/kube-proxy.tar", "");
  ASSERT_TRUE(run(run_images, a_worker()).has_value());
  EXPECT_TRUE(host.ran("ctr --namespace k8s.io images import /var/lib/slipway-images/pause.tar"));
  EXPECT_FALSE(
      host.ran("ctr --namespace k8s.io images import /var/lib/slipway-images/kube-proxy.tar"));
  host.forget();
  ASSERT_TRUE(run(run_images, a_worker()).has_value());
  EXPECT_EQ(host.commands.size(), 1U);
}

TEST_F(ImagesTest, AnArchiveOfAnotherNameMayHoldIt) {
  store = "k8s.gcr.io/pause:3.2\n";
  host.file("/var/lib/slipway-images/all.tar", "");
  EXPECT_TRUE(run(run_images, a_worker()).has_value());
}

TEST_F(ImagesTest, WhatIsNowhereIsNamed) {
  const auto message = failure(run_images, a_worker());
  EXPECT_NE(message.find("holds k8s.gcr.io/pause:3.2 (archive pause.tar):"), std::string::npos)
      << message;
}

}  // namespace
}  // namespace slipway::bootstrap
