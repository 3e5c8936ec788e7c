// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/space.hpp"

#include <gtest/gtest.h>

#include "agent/bootstrap/ports.hpp"
#include "tests/fakes/fake_host.hpp"

namespace slipway::bootstrap {
namespace {

constexpr auto kNoSpace = "cannot write /var/lib/x: No space left on device";

struct SpaceTest : testing::Test {
  SpaceTest() {
    host.file("/proc/self/mounts",
              "overlay / overlay rw 0 0\nproc /proc proc rw 0 0\ntmpfs /run tmpfs rw 0 0\n"
              "tmpfs /var/lib/x tmpfs rw 0 0\n/dev/vdb /var/lib/containerd xfs rw 0 0\n"
              "/dev/vdb /var/lib/kubelet xfs rw 0 0\n");
  }
  fakes::FakeHost host;
};

TEST_F(SpaceTest, TheFullOnesAreNamedOnce) {
  host.spaces["/var/lib/containerd"] = host.spaces["/var/lib/kubelet"] = {1 << 20, 5ULL << 30};
  host.spaces["/var/lib/x"] = {0, 1 << 20};
  EXPECT_EQ(with_full_disks(host, kNoSpace),
            std::string(kNoSpace) +
                " (full: /var/lib/x: 0 of 1 MiB free, /var/lib/containerd: 1 of 5120 MiB free)");
}

TEST_F(SpaceTest, OtherFailuresAndOtherReasonsStayAsTheyAre) {
  EXPECT_EQ(with_full_disks(host, kNoSpace), kNoSpace);
  host.spaces["/"] = {0, 1 << 30};
  EXPECT_EQ(with_full_disks(host, "connection refused"), "connection refused");
}

TEST_F(SpaceTest, ASmallFileSystemIsFullLater) {
  host.spaces["/a"] = {31 << 20, 64 << 20};
  EXPECT_TRUE(check_space(host, "/a", "it").has_value());
  host.spaces["/a"] = {6 << 20, 64 << 20};
  EXPECT_EQ(check_space(host, "/a", "it").error().code, base::ErrorCode::kExhausted);
}

TEST(Listeners, AreReadFromWhatSsPrints) {
  EXPECT_EQ(parse_listeners("LISTEN 0      4096       127.0.0.1:2379       0.0.0.0:*    "
                            "users:((\"etcd\",pid=12,fd=8))\n"
                            "LISTEN 0 5 [::ffff:10.0.0.1]:80 *:*\n"),
            (std::vector<Listener>{{2379, "etcd", 12}, {80, "", 0}}));
  for (const char* odd : {"", "\n\n", "LISTEN", "LISTEN 0 5 nowhere x", "a b c d:e f",
                          "LISTEN 0 5 1.2.3.4:99999999 0.0.0.0:*"})
    EXPECT_TRUE(parse_listeners(odd).empty()) << odd;
}

}  // namespace
}  // namespace slipway::bootstrap
