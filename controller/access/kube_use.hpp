// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "controller/access/role.hpp"

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

/// Decided by the path alone where it names exec and its kin: there GET does what POST does.
/// `path` is decoded, begins with a slash and has no query; `upgraded`: the request asks for
/// another protocol.
KubeUse kube_use(std::string_view method, std::string_view path, bool upgraded);

/// "read", "exec", "portforward" …: as the audit log names it.
std::string_view name_of(KubeUse use);

/// Whether somebody of this role may ask the API server for this at all; what the answer is remains
/// the API server's decision. Only administrators can log in as yet: the others' namespaces are not
/// known here, so that reading is all that can be granted, and only to who reads everything.
bool may_use(Role role, KubeUse use);

}  // namespace slipway::access
