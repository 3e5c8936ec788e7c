// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::cloud::local {

/// A node image directory as machines are made from it; paths are real ones, so that a machine
/// keeps its image when the directory's name moves on to a newer one.
struct Image {
  std::vector<std::filesystem::path> layers;   ///< overlay lower directories, first on top
  std::optional<std::filesystem::path> store;  ///< XFS image of a containerd root with all images
};

/// kNotFound: no manifest; kInvalid: it names what is not there.
base::Result<Image> read_image(const std::filesystem::path& directory);

}  // namespace slipway::cloud::local
