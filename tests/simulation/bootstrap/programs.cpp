// SPDX-License-Identifier: Apache-2.0
// What the programs of a machine do, whole or cut off.
#include <sstream>

#include "tests/simulation/bootstrap/software.hpp"
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::simulation {
namespace {

using State = Unit::State;
constexpr auto kHalf = "#half";
constexpr auto kKubelet = "/etc/kubernetes/kubelet.conf";

std::vector<std::string> words(const std::string& line) {
  std::istringstream text(line);
  return {std::istream_iterator<std::string>(text), {}};
}

std::string last_word(const std::string& line) {
  return line.substr(line.rfind(' ') + 1);
}

}  // namespace

bool Software::whole(const std::string& path) const {
  const auto found = host_.files.find(path);
  return found != host_.files.end() && !found->second.content.ends_with(kHalf);
}

void Software::put(const std::string& path, const std::string& content, bool half) {
  host_.file(path, half ? content.substr(0, content.size() / 2) + kHalf : content);
}

base::Exit Software::run(const std::string& line, bool half) {
  settle();
  if (line.starts_with("systemctl "))
    return systemctl(line);  // what it asked for is done all the same
  if (line.starts_with("blkid ")) return blkid(line);
  if (line.starts_with("mkfs.xfs ")) return mkfs(line, half);
  if (line.starts_with("mount ")) return mount(line, half);
  if (line.starts_with("ctr ")) return ctr(line, half);
  if (line.starts_with("ip ")) return ip(line, half);
  if (line.starts_with("iptables ")) return iptables(line, half);
  if (line.starts_with("kubeadm ")) return kubeadm(line, half);
  return {};
}

base::Exit Software::systemctl(const std::string& line) {
  const std::string unit = last_word(line);
  const State state = units_[unit].state;
  const auto verb = words(line)[1];
  if (verb == "is-active") return {state == State::kActive ? 0 : 3, ""};
  if (verb == "is-failed") return {state == State::kFailed ? 0 : 1, ""};
  if (verb == "show") {
    static constexpr const char* kNames[] = {"inactive\n", "activating\n", "active\n", "failed\n"};
    return {0, kNames[static_cast<std::size_t>(state)]};
  }
  if (verb == "daemon-reload") return {};
  if (verb == "stop") {
    units_[unit] = {};
    return {};
  }
  if (verb == "start" && state == State::kActive) return {};
  start(unit);
  if (line.find("--no-block") == std::string::npos) started(unit);
  return {};
}

base::Exit Software::blkid(const std::string& line) {
  const Disk& disk = disks_[last_word(line)];
  if (disk.state == Disk::State::kBlank) return {2, ""};
  return {0, "LABEL=" + disk.label + "\nTYPE=xfs\n"};
}

base::Exit Software::mkfs(const std::string& line, bool half) {
  const auto all = words(line);
  Disk& disk = disks_[all.back()];
  const bool by_force = std::ranges::find(all, "-f") != all.end();
  if (disk.state != Disk::State::kBlank && !by_force)
    return {1, "mkfs.xfs: /dev/vdb appears to contain an existing filesystem (xfs)."};
  if (disk.mounted_ever) wrong_.push_back(all.back() + " was formatted again");
  disk = {};
  disk.state = half ? Disk::State::kHalf : Disk::State::kFormatted;
  disk.label = *std::next(std::ranges::find(all, "-L"));
  return {};
}

base::Exit Software::mount(const std::string& line, bool half) {
  if (half) return {};
  const auto all = words(line);
  const auto& point = all.back();
  const auto& device = all[all.size() - 2];
  if (line.find("--bind") == std::string::npos) {
    Disk& disk = disks_[device];
    if (disk.state != Disk::State::kFormatted)
      return {32, "mount: " + point + ": wrong fs type, bad superblock on " + device + "."};
    disk.mounted_ever = true;
  }
  if (mounts_.contains(point)) wrong_.push_back(point + " was mounted twice");
  mounts_[point] = device;
  write_mounts();
  return {};
}

base::Exit Software::ctr(const std::string& line, bool half) {
  if (!active("containerd.service")) return {1, "ctr: failed to dial: connection refused"};
  Disk& disk = *mounted("/var/lib/containerd");
  if (line.find(" import ") != std::string::npos) {
    if (half) return {};
    const bool pause = line.ends_with("/pause.tar");
    disk.images.insert(pause ? "k8s.gcr.io/pause:3.2" : "k8s.gcr.io/kube-proxy:v1.20.2");
    return {};
  }
  std::string list;
  for (const auto& image : disk.images) list += image + "\n";
  return {0, list};
}

base::Exit Software::ip(const std::string& line, bool half) {
  if (line.starts_with("ip -oneline address show")) {
    std::string shown;
    for (const auto& address : addresses_)
      shown += "1: lo    inet " + address + " scope global lo\n";
    return {0, shown};
  }
  if (line.starts_with("ip -json route")) {
    std::string shown;
    for (const auto& [network, node] : routes_)
      shown += (shown.empty() ? "" : ",") +
               ("{\"dst\":\"" + network + "\",\"gateway\":\"" + node + "\"}");
    return {0, "[" + shown + "]"};
  }
  if (half) return {};
  const auto all = words(line);
  if (line.starts_with("ip address replace")) addresses_.insert(all[3]);
  if (line.starts_with("ip -batch - < route replace")) routes_[all[6]] = all[8];
  return {};
}

base::Exit Software::iptables(const std::string& line, bool half) {
  if (line.find("--check") != std::string::npos) return {rules_ > 0 ? 0 : 1, ""};
  if (half) return {};
  if (++rules_ > 1) wrong_.push_back("the same rule of the firewall twice");
  return {};
}

base::Exit Software::kubeadm(const std::string& line, bool half) {
  if (line.starts_with("kubeadm join")) return join(half);
  const auto all = words(line);
  return phase(all[3], half);
}

/// It takes what is there for finished, and complains of what it cannot read.
base::Exit Software::phase(const std::string& name, bool half) {
  static const std::map<std::string, std::vector<std::string>> kMakes{
      {"certs", {"pki/apiserver.crt", "pki/apiserver.key", "pki/front-proxy-client.key"}},
      {"kubeconfig", {"admin.conf", "kubelet.conf"}}};
  if (const auto makes = kMakes.find(name); makes != kMakes.end()) {
    for (const auto& file : makes->second) {
      const auto path = "/etc/kubernetes/" + file;
      if (host_.files.contains(path) && !whole(path)) return {1, path + ": failed to load\n"};
      if (!host_.files.contains(path)) put(path, bootstrap::a_kubeconfig(), half);
      if (half) return {};
    }
    return {};
  }
  if (name == "kubelet-start") {
    put("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n", half);
    if (!half) systemctl("systemctl restart kubelet.service");
    return {};
  }
  if (name == "control-plane") {
    for (const char* pod : {"kube-apiserver", "kube-controller-manager", "kube-scheduler"}) {
      put("/etc/kubernetes/manifests/" + std::string(pod) + ".yaml", "kind: Pod\n", half);
      if (half) return {};
    }
    return {};
  }
  if (!api_serves()) return {1, "connection refused\n"};
  if (name != "bootstrap-token" && !cluster_.has_node()) return {1, "nodes \"demo\" not found\n"};
  if (!half) cluster_.done.insert(name);
  return {};
}

/// It waits for a credential that kubelet fetches; where a file of that name is there it goes on.
base::Exit Software::join(bool half) {
  if (host_.files.contains(kKubelet)) return {};
  if (cluster_.joins > 0) wrong_.push_back("the token to join was used again");
  put("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n", false);
  host_.file("/etc/kubernetes/bootstrap-kubelet.conf", "a token");
  host_.file(kKubelet, half ? bootstrap::a_kubeconfig().substr(0, 200) : bootstrap::a_kubeconfig());
  if (half) return {};
  ++cluster_.joins;  // it has its credential, whether kubelet comes up with it or not
  if (!active("containerd.service")) return {1, "kubelet is not healthy\n"};
  host_.files.erase("/etc/kubernetes/bootstrap-kubelet.conf");
  return systemctl("systemctl restart kubelet.service");
}

}  // namespace slipway::simulation
