// SPDX-License-Identifier: Apache-2.0
#include "agent/facts/facts.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "agent/facts/disks.hpp"
#include "agent/facts/proc_text.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::facts {
namespace {

TEST(ProcText, CpuUseIsWhatHappenedBetweenTwoLooks) {
  const auto before = parse_cpu("cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 2 3\n");
  EXPECT_EQ(before.total, 1000U);
  EXPECT_EQ(before.busy, 200U);
  const auto now = parse_cpu("cpu  150 0 150 790 110 0 0 0 50 0\n");
  EXPECT_DOUBLE_EQ(cpu_fraction(before, now), 0.5);
  EXPECT_DOUBLE_EQ(cpu_fraction(now, before), 0);
}

TEST(ProcText, MemoryLoadPressure) {
  EXPECT_EQ(parse_meminfo("MemTotal:    2048 kB\nMemAvailable: 1024 kB\n", "MemAvailable"),
            1024U * 1024);
  EXPECT_DOUBLE_EQ(parse_load1("0.52 0.58 0.59 1/1000 4242\n"), 0.52);
  EXPECT_DOUBLE_EQ(parse_pressure("some avg10=1.25 avg60=0.00\nfull avg10=9.00\n"), 1.25);
  EXPECT_DOUBLE_EQ(parse_pressure(""), -1);
}

TEST(ProcText, UnitsAndVersions) {
  const auto units = parse_units("Id=a.service\nActiveState=active\n\nActiveState=failed\nId=b\n");
  ASSERT_EQ(units.size(), 2U);
  EXPECT_EQ(units[0].state(), "active");
  EXPECT_EQ(units[1].name(), "b");
  EXPECT_EQ(parse_version("Kubernetes v1.20.2\n"), "v1.20.2");
  EXPECT_EQ(parse_version("containerd github.com/containerd/containerd 1.6.20~ds1 1.6\n"),
            "1.6.20~ds1");
  EXPECT_EQ(parse_version("command not found"), "");
  EXPECT_EQ(parse_os_release("NAME=x\nPRETTY_NAME=\"Debian 12\"\n", "PRETTY_NAME"), "Debian 12");
}

TEST(ProcText, WhatIsMalformedGivesNothing) {
  for (const char* text : {"", "\n", "cpu", "cpu x y", "MemTotal", "some", "some avg10", "a b", "=",
                           "Id", "\n\n\n", "  "}) {
    EXPECT_EQ(parse_cpu(text).busy, 0U);
    EXPECT_EQ(parse_meminfo(text, "MemTotal"), 0U);
    EXPECT_EQ(parse_pressure(text), -1);
    EXPECT_TRUE(parse_partitions(text).empty());
    EXPECT_TRUE(parse_device_mounts(text).empty());
    EXPECT_TRUE(parse_units(text).empty());
    EXPECT_EQ(parse_os_release(text, "NAME"), "");
  }
}

struct RootTest : testing::Test {
  RootTest() {
    std::string name = "/tmp/slipway-facts-XXXXXX";
    root = ::mkdtemp(name.data());
  }
  ~RootTest() override { std::filesystem::remove_all(root); }
  void file(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }
  template <class T>
  T wait(base::Task<T> task) {
    boost::asio::io_context io;
    T result;
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      result = std::move(value);
    });
    io.run();
    return result;
  }
  std::filesystem::path root;
};

TEST_F(RootTest, DisksAreToldOnceAndOnlyWhereTheyAre) {
  file("proc/self/mounts",
       "proc /proc proc rw 0 0\n/dev/vdb /var/lib/containerd/x xfs rw 0 0\n"
       "/dev/vdb /var/lib/containerd xfs rw 0 0\ntmpfs /run tmpfs rw 0 0\n");
  file("proc/partitions",
       "major minor  #blocks  name\n\n 254 16 8388608 vdb\n 254 32 1048576 vdc\n 8 0 99 sda\n");
  file("dev/vdc", "");
  std::filesystem::create_directories(root / "var/lib/containerd");
  const auto found = disks(root);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].mount(), "/var/lib/containerd");
  EXPECT_GT(found[0].size_bytes(), 0U);
  EXPECT_EQ(found[1].device(), "/dev/vdc");
  EXPECT_EQ(found[1].size_bytes(), 1U << 30);
}

TEST_F(RootTest, HealthOfAMachine) {
  file("proc/stat", "cpu  100 0 0 900 0 0 0 0\n");
  file("proc/meminfo", "MemTotal: 4096 kB\nMemAvailable: 1024 kB\n");
  file("proc/loadavg", "1.50 1 1 1/2 3\n");
  file("proc/pressure/cpu", "some avg10=3.00 avg60=0 avg300=0 total=0\n");
  const fakes::ManualClock clock;
  HealthProbe probe(root, clock);
  file("proc/stat", "cpu  200 0 0 900 0 0 0 0\n");
  probe.controller_clock(250);
  const auto health = wait(probe.sample());
  EXPECT_EQ(health.utc_ms(), base::to_unix_ms(clock.utc()));
  EXPECT_DOUBLE_EQ(health.cpu_fraction(), 1.0);
  EXPECT_EQ(health.memory_used_bytes(), 3072U * 1024);
  EXPECT_DOUBLE_EQ(health.load1(), 1.5);
  EXPECT_DOUBLE_EQ(health.cpu_pressure(), 3.0);
  EXPECT_DOUBLE_EQ(health.memory_pressure(), -1);
  EXPECT_EQ(health.clock_offset_ms(), -250);
}

TEST_F(RootTest, FactsOfAMachineThatLacksAlmostEverything) {
  file("etc/machine-id", "0123\n");
  const auto facts = wait(collect_facts(root, "slipway-agent 0.1.0"));
  EXPECT_EQ(facts.machine_id(), "0123");
  EXPECT_EQ(facts.agent_version(), "slipway-agent 0.1.0");
  EXPECT_GT(facts.cpus(), 0U);
}

}  // namespace
}  // namespace slipway::facts
