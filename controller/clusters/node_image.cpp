// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/node_image.hpp"

#include <yaml-cpp/yaml.h>

#include "protocol/base/files.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::size_t kMaxManifestBytes = 256 << 10;
constexpr char kDefaultDriver[] = "systemd";

std::unexpected<base::Error> refuse(const std::string& field, const std::string& why,
                                    const YAML::Mark& mark) {
  const std::string where = mark.is_null() ? "" : "line " + std::to_string(mark.line + 1) + ": ";
  return fail(ErrorCode::kInvalid, "the node image's manifest.yaml: " + where + field + " " + why,
              field);
}

base::Result<> read_text(const YAML::Node& root, const char* name, std::string& into,
                         bool required) {
  const YAML::Node found = root[name];
  if (!found) {
    if (required) return refuse(name, "is missing", root.Mark());
    return {};
  }
  if (!found.IsScalar() || found.Scalar().empty()) {
    return refuse(name, "must be a text", found.Mark());
  }
  into = found.Scalar();
  return {};
}

}  // namespace

base::Result<NodeImage> parse_node_image(const std::string& yaml) {
  YAML::Node root;
  try {
    root = YAML::Load(yaml);
  } catch (const YAML::Exception& error) {
    return refuse("the file", "is no YAML: " + error.msg, error.mark);
  }
  if (!root.IsMap()) return refuse("the file", "must be a map", root.Mark());
  NodeImage image;
  image.cgroup_driver = kDefaultDriver;
  const std::tuple<const char*, std::string*, bool> texts[] = {
      {"kubernetes", &image.kubernetes, true},
      {"kubeadm_api", &image.kubeadm_api, true},
      {"sandbox_image", &image.sandbox_image, true},
      {"image_repository", &image.image_repository, true},
      {"etcd_discovery", &image.etcd_discovery, false},
      {"cgroup_driver", &image.cgroup_driver, false},
  };
  for (const auto& [name, into, required] : texts) {
    if (auto read = read_text(root, name, *into, required); !read) return fail(read);
  }
  const YAML::Node images = root["images"];
  if (!images || !images.IsSequence()) return refuse("images", "must be a list", root.Mark());
  for (const auto& each : images) {
    if (!each.IsScalar()) return refuse("images", "must hold texts", each.Mark());
    image.images.push_back(each.Scalar());
  }
  return image;
}

base::Result<NodeImage> load_node_image(const std::filesystem::path& directory) {
  auto text = base::read_file(directory / "manifest.yaml", kMaxManifestBytes);
  if (!text) return fail(text);
  return parse_node_image(*text);
}

}  // namespace slipway::clusters
