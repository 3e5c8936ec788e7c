// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_cloud.hpp"

#include "tests/unit/controller/cloud/conformance.hpp"

namespace slipway::cloud {
namespace {

INSTANTIATE_TEST_SUITE_P(Fake, CloudConformance,
                         testing::Values(CloudUnderTest{
                             "fake", [](boost::asio::io_context& io) -> std::unique_ptr<Cloud> {
                               return std::make_unique<fakes::FakeCloud>(io.get_executor());
                             }}));

class FakeCloudTest : public testing::Test {
 protected:
  template <class T>
  T run(base::Task<T> task) {
    auto done = boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future);
    io_.restart();
    io_.run();
    return done.get();
  }
  boost::asio::io_context io_;
  fakes::FakeCloud cloud_{io_.get_executor()};
  const base::Error kDown{base::ErrorCode::kUnavailable, "down", {}};
};

TEST_F(FakeCloudTest, FailsAsOftenAsToldAndRecordsAllCalls) {
  cloud_.fail("ensure_machine", kDown, 2);
  EXPECT_FALSE(run(cloud_.ensure_machine({.id = {"a"}})));
  EXPECT_FALSE(run(cloud_.ensure_machine({.id = {"a"}})));
  EXPECT_EQ(cloud_.machine_count(), 0u);
  EXPECT_TRUE(run(cloud_.ensure_machine({.id = {"a"}})));
  EXPECT_EQ(cloud_.count("ensure_machine"), 3u);
}

TEST_F(FakeCloudTest, LosesTheAnswerOfWhatWasDone) {
  cloud_.fail("ensure_machine", kDown, 1, fakes::FakeCloud::When::kAfter);
  EXPECT_FALSE(run(cloud_.ensure_machine({.id = {"a"}})));
  EXPECT_EQ(run(cloud_.tagged())->size(), 1u);
}

TEST_F(FakeCloudTest, BootsAfterAsManyLooksAsTold) {
  cloud_.boot_polls(2);
  unsigned boots = 0;
  cloud_.on_running = [&](const MachineSpec&, const Machine&) { ++boots; };
  EXPECT_EQ(run(cloud_.ensure_machine({.id = {"a"}}))->state, MachineState::kBuilding);
  EXPECT_EQ(run(cloud_.machine({"a"}))->state, MachineState::kBuilding);
  EXPECT_EQ(boots, 0u);
  EXPECT_EQ(run(cloud_.machine({"a"}))->state, MachineState::kRunning);
  EXPECT_EQ(boots, 1u);
}

TEST_F(FakeCloudTest, HoldsACallUntilItIsReleased) {
  cloud_.hold("machines");
  auto done = boost::asio::co_spawn(io_, cloud_.machines(), boost::asio::use_future);
  io_.poll();
  EXPECT_EQ(done.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  cloud_.release("machines");
  io_.restart();
  io_.run();
  EXPECT_TRUE(done.get());
}

TEST_F(FakeCloudTest, LosesAndStopsMachines) {
  std::vector<std::string> stopped;
  cloud_.on_stopped = [&](const base::ResourceId& id) { stopped.push_back(id.value); };
  run(cloud_.ensure_machine({.id = {"a"}}));
  run(cloud_.ensure_machine({.id = {"b"}}));
  cloud_.power_off({"a"});
  cloud_.lose({"b"});
  EXPECT_EQ(run(cloud_.machine({"a"}))->state, MachineState::kStopped);
  EXPECT_EQ(run(cloud_.machine({"b"}))->state, MachineState::kGone);
  EXPECT_EQ(stopped, (std::vector<std::string>{"a", "b"}));
  cloud_.limit_machines(1);
  EXPECT_EQ(run(cloud_.ensure_machine({.id = {"c"}})).error().code, base::ErrorCode::kExhausted);
}

}  // namespace
}  // namespace slipway::cloud
