// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <cstdlib>
#include <random>

#include "agent/bootstrap/bootstrap.hpp"
#include "protocol/base/log.hpp"
#include "tests/simulation/bootstrap/machine.hpp"
#include "tests/simulation/seeds.hpp"
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::simulation {
namespace {

using bootstrap::Bootstrap;
using Report = wire::StepReport;

constexpr unsigned kMostAttempts = 40;  // of a bootstrap that keeps failing
constexpr std::chrono::hours kMostTime{2};
constexpr unsigned kRuns = 60;  // with several deaths each
/// Each so many-th moment, from one drawn by chance; all of them take minutes under a sanitizer.
constexpr std::uint64_t kStride = 5;

wire::DesiredNode wanted(wire::Role role) {
  auto node = role == wire::MASTER ? bootstrap::a_master() : bootstrap::a_worker();
  const auto give = [&node](const char* purpose, const char* device) {
    auto& disk = *node.add_disks();
    disk.set_purpose(purpose);
    disk.set_device(device);
  };
  give("containerd", "/dev/vdb");
  if (role == wire::MASTER) give("etcd", "/dev/vdc");
  return node;
}

/// One process of the agent, from its start until it is killed or has nothing left to do.
class Life {
 public:
  Life(Machine& machine, const wire::DesiredNode& desired)
      : machine_(machine),
        bootstrap_(io_.get_executor(), machine, {}, [this](const Report& report) {
          if (!machine_.agent_dead()) told_.push_back(report);
        }) {
    boost::asio::co_spawn(io_, bootstrap_.run(),
                          boost::asio::bind_cancellation_slot(
                              cancel_.slot(), [this](std::exception_ptr) { ended_ = true; }));
    bootstrap_.desire(desired);  // as the controller tells on every link, whole
  }
  ~Life() {
    cancel_.emit(boost::asio::cancellation_type::all);
    io_.restart();
    while (!ended_ && io_.run_one() > 0) {
    }
  }

  /// Until the agent is dead or has nothing left to do.
  void live() {
    const auto began = machine_.time.monotonic();
    for (unsigned attempts = 0; attempts < kMostAttempts;) {
      io_.restart();
      if (machine_.agent_dead()) return;
      if (io_.poll_one() > 0 || machine_.wake_next()) continue;
      if (machine_.agent_dead() || finished()) return;
      if (machine_.time.monotonic() - began > kMostTime) return;
      ++attempts;  // it pauses after a failure
      machine_.time.advance(std::chrono::seconds(1));
      bootstrap_.retry();
    }
  }
  bool finished() const {
    return bootstrap_.bootstrapped() &&
           std::ranges::all_of(bootstrap_.steps(),
                               [](const auto& step) { return step.state() == Report::DONE; });
  }
  const std::vector<Report>& told() const { return told_; }

 private:
  Machine& machine_;
  boost::asio::io_context io_;
  boost::asio::cancellation_signal cancel_;
  bool ended_ = false;
  std::vector<Report> told_;
  Bootstrap bootstrap_;
};

/// A machine from its first boot until its node is one, whoever dies on the way.
class Story {
 public:
  Story(wire::Role role, std::vector<Fate::Death> deaths)
      : desired_(wanted(role)),
        fate_(std::move(deaths)),
        machine_(fate_, cluster_, role == wire::MASTER) {}

  void tell() {
    while (!live_once()) machine_.start_again();
    for (const auto& [name, report] : last_)
      EXPECT_EQ(report.state(), Report::DONE) << name << ": " << report.error();
    EXPECT_THAT(machine_.software().wrong(), testing::IsEmpty());
    fate_.rest();
    machine_.time.advance(std::chrono::seconds(10));  // what systemd starts anew is there by then
    machine_.software().settle();
    // Who dies for good when its step is done is not missed before the agent looks again.
    if (!machine_.software().given_up().empty()) live_once();
    expect_everything();
    expect_nothing_left_to_do();
  }
  const Fate& fate() const { return fate_; }

 private:
  /// One life of the agent; false: it was killed.
  bool live_once() {
    Life life(machine_, desired_);
    life.live();
    for (const auto& report : life.told()) last_[report.name()] = report;
    if (machine_.agent_dead()) return false;
    EXPECT_TRUE(life.finished()) << "the node did not come";
    return true;
  }
  void expect_everything() {
    for (const char* unit : {"containerd.service", "kubelet.service", "dnsmasq.service"})
      EXPECT_TRUE(machine_.software().active(unit)) << unit;
    EXPECT_TRUE(cluster_.has_node());
    if (desired_.role() == wire::WORKER) {
      EXPECT_EQ(cluster_.joins, 1U);
      return;
    }
    EXPECT_TRUE(machine_.software().active("etcd.service"));
    for (const char* phase : {"bootstrap-token", "upload-config", "mark-control-plane", "addon"})
      EXPECT_TRUE(cluster_.done.contains(phase)) << phase;
  }
  /// Who is asked again has nothing to do, and undoes nothing.
  void expect_nothing_left_to_do() {
    machine_.forget();
    Life again(machine_, desired_);
    again.live();
    for (const auto& change : machine_.changes)
      EXPECT_TRUE(change.starts_with("write /var/lib/slipway/") ||
                  change == "write /run/slipway/booted")
          << change;
    for (const auto& report : again.told())
      EXPECT_EQ(report.state(), Report::DONE) << report.name() << " was undone";
  }

  wire::DesiredNode desired_;
  Fate fate_;
  Cluster cluster_;
  Machine machine_;
  std::map<std::string, Report> last_;
};

std::uint64_t moments_of(wire::Role role) {
  spdlog::set_level(spdlog::level::off);
  Story story(role, {});
  story.tell();
  return story.fate().passed();
}

struct Case {
  wire::Role role;
  Victim victim;
};

class Kills : public testing::TestWithParam<Case> {};

TEST_P(Kills, EveryMomentEndsInANode) {
  const auto [role, victim] = GetParam();
  const auto moments = moments_of(role);
  ASSERT_GT(moments, 50U);
  const auto stride = std::getenv("SLIPWAY_FULL") ? 1 : kStride;
  const auto seed = std::getenv("SLIPWAY_SEED") ? seeds(1).front() : std::random_device{}();
  std::printf("SLIPWAY_SEED=%llu\n", static_cast<unsigned long long>(seed));
  for (auto at = 1 + seed % stride; at <= moments && !HasFailure(); at += stride) {
    Story story(role, {{victim, at}});
    story.tell();
    EXPECT_FALSE(HasFailure()) << story.fate().story();
  }
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto role : {wire::MASTER, wire::WORKER})
    for (const auto victim :
         {Victim::kAgent, Victim::kMachine, Victim::kContainerd, Victim::kContainerdForGood,
          Victim::kEtcd, Victim::kEtcdForGood, Victim::kKubelet, Victim::kKubeletForGood}) {
      const bool etcd = victim == Victim::kEtcd || victim == Victim::kEtcdForGood;
      if (role == wire::MASTER || !etcd) all.push_back({role, victim});
    }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Of, Kills, testing::ValuesIn(cases()), [](const auto& info) {
  std::string name = info.param.role == wire::MASTER ? "Master " : "Worker ";
  name += name_of(info.param.victim);
  std::string camel;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (name[i] != ' ')
      camel += i > 0 && name[i - 1] == ' ' ? static_cast<char>(std::toupper(name[i])) : name[i];
  return camel;
});

TEST(SeveralDeaths, AtRandomMomentsEndInANode) {
  spdlog::set_level(spdlog::level::off);
  for (const auto seed : seeds(kRuns)) {
    if (HasFailure()) return;
    std::mt19937_64 chance(seed);
    const auto draw = [&](std::uint64_t count) { return chance() % count; };
    const auto role = draw(2) == 0 ? wire::MASTER : wire::WORKER;
    std::vector<Fate::Death> deaths;
    for (std::uint64_t left = 2 + draw(5); left > 0; --left)
      deaths.push_back({static_cast<Victim>(1 + draw(8)), 1 + draw(600)});
    Story story(role, deaths);
    story.tell();
    EXPECT_FALSE(HasFailure()) << "SLIPWAY_SEED=" << seed << ": " << story.fate().story();
  }
}

}  // namespace
}  // namespace slipway::simulation
