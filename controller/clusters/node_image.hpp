// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::clusters {

/// What the node image contains, from its manifest.yaml.
struct NodeImage {
  std::string kubernetes;   ///< "v1.20.2"
  std::string kubeadm_api;  ///< "v1beta2"
  std::string sandbox_image;
  std::string image_repository;
  std::string etcd_discovery;  ///< "v2"; anything else: static membership
  std::string cgroup_driver;   ///< "systemd", "cgroupfs"
  std::vector<std::string> images;
};

/// kNotFound, kInvalid with field, line and what is expected.
base::Result<NodeImage> load_node_image(const std::filesystem::path& directory);
base::Result<NodeImage> parse_node_image(const std::string& yaml);

}  // namespace slipway::clusters
