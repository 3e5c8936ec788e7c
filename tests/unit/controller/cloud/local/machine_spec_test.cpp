// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/machine_spec.hpp"

#include <gtest/gtest.h>

#include "controller/cloud/local/disk.hpp"

namespace slipway::cloud::local {
namespace {

MachineSpec spec() {
  MachineSpec spec;
  spec.id = {"m1"};
  spec.name = "node-1";
  spec.flavor = "local.medium";
  spec.volumes = {{{"v1"}, "a", {}, 1ull << 30, "containerd"},
                  {{"v2"}, "b", {}, 1ull << 30, "etcd"}};
  return spec;
}

std::string wrong_field(void (*spoil)(MachineSpec&)) {
  MachineSpec spoilt = spec();
  spoil(spoilt);
  auto record = record_of(spoilt);
  return record ? "none" : record.error().field;
}

TEST(MachineSpecRules, GivesASystemDiskAndDevicesInOrder) {
  auto record = record_of(spec());
  ASSERT_TRUE(record);
  ASSERT_EQ(record->volumes.size(), 3u);
  EXPECT_EQ(record->volumes[0].purpose, "system");
  EXPECT_EQ(record->volumes[0].size_bytes, kSystemDiskBytes);
  EXPECT_EQ(record->volumes[1].device, "/dev/vdb");
  EXPECT_EQ(record->volumes[2].device, "/dev/vdc");
  EXPECT_EQ(record->memory_bytes, 4ull << 30);
}

TEST(MachineSpecRules, TakesTheSystemDiskThatWasAskedFor) {
  MachineSpec asked = spec();
  asked.volumes.push_back({{"s"}, "root", {}, 5ull << 30, "system"});
  auto record = record_of(asked);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->volumes[0].id.value, "s");
  EXPECT_EQ(record->volumes.size(), 3u);
}

TEST(MachineSpecRules, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(wrong_field([](MachineSpec& s) { s.id = {"../x"}; }), "id");
  EXPECT_EQ(wrong_field([](MachineSpec& s) { s.name = "Node_1"; }), "name");
  EXPECT_EQ(wrong_field([](MachineSpec& s) { s.name = ""; }), "name");
  EXPECT_EQ(wrong_field([](MachineSpec& s) { s.flavor = "huge"; }), "flavor");
  EXPECT_EQ(wrong_field([](MachineSpec& s) { s.user_data.assign(1 << 20, 'x'); }), "userData");
  EXPECT_EQ(wrong_field([](MachineSpec& s) { s.volumes[0].size_bytes = 1; }), "volumes");
  EXPECT_EQ(wrong_field([](MachineSpec& s) { s.volumes[1].id = {"v1"}; }), "volumes");
  EXPECT_EQ(wrong_field([](MachineSpec& s) { s.volumes.resize(17, s.volumes[0]); }), "volumes");
  EXPECT_EQ(
      wrong_field([](MachineSpec& s) { s.volumes[0].purpose = s.volumes[1].purpose = "system"; }),
      "volumes");
}

}  // namespace
}  // namespace slipway::cloud::local
