// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/node_image.hpp"

#include <gtest/gtest.h>

namespace slipway::clusters {
namespace {

constexpr char kManifest[] = R"(id: abc
kubernetes: v1.20.2
kubeadm_api: v1beta2
image_repository: k8s.gcr.io
sandbox_image: k8s.gcr.io/pause:3.2
etcd_discovery: v2
cgroup_driver: systemd
images:
  - k8s.gcr.io/kube-apiserver:v1.20.2
  - k8s.gcr.io/pause:3.2
layers: [agent, rootfs]
)";

TEST(NodeImage, ReadsAManifest) {
  const auto image = parse_node_image(kManifest);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->kubernetes, "v1.20.2");
  EXPECT_EQ(image->etcd_discovery, "v2");
  EXPECT_EQ(image->images.size(), 2u);
}

TEST(NodeImage, NamesTheFieldThatIsMissingOrWrong) {
  EXPECT_EQ(parse_node_image("kubernetes: v1").error().field, "kubeadm_api");
  EXPECT_EQ(parse_node_image("kubernetes: [v1]").error().field, "kubernetes");
  EXPECT_FALSE(parse_node_image("- a"));
  EXPECT_FALSE(parse_node_image("a: [b"));
  EXPECT_FALSE(parse_node_image(""));
  EXPECT_EQ(load_node_image("/nonexistent").error().code, base::ErrorCode::kNotFound);
}

}  // namespace
}  // namespace slipway::clusters
