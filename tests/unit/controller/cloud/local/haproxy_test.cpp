// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/haproxy.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace slipway::cloud::local {
namespace {

LoadBalancerRecord record() {
  return {{"lb1"}, "demo-api", "10.210.0.10", 6443, "/readyz", {"10.210.0.11", "10.210.0.12"}};
}

TEST(Haproxy, EveryMemberIsCheckedAndCutWhenItIsDown) {
  const auto text = haproxy_config(record(), {"/lb"});
  EXPECT_NE(text.find("bind 10.210.0.10:6443\n"), std::string::npos);
  EXPECT_NE(text.find("option httpchk GET /readyz\n"), std::string::npos);
  EXPECT_NE(text.find("on-marked-down shutdown-sessions"), std::string::npos);
  for (const auto* member : {"10.210.0.11", "10.210.0.12"}) {
    const std::string line = std::string("  server ") + member + " " + member + ":6443\n";
    const auto first = text.find(line);
    ASSERT_NE(first, std::string::npos);
    EXPECT_NE(text.find(line, first + 1), std::string::npos) << "while none is well, all are tried";
  }
}

TEST(Haproxy, TheRealOneTakesTheConfiguration) {
  if (std::system("command -v haproxy >/dev/null") != 0) GTEST_SKIP() << "no haproxy here";
  char name[] = "/tmp/slipway-haproxy-XXXXXX";
  const std::filesystem::path directory = ::mkdtemp(name);
  const LoadBalancerFiles files{directory};
  for (auto wanted :
       {record(), LoadBalancerRecord{{"lb2"}, "none", "127.0.0.1", 6443, "/readyz", {}}}) {
    std::ofstream(files.config()) << haproxy_config(wanted, files);
    EXPECT_EQ(std::system(("haproxy -c -q -f " + files.config().string()).c_str()), 0);
  }
  std::filesystem::remove_all(directory);
}

TEST(Haproxy, ARecordComesBackAsItWas) {
  const auto again = load_balancer_from_json(to_json(record()));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, record());
  EXPECT_FALSE(load_balancer_from_json("{}"));
  EXPECT_FALSE(load_balancer_from_json("rubbish"));
}

TEST(Haproxy, NoProcessIsTakenForItThatIsNot) {
  char name[] = "/tmp/slipway-haproxy-XXXXXX";
  const std::filesystem::path directory = ::mkdtemp(name);
  const Layout layout(directory, "abc123");
  const LoadBalancerFiles files{directory};
  EXPECT_EQ(haproxy_process(layout, files), 0);
  for (const std::string& text :
       {std::string("1\n"), std::to_string(::getpid()), std::string("x")}) {
    std::ofstream(files.pid_file()) << text;
    EXPECT_EQ(haproxy_process(layout, files), 0) << text;
  }
  EXPECT_TRUE(stop_haproxy(layout, files));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace slipway::cloud::local
