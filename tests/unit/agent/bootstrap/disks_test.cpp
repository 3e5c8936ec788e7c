// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/mounts.hpp"
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

constexpr auto kTable = "/proc/self/mounts";

struct DisksTest : StepTest {
  DisksTest() {
    auto& disk = *node.add_disks();
    disk.set_purpose("containerd");
    disk.set_device("/dev/vdb");
    host.file(kTable, "overlay / overlay rw 0 0\n");
    host.file("/dev/vdb", std::string(2 << 20, '\0'));
    host.program("blkid", 2);
    host.program("mount -t xfs", [this](const std::string&) {
      host.files[kTable].content += "/dev/vdb /var/lib/containerd xfs rw 0 0\n";
      return base::Exit{};
    });
    host.program("mount --bind", [this](const std::string&) {
      host.files[kTable].content += "/dev/vdb /var/lib/kubelet xfs rw 0 0\n";
      return base::Exit{};
    });
  }
  wire::DesiredNode node = a_worker();
};

TEST_F(DisksTest, ABlankDiskIsFormattedMountedGrown) {
  ASSERT_TRUE(run(run_disks, node).has_value());
  EXPECT_TRUE(host.ran("mkfs.xfs -q -f -L containerd /dev/vdb"));
  EXPECT_TRUE(host.ran("mount -t xfs -o nouuid,noatime /dev/vdb /var/lib/containerd"));
  EXPECT_TRUE(host.ran("xfs_growfs /var/lib/containerd"));
}

TEST_F(DisksTest, ASecondRunChangesNothing) {
  ASSERT_TRUE(run(run_disks, node).has_value());
  host.forget();
  ASSERT_TRUE(run(run_disks, node).has_value());
  EXPECT_TRUE(host.commands.empty());
  EXPECT_TRUE(host.changes.empty());
}

TEST_F(DisksTest, ATemplatesCopyIsMountedAsItIs) {
  host.program("blkid", 0, "DEVNAME=/dev/vdb\nLABEL=containerd\nTYPE=xfs\n");
  ASSERT_TRUE(run(run_disks, node).has_value());
  EXPECT_FALSE(host.ran("mkfs"));
  EXPECT_TRUE(host.ran("mount -t xfs"));
}

// Its label is there long before mkfs is done.
TEST_F(DisksTest, AFormattingThatWasCutOffIsDoneAgain) {
  host.program("mkfs.xfs", 137);
  EXPECT_FALSE(run(run_disks, node).has_value());
  host.program("blkid", 0, "DEVNAME=/dev/vdb\nLABEL=containerd\nTYPE=xfs\n");
  bool whole = false;
  host.program("mkfs.xfs", [&](const std::string&) {
    whole = true;
    return base::Exit{};
  });
  host.program("mount -t xfs",
               [&](const std::string&) { return base::Exit{whole ? 0 : 32, "bad superblock"}; });
  host.forget();
  ASSERT_TRUE(run(run_disks, node).has_value());
  EXPECT_TRUE(host.ran("mkfs.xfs"));
  EXPECT_TRUE(host.ran("mount -t xfs"));
  host.forget();
  host.file(kTable, "overlay / overlay rw 0 0\n");  // the next boot
  ASSERT_TRUE(run(run_disks, node).has_value());
  EXPECT_FALSE(host.ran("mkfs"));
}

// A file that was removed just before the power went may be there again.
TEST_F(DisksTest, WhatCanBeMountedIsNotFormattedAgain) {
  host.program("blkid", 0, "DEVNAME=/dev/vdb\nLABEL=containerd\nTYPE=xfs\n");
  host.file("/var/lib/slipway/formatting/containerd", "/dev/vdb");
  ASSERT_TRUE(run(run_disks, node).has_value());
  EXPECT_FALSE(host.ran("mkfs"));
  EXPECT_FALSE(host.exists("/var/lib/slipway/formatting/containerd"));
}

TEST_F(DisksTest, AFormattingThatWasCutOffIsNoReasonToTakeAnotherDisk) {
  host.program("mkfs.xfs", 137);
  EXPECT_FALSE(run(run_disks, node).has_value());
  host.program("blkid", 0, "TYPE=ext4\nLABEL=backup\n");  // the names of the devices changed
  host.program("mkfs.xfs", 0);
  host.forget();
  EXPECT_NE(failure(run_disks, node).find("labelled 'backup'"), std::string::npos);
  EXPECT_FALSE(host.ran("mkfs"));
}

TEST_F(DisksTest, AnOtherwiseUsedDiskIsRefusedByWhatIsOnIt) {
  struct Case {
    const char* blkid;
    const char* says;
  };
  for (const auto& [blkid, says] :
       std::vector<Case>{{"TYPE=ext4\nLABEL=backup\n", "of type ext4 labelled 'backup'"},
                         {"PTTYPE=gpt\n", "a partition table (gpt)"},
                         {"TYPE=LVM2_member\n", "of type LVM2_member"},
                         {"TYPE=xfs\nLABEL=data\n", "of type xfs labelled 'data'"},
                         {"TYPE=xfs\n", "of type xfs"}}) {
    host.program("blkid", 0, blkid);
    const auto message = failure(run_disks, node);
    EXPECT_NE(message.find(says), std::string::npos) << message;
    EXPECT_NE(message.find("/dev/vdb is to hold containerd"), std::string::npos) << message;
    EXPECT_FALSE(host.ran("mkfs"));
    EXPECT_FALSE(host.ran("mount"));
  }
}

TEST_F(DisksTest, AMissingDiskIsNamedWhileItIsWaitedFor) {
  host.files.erase("/dev/vdb");
  const auto message = failure(run_disks, node);
  EXPECT_EQ(message,
            "waited 30 s for the disk /dev/vdb for containerd: there is no such device; attach it");
  ASSERT_GE(waits.size(), 2U);
  EXPECT_EQ(waits.front(), "the disk /dev/vdb for containerd: there is no such device; attach it");
  EXPECT_EQ(waits.back(), "") << "nothing is waited for any more";
}

TEST_F(DisksTest, AFullDiskIsNamedWithWhatIsLeft) {
  host.spaces["/var/lib/containerd"] = {3 << 20, 100ULL << 30};
  EXPECT_EQ(failure(run_disks, node),
            "the disk /dev/vdb for containerd at /var/lib/containerd is full: 3 of 102400 MiB "
            "free, at least 32 MiB are needed; make room there, or give it a larger disk");
  host.spaces = {{"/", {0, 40ULL << 30}}};
  EXPECT_TRUE(failure(run_disks, node).starts_with("the system disk at / is full: 0 of 40960 MiB"));
}

TEST_F(DisksTest, BytesOfAnUnknownKindAreNotBlank) {
  host.files["/dev/vdb"].content[70'000] = 'x';
  EXPECT_NE(failure(run_disks, node).find("not zero at byte 70000"), std::string::npos);
  EXPECT_FALSE(host.ran("mkfs"));
}

TEST_F(DisksTest, SeveralSignaturesAreNotBlank) {
  host.program("blkid", 8);
  EXPECT_NE(failure(run_disks, node).find("signatures of more than one kind"), std::string::npos);
}

TEST_F(DisksTest, ADiskMountedElsewhereIsRefused) {
  host.files[kTable].content += "/dev/vdb /mnt ext4 rw 0 0\n";
  EXPECT_NE(failure(run_disks, node).find("mounted at /mnt"), std::string::npos);
}

TEST_F(DisksTest, AnotherDiskAtItsPlaceIsNamed) {
  host.files[kTable].content += "/dev/vdz /var/lib/containerd xfs rw 0 0\n";
  EXPECT_EQ(failure(run_disks, node),
            "/dev/vdz is mounted at /var/lib/containerd, where /dev/vdb belongs");
}

TEST_F(DisksTest, AMissingDiskIsWaitedForThenNamed) {
  host.files.erase("/dev/vdb");
  EXPECT_EQ(failure(run_disks, node),
            "waited 30 s for the disk /dev/vdb for containerd: there is no such device; attach it");
}

TEST_F(DisksTest, ALateDiskIsTaken) {
  host.files.erase("/dev/vdb");
  host.on_sleep = [this] { host.file("/dev/vdb", std::string(2 << 20, '\0')); };
  EXPECT_TRUE(run(run_disks, node).has_value());
}

TEST_F(DisksTest, ADamagedFileSystemIsSaid) {
  host.program("blkid", 0, "LABEL=containerd\nTYPE=xfs\n");
  host.program("mount -t xfs", 32, "mount: Structure needs cleaning.\n");
  const auto message = failure(run_disks, node);
  EXPECT_NE(message.find("Structure needs cleaning"), std::string::npos);
  EXPECT_NE(message.find("xfs_repair /dev/vdb"), std::string::npos);
}

TEST_F(DisksTest, EtcdsDirectoryIsItsOwn) {
  auto master = a_master();
  ASSERT_TRUE(run(run_disks, master).has_value());
  EXPECT_EQ(host.directories["/var/lib/etcd"].owner, "etcd");
  EXPECT_EQ(host.directories["/var/lib/etcd"].mode, 0700);
}

TEST_F(DisksTest, KubeletStaysWhereItIsOnAPlainRoot) {
  host.file(kTable, "/dev/vda1 / ext4 rw 0 0\n");
  ASSERT_TRUE(run(run_disks, node).has_value());
  EXPECT_FALSE(host.ran("mount --bind"));
}

TEST(Mounts, TheTableIsReadWithItsEscapes) {
  const auto mounts = parse_mounts("/dev/vdb /mnt/a\\040b xfs rw 0 0\nbad\nproc /proc proc rw 0 0");
  ASSERT_EQ(mounts.size(), 2U);
  EXPECT_EQ(mounts[0].point, "/mnt/a b");
  EXPECT_EQ(mount_of(mounts, "/proc/self")->type, "proc");
  EXPECT_EQ(mount_of(mounts, "/process"), nullptr);
}

}  // namespace
}  // namespace slipway::bootstrap
