// SPDX-License-Identifier: Apache-2.0
// The conformance suite and more against real machines. Needs root and a node image:
// SLIPWAY_IMAGE=/path ctest -L system -R system_local_cloud
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <random>

#include "controller/cloud/local/local_cloud.hpp"
#include "controller/cloud/local/loop_device.hpp"
#include "controller/cloud/local/mounts.hpp"
#include "controller/cloud/local/router.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/process.hpp"
#include "tests/unit/controller/cloud/conformance.hpp"

namespace slipway::cloud {
namespace {
namespace fs = std::filesystem;
using local::LocalCloud;

const std::string kInstallation = "5e57ed";

fs::path image() {
  const char* path = std::getenv("SLIPWAY_IMAGE");
  return path == nullptr ? "/var/cache/slipway/image/current" : path;
}
fs::path directory() {
  const char* path = std::getenv("SLIPWAY_TEST_STATE");
  return path == nullptr ? "/var/lib/slipway-test-cloud/cloud" : path;
}
bool can_run() {
  return geteuid() == 0 && fs::exists(image() / "manifest.yaml");
}

boost::asio::thread_pool& pool() {
  static boost::asio::thread_pool threads(2);
  return threads;
}

std::unique_ptr<Cloud> make(boost::asio::io_context& io) {
  if (!can_run()) return nullptr;
  return std::make_unique<LocalCloud>(
      io.get_executor(), pool(),
      local::LocalCloudOptions{directory(), kInstallation, image(), "auto"});
}

void clean_up() {
  boost::asio::io_context io;
  auto done = boost::asio::co_spawn(io, LocalCloud::purge(pool(), directory(), kInstallation),
                                    boost::asio::use_future);
  io.run();
  auto purged = done.get();
  EXPECT_TRUE(purged) << purged.error().message;
  EXPECT_TRUE(local::mounts_below(directory()).empty());
  EXPECT_TRUE(local::loops_below(directory()).empty());
  EXPECT_FALSE(fs::exists(directory()));
  std::error_code kept_by_others;
  fs::remove(directory().parent_path(), kept_by_others);
  for (const auto& entry : fs::directory_iterator("/run/netns")) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("slw-" + kInstallation));
  }
  for (const auto& entry : fs::directory_iterator("/sys/fs/cgroup")) {
    EXPECT_FALSE(fs::exists(entry.path() / ("slipway-" + kInstallation))) << entry.path();
  }
}

INSTANTIATE_TEST_SUITE_P(Local, CloudConformance,
                         testing::Values(CloudUnderTest{"local", make, clean_up}));

/// What is special to machines on this host.
class LocalCloudTest : public CloudConformance {
 protected:
  /// Runs a command in a machine; its output.
  std::string in_machine(const std::string& id, std::vector<std::string> argv) {
    auto command = local::exec_in_machine(directory(), kInstallation, id, std::move(argv), false);
    if (!command) return command.error().message;
    auto output = run(base::run({.argv = *command}));
    return output ? output->output : output.error().message;
  }
  /// Until systemd in the machine has come up.
  void booted(const std::string& id) {
    const char* wait =
        "for n in $(seq 200); do systemctl -q is-active multi-user.target 2>/dev/null && exit; "
        "sleep 0.1; "
        "done; "
        "echo not up";
    ASSERT_EQ(in_machine(id, {"/bin/sh", "-c", wait}), "") << console(id);
  }
  std::string console(const std::string& id) {
    auto text = run(cloud_->console({id}, 50));
    return text ? *text : text.error().message;
  }
  void restart_controller() {
    run(cloud_->stop());
    cloud_.reset();
    cloud_ = GetParam().make(io_);
    auto started = run(cloud_->start());
    ASSERT_TRUE(started) << started.error().message;
  }
};
INSTANTIATE_TEST_SUITE_P(Local, LocalCloudTest,
                         testing::Values(CloudUnderTest{"local", make, clean_up}));

TEST_P(LocalCloudTest, BootsSystemdWithItsOwnNameDisksAndSeed) {
  Machine machine = running("m1");
  booted("m1");
  EXPECT_EQ(in_machine("m1", {"hostname"}), "node-m1\n");
  EXPECT_EQ(in_machine("m1", {"cat", "/var/lib/cloud/seed/nocloud/user-data"}), "#cloud-config\n");
  EXPECT_EQ(in_machine("m1", {"stat", "-c", "%a", "/var/lib/cloud/seed/nocloud/user-data"}),
            "600\n");
  EXPECT_THAT(in_machine("m1", {"ip", "-4", "addr", "show", "eth0"}),
              testing::HasSubstr(machine.address + "/"));
  EXPECT_THAT(in_machine("m1", {"lsblk", "-nbo", "SIZE", "/dev/vdc"}),
              testing::HasSubstr(std::to_string(512ull << 20)));
  EXPECT_EQ(in_machine("m1", {"stat", "-f", "-c", "%T", "/var/lib/kubelet"}), "xfs\n");
  EXPECT_THAT(in_machine("m1", {"grep", "MemTotal", "/proc/meminfo"}),
              testing::HasSubstr(std::to_string(2 << 20)));
  // A blank disk can be formatted and mounted, and grown while mounted.
  EXPECT_EQ(in_machine("m1", {"/bin/sh", "-c",
                              "mkfs.xfs -q /dev/vdc && mkdir -p /var/lib/etcd && "
                              "mount /dev/vdc /var/lib/etcd && echo x >/var/lib/etcd/y && "
                              "cat /var/lib/etcd/y"}),
            "x\n");
  EXPECT_THAT(console("m1"), testing::HasSubstr("Multi-User"));
}

TEST_P(LocalCloudTest, NothingStaysOfAMachineInWhichSomebodyIsFrozen) {
  running("m1");
  booted("m1");
  const std::string freezer = "/sys/fs/cgroup/freezer";
  if (!fs::exists(freezer)) GTEST_SKIP() << "with cgroup v2 the frozen die, too";
  // As runc leaves a container that it changes while it is killed itself. Who is frozen must have
  // let go of the output first.
  const std::string freeze = "d=" + freezer + R"sh(/left-frozen && mkdir $d
    sleep 1000 >/dev/null 2>&1 &
    until [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.01; done
    echo $! >$d/cgroup.procs && echo FROZEN >$d/freezer.state
    until grep FROZEN $d/freezer.state; do :; done)sh";
  EXPECT_EQ(in_machine("m1", {"/bin/sh", "-c", freeze}), "FROZEN\n");
  ASSERT_TRUE(run(cloud_->delete_machine({"m1"})));
  EXPECT_TRUE(local::loops_below(directory()).empty());
  const auto cgroup = fs::path(freezer) / ("slipway-" + kInstallation) / "m1";
  EXPECT_FALSE(fs::exists(cgroup)) << cgroup;
}

TEST_P(LocalCloudTest, ContainerdDiskIsAGrowableCloneOfTheStore) {
  if (!fs::exists(image() / "store.img")) GTEST_SKIP() << "image without store";
  running("m1");
  running("m2");
  booted("m1");
  std::string mount =
      "mkdir -p /var/lib/containerd && mount /dev/vdb /var/lib/containerd && "
      "xfs_growfs /var/lib/containerd >/dev/null && stat -f -c %T /var/lib/containerd && "
      "ls /var/lib/containerd | wc -l";
  EXPECT_THAT(in_machine("m1", {"/bin/sh", "-c", mount}), testing::StartsWith("xfs\n"));
  EXPECT_THAT(in_machine("m2", {"/bin/sh", "-c", mount}), testing::StartsWith("xfs\n"));
}

TEST_P(LocalCloudTest, MachinesReachEachOtherAndTheGateway) {
  running("m1");
  Machine second = running("m2");
  booted("m1");
  EXPECT_THAT(in_machine("m1", {"ping", "-c1", "-W3", second.address}),
              testing::HasSubstr("1 received"));
  auto& local = dynamic_cast<LocalCloud&>(*cloud_);
  auto fd = local.listen(7443);
  ASSERT_TRUE(fd) << fd.error().message;
  std::string gateway = network_.gateway;
  EXPECT_EQ(local.agent_endpoint(), gateway + ":7443");
  EXPECT_EQ(in_machine("m1", {"bash", "-c", "exec 3<>/dev/tcp/" + gateway + "/7443"}), "");
  sockaddr_in from{};
  socklen_t size = sizeof from;
  int accepted = accept4(*fd, reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC);
  EXPECT_GE(accepted, 0);
  EXPECT_EQ(std::string(inet_ntoa(from.sin_addr)), run(cloud_->machine({"m1"}))->address);
  close(accepted);
  close(*fd);
}

TEST_P(LocalCloudTest, TheGatewayKeepsItsHardwareAddress) {
  running("m1");
  auto bridge = [&] {
    auto shown = run(base::run({.argv = {"ip", "-netns", "slw-" + kInstallation + "-router", "-o",
                                         "link", "show", "br0"}}));
    return shown ? shown->output.substr(shown->output.find("link/ether")) : shown.error().message;
  };
  const std::string before = bridge();
  EXPECT_THAT(before, testing::HasSubstr(local::hardware_address(network_.gateway)));
  ASSERT_TRUE(run(cloud_->stop_machine({"m1"})));
  EXPECT_EQ(bridge(), before);
  ASSERT_TRUE(run(cloud_->start_machine({"m1"})));
  EXPECT_EQ(bridge(), before);
}

/// HAProxy's own word for whom it balances.
std::string served_by(const std::string& load_balancer) {
  const auto path = directory() / "load-balancers" / load_balancer / "haproxy.sock";
  boost::asio::local::stream_protocol::iostream socket;
  socket.connect(boost::asio::local::stream_protocol::endpoint(path.string()));
  socket << "show servers state well" << std::endl;
  return {std::istreambuf_iterator<char>(socket), {}};
}

TEST_P(LocalCloudTest, ALoadBalancerServesItsNewestMembersHoweverFastTheyChange) {
  LoadBalancerSpec wanted{{"lb1"}, "api", network_.cloud_id, 6443, "/readyz", {}};
  ASSERT_TRUE(run(cloud_->ensure_load_balancer(wanted)));
  for (int n = 20; n < 28; ++n) {
    const std::string member = "10.210.0." + std::to_string(n);
    wanted.members = {member};
    auto taken = run(cloud_->ensure_load_balancer(wanted));
    ASSERT_TRUE(taken) << taken.error().message;
    EXPECT_THAT(served_by("lb1"), testing::HasSubstr(" " + member + " "));
  }
  auto deleted = run(cloud_->delete_load_balancer({"lb1"}));
  EXPECT_TRUE(deleted) << deleted.error().message;
}

TEST_P(LocalCloudTest, SurvivesTheController) {
  Machine before = running("m1");
  booted("m1");
  in_machine("m1", {"touch", "/run/still-here"});
  auto address = run(cloud_->publish({"m1"}, 6443));
  restart_controller();
  auto after = run(cloud_->machine({"m1"}));
  EXPECT_EQ(after->state, MachineState::kRunning);
  EXPECT_EQ(after->address, before.address);
  EXPECT_EQ(in_machine("m1", {"ls", "/run/still-here"}), "/run/still-here\n");
  EXPECT_EQ(*run(cloud_->publish({"m1"}, 6443)), *address);
}

TEST_P(LocalCloudTest, HostRebootStartsWhatRan) {
  running("m1");
  running("m2");
  ASSERT_TRUE(run(cloud_->stop_machine({"m2"})));
  run(cloud_->stop());
  cloud_.reset();
  // As after a power cut: nothing runs, and the records speak of another boot.
  run(base::run({.argv = {"runc", "--root", directory() / "runc", "delete", "-f",
                          "slw-" + kInstallation + "-m1"}}));
  auto record = base::read_file(directory() / "machines/m1/machine.json");
  auto at = record->find("\"ranIn\":\"") + 9;
  record->replace(at, 8, "another0");
  ASSERT_TRUE(base::write_file(directory() / "machines/m1/machine.json", *record, 0600));
  cloud_ = GetParam().make(io_);
  ASSERT_TRUE(run(cloud_->start()));
  ASSERT_TRUE(run(cloud_->start_machine({"m1"})));  // waits for its turn behind the recovery
  EXPECT_EQ(run(cloud_->machine({"m1"}))->state, MachineState::kRunning);
  EXPECT_EQ(run(cloud_->machine({"m2"}))->state, MachineState::kStopped);
}

TEST_P(LocalCloudTest, PowerOffFromInsideIsSeenAndRebootComesBack) {
  running("m1");
  booted("m1");
  in_machine("m1", {"systemctl", "poweroff"});
  auto state = [&] { return run(cloud_->machine({"m1"}))->state; };
  auto until = [&](MachineState wanted) {
    for (int n = 0; n < 300 && state() != wanted; ++n) io_.run_for(std::chrono::milliseconds(100));
    return state();
  };
  EXPECT_EQ(until(MachineState::kStopped), MachineState::kStopped);
  ASSERT_TRUE(run(cloud_->start_machine({"m1"})));
  booted("m1");
  in_machine("m1", {"touch", "/run/before"});
  in_machine("m1", {"systemctl", "reboot"});
  for (int n = 0; n < 300 && state() == MachineState::kRunning; ++n) {
    io_.restart();
    io_.run_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(until(MachineState::kRunning), MachineState::kRunning);
  EXPECT_THAT(in_machine("m1", {"ls", "/run/before"}), testing::HasSubstr("No such file"));
}

TEST_P(LocalCloudTest, HalfMadeMachineIsReportedAndFinishedOnRequest) {
  running("m1");
  run(cloud_->stop());
  cloud_.reset();
  auto file = directory() / "machines/m1/machine.json";
  auto record = base::read_file(file);
  auto at = record->find("\"phase\":\"made\"");
  ASSERT_NE(at, std::string::npos);
  record->replace(at, 14, "\"phase\":\"making\"");
  ASSERT_TRUE(base::write_file(file, *record, 0600));
  cloud_ = GetParam().make(io_);
  ASSERT_TRUE(run(cloud_->start()));
  EXPECT_EQ(run(cloud_->machine({"m1"}))->state, MachineState::kBuilding);
  EXPECT_FALSE(run(cloud_->tagged())->empty());
  MachineSpec again = spec("m1");
  again.user_data = "#cloud-config\n# second\n";
  ASSERT_TRUE(run(cloud_->ensure_machine(again)));
  EXPECT_EQ(in_machine("m1", {"cat", "/var/lib/cloud/seed/nocloud/user-data"}), again.user_data);
}

TEST_P(LocalCloudTest, PublishedPortLeadsIntoTheMachine) {
  running("m1");
  booted("m1");
  auto address = run(cloud_->publish({"m1"}, 22));
  ASSERT_TRUE(address) << address.error().message;
  auto port = static_cast<unsigned short>(std::stoi(address->substr(address->find(':') + 1)));
  auto banner = [&]() -> base::Task<std::string> {
    namespace asio = boost::asio;
    asio::ip::tcp::socket socket(io_);
    co_await socket.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
    std::string line;
    boost::system::error_code error;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(line), '\n',
                                    asio::redirect_error(asio::use_awaitable, error));
    co_return line;
  };
  if (in_machine("m1", {"systemctl", "is-active", "ssh"}) != "active\n") GTEST_SKIP() << "no sshd";
  EXPECT_THAT(run(banner()), testing::StartsWith("SSH-2.0-"));
}

// A controller that is killed again and again while it makes, reboots and deletes machines. What
// it leaves, the next one finishes; in the end nothing is left behind.
TEST_P(LocalCloudTest, KilledAtAnyMomentLeavesNothingThatCannotBeFinished) {
  run(cloud_->stop());
  cloud_.reset();
  std::mt19937 random(std::random_device{}());
  for (int round = 0; round < 12; ++round) {
    std::chrono::milliseconds life(200 + random() % 2500);
    auto killed = run(base::run({.argv = {"/proc/self/exe", "--gtest_also_run_disabled_tests",
                                          "--gtest_filter=LocalCloudVictim.DISABLED_Works"},
                                 .timeout = life}));
    cloud_ = GetParam().make(io_);
    auto started = run(cloud_->start());
    ASSERT_TRUE(started) << "after " << life.count() << " ms: " << started.error().message;
    for (const char* id : {"m1", "m2"}) {
      auto machine = run(cloud_->ensure_machine(spec(id)));
      ASSERT_TRUE(machine) << "after " << life.count() << " ms: " << machine.error().message;
      if (machine->state != MachineState::kRunning) {
        ASSERT_TRUE(run(cloud_->start_machine({id})));
      }
      EXPECT_EQ(in_machine(id, {"hostname"}), std::string("node-") + id + "\n");
    }
    if (round % 3 == 0) EXPECT_TRUE(run(cloud_->delete_machine({"m1"})));
    run(cloud_->stop());
    cloud_.reset();
  }
  cloud_ = GetParam().make(io_);
  ASSERT_TRUE(run(cloud_->start()));
}

TEST_P(LocalCloudTest, SecondControllerIsRefused) {
  auto second = GetParam().make(io_);
  EXPECT_EQ(run(second->start()).error().code, base::ErrorCode::kConflict);
}

/// The one that is killed.
TEST(LocalCloudVictim, DISABLED_Works) {
  boost::asio::io_context io;
  auto cloud = make(io);
  auto spec = [](std::string id) {
    MachineSpec wanted{.id = {id}, .name = "node-" + id, .flavor = "local.small"};
    wanted.user_data = "#cloud-config\n";
    wanted.volumes = {{{id + "-c"}, "containers", {}, 1ull << 30, "containerd"}};
    return wanted;
  };
  auto work = [&]() -> base::Task<> {
    (void)co_await cloud->start();
    while (true) {
      (void)co_await cloud->ensure_machine(spec("m1"));
      (void)co_await cloud->ensure_machine(spec("m2"));
      (void)co_await cloud->publish({"m2"}, 22);
      (void)co_await cloud->reboot({"m2"}, true);
      (void)co_await cloud->delete_machine({"m1"});
    }
  };
  boost::asio::co_spawn(io, work(), [](std::exception_ptr) {});
  io.run();
}

}  // namespace
}  // namespace slipway::cloud
