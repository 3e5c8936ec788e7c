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
  std::string group;
  std::string resource;
  std::string name_space;
  std::string subresource;
};

ResourcePath read_path(std::string_view path) {
  const auto all = segments_of(path);
  ResourcePath read;
  if (all.empty() || (all[0] != "api" && all[0] != "apis")) return read;
  std::size_t at = all[0] == "api" ? 2 : 3;  // past the version, and the group
  if (all.size() <= at) return read;
  read.is_resource = true;
  if (all[0] == "apis") read.group = all[1];
  read.legacy_proxy = all[at] == "proxy";
  if (all[at] == "watch" || read.legacy_proxy) ++at;
  const auto left = all.size() - std::min(at, all.size());
  if (left > 1 && all[at] == "namespaces") read.name_space = all[at + 1];
  if (left > 2 && all[at] == "namespaces" && all[at + 2] != "status" && all[at + 2] != "finalize") {
    at += 2;
  }
  if (all.size() > at) read.resource = all[at];
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

KubeRequestPath read_kube_path(std::string_view method, std::string_view path, bool upgraded) {
  const auto read = read_path(path);
  KubeRequestPath told{.use = KubeUse::kRead, .name_space = read.name_space};
  told.of_secrets = read.group.empty() && read.resource == "secrets" && !read.legacy_proxy;
  told.of_log = read.group.empty() && read.resource == "pods" && read.subresource == "log" &&
                !read.legacy_proxy;
  if (read.legacy_proxy) {
    told.use = KubeUse::kProxy;
    return told;
  }
  if (auto use = use_of(read.subresource)) {
    told.use = *use;
    return told;
  }
  // A watch and a log may come over a WebSocket; they stay what they are.
  const bool watchable =
      read.is_resource && (read.subresource.empty() || read.subresource == "log");
  const bool reads = method == "GET" || method == "HEAD" || method == "OPTIONS";
  const bool asks =
      method == "POST" && read.group == "authorization.k8s.io" &&
      (read.resource == "selfsubjectaccessreviews" || read.resource == "selfsubjectrulesreviews");
  if (upgraded && (method != "GET" || !watchable)) {
    told.use = KubeUse::kConnect;
  } else if (!reads && !asks) {
    told.use = KubeUse::kWrite;
  }
  return told;
}

KubeUse kube_use(std::string_view method, std::string_view path, bool upgraded) {
  return read_kube_path(method, path, upgraded).use;
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

base::Result<> decide_kube(const Rights& who, KubeUse use, const std::string& cluster,
                           const Place* where) {
  if (!who.scope.cluster.empty() && who.scope.cluster != cluster) {
    return base::fail(base::ErrorCode::kDenied, "this token is limited to another cluster");
  }
  const bool administers = who.role == Role::kAdministrator && who.scope.project.empty();
  switch (use) {
    case KubeUse::kRead:
      return decide(who, Act::kRead, false, where);
    case KubeUse::kExec:
    case KubeUse::kAttach:
    case KubeUse::kPortForward:
      return decide(who, Act::kExec, true, where);
    case KubeUse::kWrite:
      if (where != nullptr || administers) return decide(who, Act::kWrite, true, where);
      return base::fail(base::ErrorCode::kDenied,
                        "what lies in no namespace only administrators may change");
    case KubeUse::kProxy:
    case KubeUse::kConnect:
      if (administers) return decide(who, Act::kWrite, true, where);
      return base::fail(base::ErrorCode::kDenied,
                        "only administrators may open connections through the API server; "
                        "port-forward to the pod instead");
  }
  return base::fail(base::ErrorCode::kDenied, "nobody may do this");
}

}  // namespace slipway::access
