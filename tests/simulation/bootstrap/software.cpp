// SPDX-License-Identifier: Apache-2.0
// What runs: units, etcd, kubelet, the API server. The programs are in programs.cpp.
#include "tests/simulation/bootstrap/software.hpp"

#include <algorithm>

namespace slipway::simulation {
namespace {

using namespace std::chrono_literals;
using State = Unit::State;

constexpr auto kStartTime = 50ms;   // a first look while waiting finds it just started
constexpr auto kRestartPause = 2s;  // systemd's, after a death
constexpr auto kFirstRecord = 300ms;
constexpr auto kLog = "/var/lib/etcd/default/member/wal/0.wal";
// As etcd 3.4 writes it: a checksum, its identity, the mark of a snapshot; then, once it has begun,
// the first entry.
constexpr std::string_view kEmptyLog{
    "\4\0\0\0\0\0\0\x84\x08\4\x10\0\0\0\0\0"
    "\6\0\0\0\0\0\0\x82\x08\1\x10\1\x1a\0\0\0"
    "\6\0\0\0\0\0\0\x82\x08\5\x10\1\x1a\0\0\0"
    "\0\0\0\0\0\0\0\0",
    56};
constexpr std::string_view kFirstEntry{
    "\4\0\0\0\0\0\0\x84\x08\2\x1a\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0",
    24};
constexpr auto kApiStart = 1500ms;
constexpr auto kRegistrationPause = 7s;  // kubelet's, after a vain attempt
constexpr const char* kManifests[] = {"kube-apiserver.yaml", "kube-controller-manager.yaml",
                                      "kube-scheduler.yaml"};

}  // namespace

Software::Software(fakes::FakeHost& host, Cluster& cluster, bool master)
    : host_(host), cluster_(cluster), master_(master), disks_{{"/dev/vdb", {}}, {"/dev/vdc", {}}} {}

void Software::boot() {
  units_.clear();
  mounts_.clear();
  addresses_.clear();
  routes_.clear();
  rules_ = 0;
  registered_ = api_pod_ = false;
  write_mounts();
}

void Software::kill(const std::string& unit, bool for_good) {
  Unit& dead = units_[unit];
  if (dead.state == State::kInactive || dead.state == State::kFailed) return;
  dead.state = for_good ? State::kFailed : State::kStarting;
  dead.due = now() + kRestartPause;
  if (unit == "etcd.service") registered_ = false;
}

std::vector<std::string> Software::given_up() const {
  std::vector<std::string> names;
  for (const auto& [name, unit] : units_)
    if (unit.state == State::kFailed) names.push_back(name);
  return names;
}

void Software::start(const std::string& unit) {
  units_[unit] = {State::kStarting, now() + kStartTime, {}};
  if (unit == "etcd.service") registered_ = false;
}

/// What must be so when a unit starts.
void Software::started(const std::string& unit) {
  units_[unit] = {State::kActive, {}, now()};
  if (unit == "containerd.service") {
    if (!mounted("/var/lib/containerd")) wrong_.push_back("containerd began without its disk");
    host_.file("/run/containerd/containerd.sock", "");
  }
  if (unit == "kubelet.service") {
    if (!mounts_.contains("/var/lib/kubelet")) wrong_.push_back("kubelet began without its disk");
    next_registration_ = now() + kStartTime;
  }
  if (unit == "etcd.service" && !mounted("/var/lib/etcd"))
    wrong_.push_back("etcd began without its disk");
}

void Software::settle() {
  for (auto& [name, unit] : units_)
    if (unit.state == State::kStarting && now() >= unit.due) started(name);
  settle_etcd();
  settle_kubelet();
}

/// It asks the discovery service where it has no data, makes its log, and has data a little later.
/// A log without data that it finds it takes for its own, and waits for ever.
void Software::settle_etcd() {
  Disk* disk = mounted("/var/lib/etcd");
  if (!active("etcd.service") || !disk || disk->member) return;
  if (!whole("/etc/default/etcd") || !whole("/etc/etcd/pki/peer.key")) return;
  if (!registered_) {
    registered_ = true;
    made_log_ = !host_.exists(kLog);
    if (!made_log_) return;
    if (!cluster_.discover()) wrong_.push_back("etcd registered again, its data is lost");
    host_.file(kLog, std::string(kEmptyLog));
  }
  if (!made_log_) return;
  if (now() < units_["etcd.service"].since + kFirstRecord) return;
  disk->member = true;
  host_.file(kLog, std::string(kEmptyLog.substr(0, 48)) + std::string(kFirstEntry));
  cluster_.form();
}

void Software::settle_kubelet() {
  const bool works = kubelet_works();
  const Disk* disk = mounted("/var/lib/containerd");
  const bool manifests = std::ranges::all_of(kManifests, [this](const char* name) {
    return whole(std::string("/etc/kubernetes/manifests/") + name);
  });
  if (!api_pod_ && master_ && works && manifests && disk && disk->images.size() == 2) {
    api_pod_ = true;
    api_due_ = now() + kApiStart;
  }
  if (!works || now() < next_registration_) return;
  if (api_serves())
    cluster_.register_node("demo");
  else
    next_registration_ = now() + kRegistrationPause;
}

bool Software::kubelet_works() {
  return active("kubelet.service") && active("containerd.service") &&
         whole("/etc/kubernetes/kubelet.conf") && whole("/var/lib/kubelet/config.yaml");
}

/// A worker's API server is somebody else's, and always there.
bool Software::api_serves() {
  if (!master_) return true;
  const Disk* disk = mounted("/var/lib/etcd");
  return api_pod_ && now() >= api_due_ && active("etcd.service") && disk && disk->member;
}

base::Result<bootstrap::Answer> Software::call(const bootstrap::Call& call) {
  settle();
  if (call.port == 2379) {
    const Disk* disk = mounted("/var/lib/etcd");
    if (!active("etcd.service") || !disk || !disk->member)
      return base::fail(base::ErrorCode::kUnavailable, "connection refused");
    return bootstrap::Answer{200, R"({"health":"true"})"};
  }
  if (!api_serves()) return base::fail(base::ErrorCode::kUnavailable, "connection refused");
  return cluster_.answer(call, kubelet_works(), whole("/etc/cni/net.d/10-slipway.conflist"));
}

Disk* Software::mounted(const std::string& point) {
  const auto at = mounts_.find(point);
  const auto disk = at == mounts_.end() ? disks_.end() : disks_.find(at->second);
  return disk == disks_.end() ? nullptr : &disk->second;
}

void Software::write_mounts() {
  std::string table = "overlay / overlay rw 0 0\n";
  for (const auto& [point, device] : mounts_) table += device + " " + point + " xfs rw 0 0\n";
  host_.file("/proc/self/mounts", table);
}

}  // namespace slipway::simulation
