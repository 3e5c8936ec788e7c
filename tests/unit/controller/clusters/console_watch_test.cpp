// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/console_watch.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "protocol/wire/console.hpp"
#include "protocol/wire/text.hpp"
#include "tests/fakes/fake_cloud.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/quiet_agents.hpp"

namespace slipway::clusters {
namespace {

class ConsoleWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    ClusterRow cluster;
    cluster.id = ClusterId{"c"};
    cluster.spec.name = "demo";
    rows_.insert(cluster);
  }
  MachineId add(unsigned ordinal) {
    MachineRow machine{MachineId{"m" + std::to_string(ordinal)}, ClusterId{"c"}};
    machine.name = "demo-worker-" + std::to_string(ordinal);
    machine.ordinal = ordinal;
    const ResourceId resource{"r" + std::to_string(ordinal)};
    rows_.insert(machine);
    rows_.set_resource(machine.id, resource);
    rows_.set_cloud(machine.id, {true, cloud::MachineState::kRunning, "", clock_.utc()},
                    "10.0.0.1");
    cloud::MachineSpec spec;
    spec.id = resource;
    spec.name = machine.name;
    run([](fakes::FakeCloud& cloud, cloud::MachineSpec wanted) -> base::Task<> {
      (void)co_await cloud.ensure_machine(std::move(wanted));
    }(cloud_, spec));
    return machine.id;
  }
  void run(base::Task<> task) {
    bool ended = false;
    boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
      ended = true;
      io_.stop();
    });
    io_.restart();
    io_.run_for(std::chrono::seconds{60});
    ASSERT_TRUE(ended);
  }
  void look() { run(watch_.look()); }

  boost::asio::io_context io_;
  fakes::ManualClock clock_;
  std::unique_ptr<store::Database> database_ = store::Database::in_memory();
  Rows rows_{*database_};
  fakes::FakeCloud cloud_{io_.get_executor()};
  fakes::QuietAgents agents_;
  NodeWords words_;
  Changes changes_{io_.get_executor()};
  Operations operations_{io_.get_executor(), *database_, clock_, changes_, 7};
  ConsoleWatch watch_{*database_, cloud_, agents_, words_, operations_, changes_, clock_};
};

TEST_F(ConsoleWatchTest, SaysWhatTheAgentSays) {
  cloud_.console_text = wire::console_line({wire::kPinMismatch, "another CA"});
  const auto machine = add(1);
  look();
  EXPECT_EQ(cloud_.count("console"), 0U) << "most machines link at once and are never read";
  look();
  const auto steps = words_.steps(machine, false, {});
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].name, "enrol");
  EXPECT_EQ(steps[0].state, "failed");
  EXPECT_EQ(steps[0].error, "pin-mismatch: another CA");
  EXPECT_NE(steps[0].log_tail.find("has booted"), std::string::npos);
  EXPECT_EQ(words_.steps(machine, true, {})[0].name, "link");
}

TEST_F(ConsoleWatchTest, ASilentConsoleIsWaitedOn) {
  const auto machine = add(1);
  look();
  look();
  const auto steps = words_.steps(machine, false, {});
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].state, "running");
  EXPECT_EQ(steps[0].error, "");
  EXPECT_NE(steps[0].waiting_for, "");
}

TEST_F(ConsoleWatchTest, WhatTheControllerKnowsItselfCountsMore) {
  cloud_.console_text = wire::console_line({wire::kDenied, "another key showed this token first"});
  agents_.suspected = "token-used-by-another-key: by 10.0.0.9";
  const auto machine = add(1);
  look();
  look();
  EXPECT_EQ(words_.steps(machine, false, {})[0].error, *agents_.suspected);
}

TEST_F(ConsoleWatchTest, ALinkEndsIt) {
  cloud_.console_text = wire::console_line({wire::kRefused, "nobody listens"});
  const auto machine = add(1);
  look();
  look();
  ASSERT_NE(words_.obstacle(machine), nullptr);
  agents_.linked.insert(machine);
  look();
  EXPECT_EQ(words_.obstacle(machine), nullptr);
  EXPECT_EQ(cloud_.count("console"), 1U);
}

TEST_F(ConsoleWatchTest, BootstrappedAndStoppedMachinesAreNotLookedAt) {
  rows_.set_bootstrapped(add(1));
  const auto stopped = add(2);
  rows_.set_cloud(stopped, {true, cloud::MachineState::kStopped, "", clock_.utc()}, "");
  look();
  look();
  EXPECT_EQ(cloud_.count("console"), 0U);
}

TEST_F(ConsoleWatchTest, ACloudThatShowsNoConsoleIsSaid) {
  const auto machine = add(1);
  cloud_.fail("console", {base::ErrorCode::kUnavailable, "not implemented", {}}, 10);
  look();
  look();
  EXPECT_EQ(words_.steps(machine, false, {})[0].log_tail,
            "the cloud shows no console: not implemented\n");
}

TEST_F(ConsoleWatchTest, ARoundIsBoundedAndTheNextGoesOn) {
  for (unsigned i = 0; i < 2 * kConsolesARound; ++i) add(i);
  look();
  look();
  EXPECT_EQ(cloud_.count("console"), kConsolesARound);
  look();
  EXPECT_EQ(cloud_.count("console"), 2 * kConsolesARound);
  std::set<ResourceId> asked;
  for (const auto& call : cloud_.calls()) {
    if (call.name == "console") asked.insert(call.id);
  }
  EXPECT_EQ(asked.size(), 2 * kConsolesARound);
}

TEST_F(ConsoleWatchTest, OutlivesADatabaseThatFailsForAMoment) {
  base::TaskScope tasks{io_.get_executor()};
  database_->prepare("ALTER TABLE machines RENAME TO away").run();
  tasks.spawn("consoles", watch_.run());
  run([](base::TaskScope& scope) -> base::Task<> {
    for (int i = 0; i < 100; ++i) co_await boost::asio::post(boost::asio::use_awaitable);
    EXPECT_EQ(scope.running(), 1u) << "it looks again";
    co_await scope.join();
  }(tasks));
}

TEST(ConsoleText, HostileTextComesOutCleanAndBounded) {
  std::string hostile(1 << 20, '\xE4');
  hostile += "\x1b[2J\x01\n" + wire::console_line({wire::kDenied, std::string(9000, 'x')});
  const auto obstacle = read_console_words(hostile);
  EXPECT_LE(obstacle.log_tail.size(), kMaxConsoleTail);
  EXPECT_LE(obstacle.error.size(), wire::kConsoleMessageBytes + wire::kConsoleReasonBytes + 2);
  EXPECT_EQ(wire::clean_text(obstacle.log_tail), obstacle.log_tail);
  for (const char c : obstacle.log_tail) {
    EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
  }
}

TEST(NodeWordsTest, ARunningStepShowsWhatItWaitsFor) {
  NodeWords words;
  const MachineId machine{"m"};
  wire::StepReport report;
  report.set_name("etcd");
  report.set_log_tail("a line\n");
  report.set_waiting_for("etcd to be healthy: refused" + std::string(1 << 20, 'x'));
  words.running(machine, report);
  auto steps = words.steps(machine, true, {{"disks", "done"}, {"etcd", "running"}});
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].waiting_for, "");
  EXPECT_EQ(steps[1].log_tail, "a line\n");
  EXPECT_EQ(steps[1].waiting_for.size(), kMaxWaitsFor);
  EXPECT_TRUE(trouble_of(steps).starts_with("step etcd waits for etcd to be healthy: refused"));
  words.ended(machine, "etcd");
  EXPECT_EQ(words.steps(machine, true, {{"etcd", "running"}})[0].waiting_for, "");
}

TEST(NodeWordsTest, AFailureIsMoreThanAWait) {
  NodeStep failed{"disks", "failed"};
  failed.error = "no such device";
  NodeStep waits{"etcd", "running"};
  waits.waiting_for = "disks";
  EXPECT_EQ(trouble_of({waits, failed}), "step disks failed: no such device");
  EXPECT_EQ(trouble_of({}), "");
}

TEST(NodeWordsTest, AnAgentCannotFillTheMemory) {
  NodeWords words;
  const MachineId machine{"m"};
  std::vector<NodeStep> stored;
  for (std::size_t i = 0; i < 2 * kMaxNodeSteps; ++i) {
    wire::StepReport report;
    report.set_name("s" + std::to_string(i));
    report.set_waiting_for("x");
    words.running(machine, report);
    stored.push_back({report.name(), "running"});
  }
  std::size_t kept = 0;
  for (const auto& step : words.steps(machine, true, stored)) kept += !step.waiting_for.empty();
  EXPECT_EQ(kept, kMaxNodeSteps);
}

}  // namespace
}  // namespace slipway::clusters
