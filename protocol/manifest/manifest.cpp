// SPDX-License-Identifier: Apache-2.0
#include "protocol/manifest/manifest.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <numeric>

namespace slipway::manifest {
namespace {

namespace json = boost::json;
using base::ErrorCode;

/// A Service's ports are a list with the keys port and protocol. API servers before 1.22 do not
/// fill in the protocol's default before a server-side apply and answer 500, so it is said here.
void fill_list_keys(ManifestObject& object) {
  if (object.kind != "Service" || object.api_version != "v1") return;
  auto* spec = object.body.if_contains("spec");
  if (spec == nullptr || !spec->is_object()) return;
  auto* ports = spec->get_object().if_contains("ports");
  if (ports == nullptr || !ports->is_array()) return;
  for (auto& port : ports->get_array()) {
    if (port.is_object()) port.get_object().emplace("protocol", "TCP");
  }
}

/// Reads the objects of one document.
class Reader {
 public:
  Reader(std::shared_ptr<YamlDocument> document, std::vector<ManifestObject>& into)
      : document_(std::move(document)), into_(into) {}

  Checked<void> read() { return add(document_->value, ""); }

 private:
  Checked<void> add(json::value& value, const std::string& path) {
    if (!value.is_object()) {
      return wrong(path, "each document must be an object with apiVersion and kind");
    }
    auto& body = value.get_object();
    ManifestObject object;
    object.line = document_->begins().line;
    object.document = document_;
    object.path = path;
    if (auto read = take_text(body, path, "apiVersion", object.api_version); !read) return read;
    if (auto read = take_text(body, path, "kind", object.kind); !read) return read;
    auto* items = body.if_contains("items");
    if (object.kind.ends_with("List") && items != nullptr && items->is_array()) {
      return add_items(items->get_array(), join(path, "items"));
    }
    if (auto read = take_metadata(body, path, object); !read) return read;
    if (into_.size() >= kMaxObjects) return wrong(path, "more than 1000 objects at once");
    object.body = std::move(body);
    fill_list_keys(object);
    into_.push_back(std::move(object));
    return {};
  }

  static std::string join(const std::string& path, std::string_view field) {
    return path.empty() ? std::string(field) : path + "." + std::string(field);
  }

  std::unexpected<Fault> wrong(const std::string& path, std::string what) const {
    return std::unexpected(
        Fault{{ErrorCode::kInvalid, std::move(what), path.empty() ? "manifest" : path},
              document_->place_of(path)});
  }

  Checked<void> add_items(json::array& items, const std::string& path) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (auto added = add(items[i], path + "[" + std::to_string(i) + "]"); !added) return added;
    }
    return {};
  }

  Checked<void> take_text(const json::object& in, const std::string& path, const char* key,
                          std::string& into) const {
    const auto field = join(path, key);
    const auto* value = in.if_contains(key);
    if (value == nullptr || value->is_null()) return wrong(field, field + " is missing");
    if (!value->is_string()) return wrong(field, field + " must be a string");
    into = std::string(value->get_string());
    if (into.empty()) return wrong(field, field + " must not be empty");
    return {};
  }

  Checked<void> take_metadata(const json::object& body, const std::string& path,
                              ManifestObject& into) const {
    const auto field = join(path, "metadata");
    const auto* value = body.if_contains("metadata");
    if (value == nullptr || value->is_null()) return wrong(field, field + " is missing");
    if (!value->is_object()) return wrong(field, field + " must be an object");
    const auto& metadata = value->get_object();
    if (metadata.contains("generateName") && !metadata.contains("name")) {
      return wrong(join(field, "generateName"),
                   "generateName cannot be applied; give metadata.name");
    }
    if (auto read = take_text(metadata, field, "name", into.name); !read) return read;
    if (!is_path_segment(into.name)) {
      return wrong(join(field, "name"), join(field, "name") +
                                            " becomes part of a path: it must not be . or .., nor "
                                            "have a slash or a percent sign");
    }
    if (!metadata.contains("namespace")) return {};
    return take_text(metadata, field, "namespace", into.pod_namespace);
  }

  /// As API servers put it, for kinds of whatever names.
  static bool is_path_segment(std::string_view name) {
    return name != "." && name != ".." && name.find_first_of("/%") == std::string_view::npos;
  }

  std::shared_ptr<YamlDocument> document_;
  std::vector<ManifestObject>& into_;
};

/// Kinds by what needs them: a row's are applied before the next one's. Kinds that no row names,
/// custom ones too, come with the workloads.
constexpr std::initializer_list<std::string_view> kOrder[] = {
    {"Namespace"},
    {"CustomResourceDefinition"},
    {"PriorityClass", "RuntimeClass", "ResourceQuota", "LimitRange", "ServiceAccount"},
    {"ClusterRole", "Role", "ClusterRoleBinding", "RoleBinding"},
    {"ConfigMap", "Secret"},
    {"StorageClass", "PersistentVolume", "PersistentVolumeClaim"},
    {},
    {"Service", "Ingress", "NetworkPolicy", "PodDisruptionBudget", "HorizontalPodAutoscaler"},
    {"APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"},
};

/// Of a definition's group: it only has a name of Kubernetes' own. "apps", "policy", "app.k8s.io"
/// are none.
bool is_custom(const ManifestObject& object) {
  const auto slash = object.api_version.find('/');
  if (slash == std::string::npos) return false;
  const auto group = std::string_view(object.api_version).substr(0, slash);
  return group.contains('.') && !group.ends_with(".k8s.io");
}

std::ptrdiff_t rank(const ManifestObject& object) {
  const auto row = std::ranges::find_if(kOrder, [&](const auto& kinds) {
    return !is_custom(object) && std::ranges::find(kinds, object.kind) != kinds.end();
  });
  if (row != std::end(kOrder)) return row - std::begin(kOrder);
  return std::ranges::find_if(kOrder, [](const auto& kinds) { return kinds.size() == 0; }) -
         std::begin(kOrder);
}

}  // namespace

Place place_of(const ManifestObject& object, std::string_view field) {
  if (!object.document) return {};
  const bool within = !object.path.empty() && !field.empty();
  return object.document->place_of(object.path + (within ? "." : "") + std::string(field));
}

std::string namespace_of(const ManifestObject& object, const std::string& default_namespace) {
  if (!object.pod_namespace.empty()) return object.pod_namespace;
  return default_namespace.empty() ? "default" : default_namespace;
}

Checked<std::vector<ManifestObject>> parse_manifest(std::string_view yaml) {
  auto documents = parse_yaml(yaml);
  if (!documents) return std::unexpected(std::move(documents.error()));
  std::vector<ManifestObject> objects;
  for (auto& document : *documents) {
    auto shared = std::make_shared<YamlDocument>(std::move(document));
    if (auto read = Reader(std::move(shared), objects).read(); !read) {
      return std::unexpected(std::move(read.error()));
    }
  }
  if (objects.empty()) {
    return std::unexpected(Fault{{ErrorCode::kInvalid, "it holds no object", "manifest"}, {}});
  }
  return objects;
}

std::vector<std::size_t> apply_order(const std::vector<ManifestObject>& objects) {
  std::vector<std::size_t> order(objects.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {},
                    [&](std::size_t place) { return std::pair(rank(objects[place]), place); });
  return order;
}

}  // namespace slipway::manifest
