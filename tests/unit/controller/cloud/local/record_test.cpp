// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/record.hpp"

#include <gtest/gtest.h>

namespace slipway::cloud::local {
namespace {

TEST(Record, MachineComesBackAsItWas) {
  MachineRecord record;
  record.id = {"abc"};
  record.name = "node \"1\"\n";
  record.phase = Phase::kDeleting;
  record.powered = true;
  record.detail = "why";
  record.ran_in = "boot";
  record.cpus = 4;
  record.memory_bytes = 8ull << 30;
  record.layers = {"/a", "/b"};
  record.address = "10.0.0.10";
  record.prefix_bits = 22;
  record.gateway = "10.0.0.1";
  record.user_data = "#cloud-config\n";
  record.volumes = {{{"v"}, "system", "system", 1ull << 40, "/dev/vda"}};
  record.published = {{6443, 21000}};
  auto back = machine_from_json(to_json(record));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_json(*back), to_json(record));
  EXPECT_EQ(back->phase, Phase::kDeleting);
  EXPECT_EQ(back->volumes.at(0).size_bytes, 1ull << 40);
  EXPECT_EQ(back->published.at(0).host_port, 21000);
}

TEST(Record, HostAndNetworkComeBack) {
  EXPECT_EQ(host_from_json(to_json(HostRecord{"b", "10.0.0.0/22", 17}))->next_host, 17u);
  EXPECT_EQ(network_from_json(to_json(NetworkRecord{{"n"}, "nodes"}))->name, "nodes");
}

TEST(Record, DamagedTextIsAnErrorNotACrash) {
  std::string whole = to_json(MachineRecord{.id = {"abc"}, .layers = {"/a"}});
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    EXPECT_FALSE(machine_from_json(whole.substr(0, cut))) << cut;
  }
  for (const char* text : {"", "[]", "{}", "null", R"({"id":1,"powered":2})", "\xff\xfe"}) {
    EXPECT_FALSE(machine_from_json(text)) << text;
    EXPECT_FALSE(host_from_json(std::string(text) + "x"));
  }
}

}  // namespace
}  // namespace slipway::cloud::local
