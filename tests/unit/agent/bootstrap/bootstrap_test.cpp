// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/bootstrap.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <map>

#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

using State = wire::StepReport;

/// A machine on which every step of a worker goes well.
struct BootstrapTest : testing::Test {
  BootstrapTest() {
    for (const char* path :
         {"net/ipv4/ip_forward", "net/bridge/bridge-nf-call-iptables",
          "net/bridge/bridge-nf-call-ip6tables", "vm/overcommit_memory", "kernel/panic_on_oops"})
      host.file(std::string("/proc/sys/") + path, "1\n");
    host.file("/proc/sys/vm/panic_on_oom", "0\n");
    host.file("/proc/sys/kernel/panic", "10\n");
    host.file("/proc/filesystems", "nodev\toverlay\n");
    host.file("/proc/self/mounts", "/dev/vda1 / ext4 rw 0 0\n");
    host.file("/run/containerd/containerd.sock", "");
    host.file("/etc/kubernetes/kubelet.conf", a_kubeconfig());
    host.program("ctr --namespace k8s.io images list", 0,
                 "k8s.gcr.io/kube-proxy:v1.20.2\nk8s.gcr.io/pause:3.2\n");
    host.on_call = [](const Call& call) -> base::Result<Answer> {
      if (call.method == "PATCH") return Answer{200, "{}"};
      return Answer{200, R"({"status":{"conditions":[{"type":"Ready","status":"True"}]}})"};
    };
  }

  std::unique_ptr<Bootstrap> make() {
    return std::make_unique<Bootstrap>(io.get_executor(), host, BootstrapOptions{},
                                       [this](const wire::StepReport& report) {
                                         last[report.name()] = report.state();
                                         told.push_back(report);
                                         if (on_report) on_report(report);
                                       });
  }
  /// Runs until nothing is left to do at once.
  void settle(Bootstrap& bootstrap) {
    boost::asio::cancellation_signal cancel;
    bool ended = false;
    boost::asio::co_spawn(io, bootstrap.run(),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [&](std::exception_ptr) { ended = true; }));
    io.restart();
    while (io.poll() > 0) {
    }
    cancel.emit(boost::asio::cancellation_type::all);
    io.restart();
    while (!ended && io.run_one() > 0) {
    }
  }

  boost::asio::io_context io;
  fakes::FakeHost host;
  std::map<std::string, State::State> last;
  std::vector<wire::StepReport> told;
  std::function<void(const wire::StepReport&)> on_report;
};

TEST_F(BootstrapTest, EveryStepIsToldUntilAllAreDone) {
  auto bootstrap = make();
  bootstrap->desire(a_worker());
  settle(*bootstrap);
  EXPECT_TRUE(bootstrap->bootstrapped());
  EXPECT_EQ(bootstrap->steps().size(), 11U);
  for (const auto& [name, state] : last) EXPECT_EQ(state, State::DONE) << name;
}

TEST_F(BootstrapTest, TheSameGenerationAgainDoesNothing) {
  auto bootstrap = make();
  bootstrap->desire(a_worker());
  settle(*bootstrap);
  host.forget();
  told.clear();
  bootstrap->desire(a_worker());
  EXPECT_TRUE(host.changes.empty());
}

TEST_F(BootstrapTest, ANewProcessGoesOnFromWhatWasToldLast) {
  {
    auto before = make();
    before->desire(a_worker());
    settle(*before);
  }
  EXPECT_EQ(host.files["/var/lib/slipway/desired.pb"].mode, 0600);
  told.clear();
  auto after = make();
  EXPECT_TRUE(after->bootstrapped());
  EXPECT_EQ(after->generation(), 1U);
  EXPECT_EQ(after->steps().size(), 11U);
  settle(*after);
  for (const auto& report : told) EXPECT_EQ(report.state(), State::DONE) << report.name();
}

TEST_F(BootstrapTest, AfterARebootTheStepsAreShownAnew) {
  {
    auto before = make();
    before->desire(a_worker());
    settle(*before);
  }
  host.files.erase("/run/slipway/booted");
  told.clear();
  auto after = make();
  settle(*after);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.front().state(), State::WAITING);
  EXPECT_TRUE(after->bootstrapped());
}

TEST_F(BootstrapTest, AFailedStepIsToldAndTriedAgainOnRequest) {
  host.program("systemctl restart dnsmasq.service", 1, "no\n");
  host.program("systemctl is-active dnsmasq.service", 3);
  auto bootstrap = make();
  bootstrap->desire(a_worker());
  settle(*bootstrap);
  EXPECT_EQ(last["dns"], State::FAILED);
  EXPECT_FALSE(bootstrap->bootstrapped());
  host.program("systemctl restart dnsmasq.service", 0);
  settle(*bootstrap);  // a run at once is what a retry brings
  EXPECT_EQ(last["dns"], State::DONE);
  EXPECT_TRUE(bootstrap->bootstrapped());
}

TEST_F(BootstrapTest, ARetryDoesNotWaitForTheBackOff) {
  host.program("systemctl is-active dnsmasq.service", 3);
  host.program("systemctl restart dnsmasq.service", 1, "no\n");
  auto bootstrap = make();
  on_report = [&](const wire::StepReport& report) {
    if (report.name() != "dns" || report.state() != State::FAILED) return;
    host.program("systemctl restart dnsmasq.service", 0);
    boost::asio::post(io, [&] { boost::asio::post(io, [&] { bootstrap->retry(); }); });
  };
  bootstrap->desire(a_worker());
  settle(*bootstrap);
  EXPECT_EQ(last["dns"], State::DONE);
}

TEST_F(BootstrapTest, ANewGenerationOvertakesARun) {
  auto bootstrap = make();
  bool once = false;
  on_report = [&](const wire::StepReport& report) {
    if (report.name() != "images" || report.state() != State::RUNNING || once) return;
    once = true;
    auto newer = a_worker();
    newer.set_generation(2);
    bootstrap->desire(newer);
  };
  bootstrap->desire(a_worker());
  settle(*bootstrap);
  EXPECT_TRUE(bootstrap->bootstrapped());
  for (const auto& report : bootstrap->steps()) EXPECT_EQ(report.generation(), 2U);
}

TEST_F(BootstrapTest, UnusableInstructionsAreRefusedWithTheField) {
  auto bootstrap = make();
  auto node = a_worker();
  node.set_node_name("; reboot");
  bootstrap->desire(node);
  settle(*bootstrap);
  EXPECT_EQ(bootstrap->steps().front().state(), State::FAILED);
  EXPECT_NE(bootstrap->steps().front().error().find("node_name"), std::string::npos);
  EXPECT_TRUE(host.commands.empty());
}

TEST_F(BootstrapTest, AClockThatTurnsOutWrongIsSetThen) {
  auto bootstrap = make();
  bootstrap->desire(a_worker());
  settle(*bootstrap);
  bootstrap->controller_clock(10 * 60'000);
  settle(*bootstrap);
  EXPECT_NE(std::ranges::find(host.changes, "clock"), host.changes.end());
}

TEST_F(BootstrapTest, AClockThatWasSetIsNotSetAgainByTheSameWord) {
  auto bootstrap = make();
  bootstrap->controller_clock(10 * 60'000);
  bootstrap->desire(a_worker());
  settle(*bootstrap);
  const auto right = host.clock().utc();
  auto other = a_worker();
  other.set_generation(a_worker().generation() + 1);
  bootstrap->desire(other);  // before the controller's clock is compared again
  settle(*bootstrap);
  EXPECT_EQ(std::ranges::count(host.changes, "clock"), 1);
  EXPECT_EQ(host.clock().utc(), right);
}

TEST_F(BootstrapTest, DamagedStateFilesAreForgotten) {
  host.file("/var/lib/slipway/steps.pb", "{\"steps\": [");
  host.file("/var/lib/slipway/desired.pb", "\xFF\xFF");
  auto bootstrap = make();
  EXPECT_FALSE(bootstrap->bootstrapped());
  EXPECT_EQ(bootstrap->generation(), 0U);
}

}  // namespace
}  // namespace slipway::bootstrap
