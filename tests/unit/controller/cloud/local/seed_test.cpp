// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/seed.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "controller/cloud/local/image.hpp"
#include "protocol/base/files.hpp"

namespace slipway::cloud::local {
namespace {
namespace fs = std::filesystem;

class SeedTest : public testing::Test {
 protected:
  SeedTest() { fs::create_directories(top_); }
  ~SeedTest() override { fs::remove_all(top_); }
  static unsigned mode(const fs::path& path) {
    return static_cast<unsigned>(fs::status(path).permissions());
  }
  fs::path top_ = fs::path(testing::TempDir()) / ("seed-test-" + std::to_string(getpid()));
};

TEST_F(SeedTest, WritesNamesAndUserDataWithTheirModesWhateverTheUmask) {
  MachineRecord record{.id = {"m1"}, .name = "node-1"};
  record.address = "10.0.0.10";
  record.gateway = "10.0.0.1";
  record.user_data = "#cloud-config\nslipway: {token: secret}\n";
  mode_t old = umask(077);
  auto written = write_seed(top_, seed_files(record, std::string(32, 'a')));
  umask(old);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(base::read_file(top_ / "etc/hostname").value(), "node-1\n");
  EXPECT_EQ(base::read_file(top_ / "etc/hosts").value(), "127.0.0.1 localhost\n10.0.0.10 node-1\n");
  fs::path seed = top_ / "var/lib/cloud/seed/nocloud";
  EXPECT_EQ(base::read_file(seed / "user-data").value(), record.user_data);
  EXPECT_EQ(base::read_file(seed / "meta-data").value(),
            "instance-id: m1\nlocal-hostname: node-1\n");
  EXPECT_EQ(mode(seed / "user-data"), 0600u);
  EXPECT_EQ(mode(top_ / "etc"), 0755u);
  EXPECT_EQ(mode(top_ / "etc/hosts"), 0644u);
  EXPECT_EQ(mode(top_ / "usr/lib/systemd/system-shutdown/slipway-power"), 0755u);
}

TEST_F(SeedTest, ImageIsReadAndItsErrorsAreTold) {
  EXPECT_EQ(read_image(top_).error().code, base::ErrorCode::kNotFound);
  auto manifest = [&](const char* text) { std::ofstream(top_ / "manifest.yaml") << text; };
  manifest("layers: [agent, rootfs]\n");
  EXPECT_EQ(read_image(top_).error().code, base::ErrorCode::kInvalid) << "no such layer";
  fs::create_directories(top_ / "v1/rootfs");
  fs::create_directories(top_ / "agent");
  fs::create_directory_symlink(top_ / "v1/rootfs", top_ / "rootfs");
  auto image = read_image(top_);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->layers.at(1).filename(), "rootfs");
  EXPECT_EQ(image->layers.at(1).parent_path().filename(), "v1") << "the real path is kept";
  EXPECT_FALSE(image->store);
  std::ofstream(top_ / "store.img") << "x";
  EXPECT_TRUE(read_image(top_)->store);
  for (const char* text : {"", "layers: []", "layers: {a: b}", "layers: [[a]]", "[", "layers: x"}) {
    manifest(text);
    EXPECT_EQ(read_image(top_).error().code, base::ErrorCode::kInvalid) << text;
  }
}

}  // namespace
}  // namespace slipway::cloud::local
