// SPDX-License-Identifier: Apache-2.0
#include "protocol/policy/pod_rules.hpp"

#include <algorithm>
#include <array>

#include "protocol/policy/fields.hpp"

namespace slipway::policy {
namespace {

/// What containerd gives each container anyway. To add one of them, after dropping all, takes
/// rights away; to add another gives what a pod could not have.
constexpr std::array<std::string_view, 14> kCommonCapabilities{
    "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",  "KILL",   "MKNOD",
    "NET_BIND_SERVICE", "NET_RAW", "SETFCAP",      "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"};

/// Those of a pod's own namespaces, as kubelet lists them (the last since 1.22).
constexpr std::array<std::string_view, 5> kSafeSysctls{
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start"};

constexpr std::array<std::string_view, 4> kContainerTypes{"", "container_t", "container_init_t",
                                                          "container_kvm_t"};
constexpr std::array<std::string_view, 2> kMasterTaints{"node-role.kubernetes.io/master",
                                                        "node-role.kubernetes.io/control-plane"};
constexpr std::string_view kAppArmor = "container.apparmor.security.beta.kubernetes.io/";

bool is_among(const auto& all, std::string_view one) {
  return std::ranges::find(all, one) != all.end();
}

std::string item(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

/// What pods and containers both have. `whose`: `container "web"`.
void check_security(const json::object& context, const std::string& whose, const std::string& place,
                    Findings& found) {
  const auto& selinux = object_in(context, "seLinuxOptions");
  if (!text_in(selinux, "user").empty() || !text_in(selinux, "role").empty() ||
      !is_among(kContainerTypes, text_in(selinux, "type"))) {
    found.add("selinux", place + ".seLinuxOptions",
              whose + " chooses an SELinux user, role or type that is not for containers");
  }
  if (is_true(object_in(context, "windowsOptions"), "hostProcess")) {
    found.add("host-process", place + ".windowsOptions.hostProcess",
              whose + " is a process of its node");
  }
}

void check_capabilities(const json::object& context, const std::string& whose,
                        const std::string& place, Findings& found) {
  std::size_t index = 0;
  for (const auto& added : array_in(object_in(context, "capabilities"), "add")) {
    const auto field = item(place + ".capabilities.add", index++);
    if (is_among(kCommonCapabilities, text_of(added))) continue;
    found.add("capabilities", field, whose + " adds the capability " + in_quotes(text_of(added)));
  }
}

void check_ports(const json::object& container, const std::string& whose, const std::string& place,
                 Findings& found) {
  std::size_t index = 0;
  for (const auto& port : array_in(container, "ports")) {
    const auto field = item(place + ".ports", index++) + ".hostPort";
    const auto* taken = value_in(members(&port), "hostPort");
    if (taken == nullptr || !taken->is_number() || *taken == 0) continue;
    found.add("host-port", field,
              whose + " takes port " + json::serialize(*taken) + " of its node");
  }
}

void check_container(const json::object& container, std::string_view called,
                     const std::string& place, Findings& found) {
  const auto whose = std::string(called) + " " + in_quotes(text_in(container, "name"));
  const auto& context = object_in(container, "securityContext");
  const auto below = place + ".securityContext";
  if (is_true(context, "privileged")) {
    found.add("privileged", below + ".privileged", whose + " is privileged");
  }
  const auto proc = text_in(context, "procMount");
  if (!proc.empty() && proc != "Default") {
    found.add("proc-mount", below + ".procMount", whose + " sees all of /proc");
  }
  check_capabilities(context, whose, below, found);
  check_security(context, whose, below, found);
  check_ports(container, whose, place, found);
}

void check_host_namespaces(const json::object& spec, const std::string& place, Findings& found) {
  if (is_true(spec, "hostPID")) {
    found.add("host-pid", place + ".hostPID", "the pod sees the processes of its node");
  }
  if (is_true(spec, "hostIPC")) {
    found.add("host-ipc", place + ".hostIPC", "the pod shares the memory of its node");
  }
  if (is_true(spec, "hostNetwork")) {
    found.add("host-network", place + ".hostNetwork", "the pod is in the network of its node");
  }
}

void check_volumes(const json::object& spec, const std::string& place, Findings& found) {
  std::size_t index = 0;
  for (const auto& one : array_in(spec, "volumes")) {
    const auto field = item(place + ".volumes", index++);
    const auto& volume = members(&one);
    const auto whose = "volume " + in_quotes(text_in(volume, "name"));
    if (has(volume, "hostPath")) {
      found.add("host-path", field + ".hostPath",
                whose + " is the path " +
                    in_quotes(text_in(object_in(volume, "hostPath"), "path")) + " of its node");
    }
    // kubelet runs git as root on the node, on a repository of the pod's choice.
    if (has(volume, "gitRepo")) {
      found.add("git-repo", field + ".gitRepo", whose + " has git run on its node");
    }
  }
}

void check_sysctls(const json::object& context, const std::string& place, Findings& found) {
  std::size_t index = 0;
  for (const auto& one : array_in(context, "sysctls")) {
    const auto field = item(place + ".sysctls", index++);
    const auto name = text_in(members(&one), "name");
    if (is_among(kSafeSysctls, name)) continue;
    found.add("sysctls", field + ".name",
              "the pod sets " + in_quotes(name) + " of its node's kernel");
  }
}

/// A toleration without a key tolerates every taint, those of masters too.
void check_tolerations(const json::object& spec, const std::string& place, Findings& found) {
  std::size_t index = 0;
  for (const auto& one : array_in(spec, "tolerations")) {
    const auto field = item(place + ".tolerations", index++);
    const auto key = text_in(members(&one), "key");
    if (key.empty()) {
      found.add("master-toleration", field, "the pod tolerates every taint, those of masters too");
    } else if (is_among(kMasterTaints, key)) {
      found.add("master-toleration", field + ".key", "the pod tolerates the taint of masters");
    }
  }
}

void check_annotations(const json::object& metadata, const std::string& place, Findings& found) {
  for (const auto& [key, value] : object_in(metadata, "annotations")) {
    const std::string_view name(key);
    if (!name.starts_with(kAppArmor) || text_of(value) != "unconfined") continue;
    found.add(
        "apparmor", place + "metadata.annotations[" + printable(name) + "]",
        "container " + in_quotes(name.substr(kAppArmor.size())) + " is not confined by AppArmor");
  }
}

}  // namespace

void check_containers(const json::array& containers, std::string_view called,
                      const std::string& place, Findings& found) {
  std::size_t index = 0;
  for (const auto& container : containers) {
    if (found.full()) return;
    check_container(members(&container), called, item(place, index++), found);
  }
}

void check_pod(const PodAt& at, Findings& found) {
  const auto& spec = object_in(at.pod, "spec");
  const auto place = at.place + "spec";
  check_host_namespaces(spec, place, found);
  const auto node = text_in(spec, "nodeName");
  if (!node.empty() && !at.is_placed) {
    found.add("node-name", place + ".nodeName",
              "the pod names its node " + in_quotes(node) + " past the scheduler");
  }
  check_tolerations(spec, place, found);
  check_volumes(spec, place, found);
  const auto& context = object_in(spec, "securityContext");
  check_sysctls(context, place + ".securityContext", found);
  check_security(context, "the pod", place + ".securityContext", found);
  check_containers(array_in(spec, "initContainers"), "init container", place + ".initContainers",
                   found);
  check_containers(array_in(spec, "containers"), "container", place + ".containers", found);
  check_containers(array_in(spec, "ephemeralContainers"), "ephemeral container",
                   place + ".ephemeralContainers", found);
  check_annotations(object_in(at.pod, "metadata"), at.place, found);
}

}  // namespace slipway::policy
