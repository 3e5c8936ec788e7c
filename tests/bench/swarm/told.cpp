// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/told.hpp"

namespace slipway::swarm {

namespace {

constexpr std::uint64_t kGib = std::uint64_t{1} << 30;
constexpr char kKernel[] = "6.1.0-28-cloud-amd64";
constexpr char kVersion[] = "v1.20.2";
constexpr char kImage[] = "registry.example.org/swarm/worker:2026.11";
constexpr int kRowsOfBatch = 100;

// A node's bootstrap as agent/bootstrap's plan names it.
constexpr const char* kSteps[] = {"clock", "disks", "kernel",     "containerd", "images", "cni",
                                  "dns",   "join",  "kube-proxy", "labels",     "ready"};
constexpr const char* kUnits[] = {"containerd.service", "kubelet.service", "etcd.service",
                                  "dnsmasq.service"};

void add_disk(auto& to, const char* device, const char* mount, std::uint64_t gib) {
  auto* disk = to.add_disks();
  disk->set_device(device);
  disk->set_size_bytes(gib * kGib);
  disk->set_filesystem("xfs");
  disk->set_mount(mount);
  disk->set_used_bytes(gib * kGib / 4);
}

void name_row(wire::MirrorRow& row, const std::string& kind, const std::string& name,
              base::UtcTime now) {
  auto* meta = row.mutable_meta();
  meta->set_uid(kind + "-" + name + "-6f1c2e5a-0d31-4b8e");
  meta->set_name(name);
  meta->set_resource_version("1048576");
  meta->set_created_utc_ms(base::to_unix_ms(now));
  (*meta->mutable_labels())["app.kubernetes.io/name"] = kNamespace;
}

void set_node(wire::MirrorRow& row, const Member& member, base::UtcTime now) {
  name_row(row, "node", member.node, now);
  auto* node = row.mutable_node();
  node->set_ready(true);
  node->set_ready_since_utc_ms(base::to_unix_ms(now));
  node->set_internal_ip(member.address);
  node->set_version(kVersion);
  node->set_heartbeat_utc_ms(base::to_unix_ms(now));
}

void set_pod(wire::MirrorRow& row, const Member& member, const std::string& name,
             base::UtcTime now) {
  name_row(row, "pod", name, now);
  row.mutable_meta()->set_pod_namespace(kNamespace);
  auto* pod = row.mutable_pod();
  pod->set_phase("Running");
  pod->set_status("Running");
  pod->set_node(member.node);
  pod->set_pod_ip("10.244.1.7");
  pod->set_ready(true);
  auto* container = pod->add_containers();
  container->set_name("main");
  container->set_image(kImage);
  container->set_state("running");
  container->set_ready(true);
}

/// Batches of one kind, each with its length before it.
class Batches {
 public:
  Batches(std::string kind, base::UtcTime now) : kind_(std::move(kind)), now_(now) { begin(); }

  wire::MirrorRow& row() {
    if (batch_.upserts_size() == kRowsOfBatch) put(false);
    return *batch_.add_upserts();
  }
  std::string finish() {
    put(true);
    return std::move(bytes_);
  }

 private:
  void begin() {
    batch_.Clear();
    batch_.set_kind(kind_);
    batch_.set_full(bytes_.empty());
    batch_.set_utc_ms(base::to_unix_ms(now_));
    batch_.set_resource_version("1048576");
  }
  void put(bool last) {
    batch_.set_complete(last);
    const auto body = batch_.SerializeAsString();
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<char>(body.size() >> shift));
    }
    bytes_ += body;
    begin();
  }

  std::string kind_;
  base::UtcTime now_;
  wire::MirrorBatch batch_;
  std::string bytes_;
};

}  // namespace

wire::NodeFacts facts_of(const std::string& node, const std::string& address) {
  wire::NodeFacts facts;
  facts.set_hostname(node);
  facts.set_machine_id("0123456789abcdef0123456789abcdef");
  facts.add_addresses(address);
  facts.set_cpus(8);
  facts.set_memory_bytes(32 * kGib);
  facts.set_os("Debian GNU/Linux 12 (bookworm)");
  facts.set_kernel(kKernel);
  facts.set_agent_version("0.1.0");
  facts.set_kubelet_version(kVersion);
  facts.set_containerd_version("1.6.20");
  facts.set_boot_id("6f1c2e5a-0d31-4b8e-9a3f-2f5d0c7e9b11");
  add_disk(facts, "/dev/vda", "/", 40);
  add_disk(facts, "/dev/vdb", "/var/lib/containerd", 100);
  return facts;
}

wire::NodeState state_of(const Member& member, const wire::TrustHeld& trust,
                         std::uint64_t generation, base::UtcTime booted) {
  wire::NodeState state;
  *state.mutable_facts() = facts_of(member.node, member.address);
  for (const char* name : kSteps) {
    auto* step = state.add_steps();
    step->set_name(name);
    step->set_state(wire::StepReport::DONE);
    step->set_attempts(1);
    step->set_started_utc_ms(base::to_unix_ms(booted) - 60'000);
    step->set_ended_utc_ms(base::to_unix_ms(booted) - 50'000);
    step->set_log_tail(std::string("the step ") + name + " had nothing left to do\n");
    step->set_generation(generation);
  }
  state.set_bootstrapped(true);
  state.set_desired_generation(generation);
  *state.mutable_trust() = trust;
  state.mutable_release()->set_running_sha256(std::string(64, 'a'));
  state.mutable_release()->set_from_image(true);
  state.mutable_release()->set_state(wire::ReleaseState::SETTLED);
  return state;
}

wire::NodeHealth health_of(const Member& member, base::UtcTime now) {
  wire::NodeHealth health;
  health.set_utc_ms(base::to_unix_ms(now));
  health.set_cpu_fraction(0.21);
  health.set_memory_total_bytes(32 * kGib);
  health.set_memory_used_bytes(9 * kGib);
  health.set_load1(1.4);
  health.set_cpu_pressure(0.4);
  health.set_memory_pressure(0.1);
  health.set_io_pressure(0.2);
  add_disk(health, "/dev/vda", "/", 40);
  add_disk(health, "/dev/vdb", "/var/lib/containerd", 100);
  for (const char* name : kUnits) {
    auto* unit = health.add_units();
    unit->set_name(name);
    const bool elsewhere = !member.master && std::string(name) == "etcd.service";
    unit->set_state(elsewhere ? "inactive" : "active");
  }
  return health;
}

std::string quiet_pod(const Member& member) {
  return "quiet-" + member.node;
}

std::string flood_pod(const Member& member) {
  return "flood-" + member.node;
}

std::string mirror_of(const std::vector<const Member*>& nodes, base::UtcTime now) {
  Batches of_nodes("nodes", now);
  Batches of_pods("pods", now);
  for (const Member* member : nodes) {
    set_node(of_nodes.row(), *member, now);
    set_pod(of_pods.row(), *member, quiet_pod(*member), now);
    set_pod(of_pods.row(), *member, flood_pod(*member), now);
  }
  return of_nodes.finish() + of_pods.finish();
}

}  // namespace slipway::swarm
