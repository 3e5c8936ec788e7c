// SPDX-License-Identifier: Apache-2.0
#include "controller/access/kube_use.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace slipway::access {

namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    auto one = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), one.size() + 1));
    if (one.empty()) continue;
    auto& segment = segments.emplace_back(one);
    std::ranges::transform(segment, segment.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  }
  return segments;
}

/// The parts that the API server's own reading of a path (its RequestInfo) goes by.
struct ResourcePath {
  bool is_resource = false;
  bool legacy_proxy = false;  ///< /api/v1/proxy/…
  std::string subresource;
};

ResourcePath read_path(std::string_view path) {
  const auto all = segments_of(path);
  ResourcePath read;
  if (all.empty() || (all[0] != "api" && all[0] != "apis")) return read;
  std::size_t at = all[0] == "api" ? 2 : 3;  // past the version, and the group
  if (all.size() <= at) return read;
  read.is_resource = true;
  read.legacy_proxy = all[at] == "proxy";
  if (all[at] == "watch" || read.legacy_proxy) ++at;
  const auto left = all.size() - std::min(at, all.size());
  if (left > 2 && all[at] == "namespaces" && all[at + 2] != "status" && all[at + 2] != "finalize") {
    at += 2;
  }
  if (all.size() > at + 2) read.subresource = all[at + 2];
  return read;
}

std::optional<KubeUse> use_of(const std::string& subresource) {
  if (subresource == "exec") return KubeUse::kExec;
  if (subresource == "attach") return KubeUse::kAttach;
  if (subresource == "portforward") return KubeUse::kPortForward;
  if (subresource == "proxy") return KubeUse::kProxy;
  return std::nullopt;
}

}  // namespace

KubeUse kube_use(std::string_view method, std::string_view path, bool upgraded) {
  const auto read = read_path(path);
  if (read.legacy_proxy) return KubeUse::kProxy;
  if (auto use = use_of(read.subresource)) return *use;
  // A watch and a log may come over a WebSocket; they stay what they are.
  const bool watchable =
      read.is_resource && (read.subresource.empty() || read.subresource == "log");
  if (upgraded && (method != "GET" || !watchable)) return KubeUse::kConnect;
  const bool reads = method == "GET" || method == "HEAD" || method == "OPTIONS";
  return reads ? KubeUse::kRead : KubeUse::kWrite;
}

std::string_view name_of(KubeUse use) {
  switch (use) {
    case KubeUse::kRead:
      return "read";
    case KubeUse::kWrite:
      return "write";
    case KubeUse::kExec:
      return "exec";
    case KubeUse::kAttach:
      return "attach";
    case KubeUse::kPortForward:
      return "portforward";
    case KubeUse::kProxy:
      return "proxy";
    case KubeUse::kConnect:
      return "connect";
  }
  return "connect";
}

bool may_use(Role role, KubeUse use) {
  switch (role) {
    case Role::kAdministrator:
      return true;
    case Role::kReadOnly:
      return use == KubeUse::kRead;
    case Role::kDepartmentAdministrator:
    case Role::kProjectMember:
      return false;
  }
  return false;
}

}  // namespace slipway::access
