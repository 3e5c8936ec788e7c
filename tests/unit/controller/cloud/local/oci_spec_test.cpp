// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/oci_spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

namespace slipway::cloud::local {
namespace {
namespace json = boost::json;

OciInput input() {
  OciInput input;
  input.host_name = "master-0";
  input.root = "/state/root";
  input.network_namespace = "/run/netns/slw-abc-m";
  input.cgroups_path = "/slipway-abc/m";
  input.capabilities = {"CAP_SYS_ADMIN"};
  input.disks = {{"/dev/vdb", 7, 12}};
  input.binds = {{"/lib/modules", "/lib/modules", false}, {"/dev/pts/3", "/dev/console", true}};
  input.cpus = 2;
  input.host_cpus = 8;
  input.memory_bytes = 2ull << 30;
  return input;
}

json::object spec_of(const OciInput& from) {
  return json::parse(oci_spec(from)).as_object();
}

TEST(OciSpec, HoldsLimitsDisksAndNamespace) {
  json::object spec = spec_of(input());
  const json::object& os = spec.at("linux").as_object();
  EXPECT_EQ(spec.at("hostname"), "master-0");
  EXPECT_EQ(os.at("cgroupsPath"), "/slipway-abc/m");
  EXPECT_EQ(os.at("resources").at("memory").at("limit").to_number<std::uint64_t>(), 2ull << 30);
  EXPECT_EQ(os.at("resources").at("cpu").at("quota").as_int64(), 200'000);
  EXPECT_EQ(os.at("resources").at("cpu").at("shares").as_int64(), 2048);
  const json::value& disk = os.at("devices").as_array().back();
  EXPECT_EQ(disk.at("path"), "/dev/vdb");
  EXPECT_EQ(disk.at("type"), "b");
  EXPECT_EQ(disk.at("minor").to_number<int>(), 12);
  EXPECT_EQ(os.at("namespaces").as_array().back().at("path"), "/run/netns/slw-abc-m");
  EXPECT_FALSE(spec.at("process").as_object().contains("rlimits"))
      << "raising one needs CAP_SYS_RESOURCE, which some hosts lack";
  EXPECT_THAT(oci_spec(input()), testing::HasSubstr("MACHINE_MEM_MB=2048"));
}

TEST(OciSpec, BindsComeAfterDevAndKeepTheirOrder) {
  json::object spec = spec_of(input());
  const json::array& mounts = spec.at("mounts").as_array();
  EXPECT_EQ(mounts.back().at("destination"), "/dev/console");
  EXPECT_EQ(mounts[mounts.size() - 2].at("options").as_array().back(), "ro");
}

TEST(OciSpec, AFlavorAboveTheHostIsNotHeldBelowIt) {
  OciInput all = input();
  all.cpus = 8;
  json::object spec = spec_of(all);
  const auto& cpu = spec.at("linux").at("resources").at("cpu").as_object();
  EXPECT_EQ(cpu.at("shares").as_int64(), 8 * 1024);
  EXPECT_FALSE(cpu.contains("quota"));
}

TEST(Capabilities, LeaveOutWhatActsOnTheHostAndWhatWeLack) {
  auto all = machine_capabilities(~std::uint64_t{0});
  EXPECT_EQ(all.size(), 38u);
  for (const char* name : {"CAP_SYS_MODULE", "CAP_SYS_TIME", "CAP_SYS_RAWIO"}) {
    EXPECT_EQ(std::ranges::count(all, name), 0) << name;
  }
  auto few = machine_capabilities(0x000001fffeffffff);  // a host without SYS_RESOURCE (24)
  EXPECT_EQ(std::ranges::count(few, "CAP_SYS_RESOURCE"), 0);
  EXPECT_EQ(std::ranges::count(few, "CAP_SYS_ADMIN"), 1);
  EXPECT_EQ(machine_capabilities(1), std::vector<std::string>{"CAP_CHOWN"});
  EXPECT_EQ(machine_capabilities(1ull << 40), std::vector<std::string>{"CAP_CHECKPOINT_RESTORE"});
}

}  // namespace
}  // namespace slipway::cloud::local
