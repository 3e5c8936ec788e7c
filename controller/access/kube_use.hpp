// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "controller/access/rights.hpp"

namespace slipway::access {

/// What a request does at a cluster's API server, as far as rights go by it.
enum class KubeUse {
  kRead,         ///< GET, HEAD, OPTIONS of what is none of those below
  kWrite,        ///< any other method
  kExec,         ///< a process in a container
  kAttach,       ///< the terminal of a container's own process
  kPortForward,  ///< a connection into a pod
  kProxy,        ///< a request that goes on to a pod, a service or a kubelet
  kConnect,      ///< another upgraded connection: nobody sees what goes over it
};

/// A request as rights see it.
struct KubeRequestPath {
  KubeUse use = KubeUse::kRead;
  std::string name_space;   ///< that it is about; empty: none, or all
  bool of_secrets = false;  ///< its answer may hold what Secrets do
  bool of_log = false;      ///< a pod's
};

/// Decided by the path alone where it names exec and its kin: there GET does what POST does. Who
/// asks what they may do only reads, though it is a POST.
/// `path` is decoded, begins with a slash and has no query; `upgraded`: the request asks for
/// another protocol.
KubeRequestPath read_kube_path(std::string_view method, std::string_view path, bool upgraded);
KubeUse kube_use(std::string_view method, std::string_view path, bool upgraded);

/// "read", "exec", "portforward" …: as the audit log names it.
std::string_view name_of(KubeUse use);

/// Whether somebody may ask the API server for this at all; the rest its RBAC decides by the groups
/// that they come with. `where`: the place of the request's namespace; its project is empty where
/// the namespace has none. nullptr: the request is about no namespace, or all.
base::Result<> decide_kube(const Rights& who, KubeUse use, const std::string& cluster,
                           const Place* where);

}  // namespace slipway::access
