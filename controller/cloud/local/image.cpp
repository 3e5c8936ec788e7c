// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/image.hpp"

#include <yaml-cpp/yaml.h>

#include "protocol/base/files.hpp"

namespace slipway::cloud::local {
using base::ErrorCode;
using base::fail;
namespace fs = std::filesystem;

namespace {
base::Result<fs::path> real_layer(const fs::path& directory, const std::string& name) {
  std::error_code error;
  fs::path path = fs::canonical(directory / name, error);  // an absolute name replaces directory
  if (error || !fs::is_directory(path, error)) {
    return fail(ErrorCode::kInvalid,
                "node image " + directory.string() + ": layer " + name + " is no directory");
  }
  if (path.string().find_first_of(":,\\") != std::string::npos) {
    return fail(ErrorCode::kInvalid,
                "node image: no colon, comma or backslash may be in " + path.string());
  }
  return path;
}
}  // namespace

base::Result<Image> read_image(const fs::path& directory) {
  auto text = base::read_file(directory / "manifest.yaml", 1 << 20);
  if (!text) {
    return fail(text.error().code,
                "no node image at " + directory.string() +
                    " (build one with bootstrap/build): " + text.error().message);
  }
  Image image;
  try {
    YAML::Node manifest = YAML::Load(*text);
    YAML::Node layers = manifest["layers"];
    if (!layers || !layers.IsSequence() || layers.size() == 0) {
      return fail(ErrorCode::kInvalid, "manifest.yaml of the node image lists no layers");
    }
    for (const auto& layer : layers) {
      auto path = real_layer(directory, layer.as<std::string>());
      if (!path) return fail(path);
      image.layers.push_back(*path);
    }
  } catch (const YAML::Exception& error) {
    return fail(ErrorCode::kInvalid,
                "manifest.yaml of the node image: " + std::string(error.what()));
  }
  std::error_code error;
  fs::path store = fs::canonical(directory / "store.img", error);
  if (!error) image.store = store;
  return image;
}

}  // namespace slipway::cloud::local
