// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/machines.hpp"

#include <algorithm>

#include "controller/clusters/cluster_states.hpp"
#include "protocol/base/log.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::uint64_t kGib = std::uint64_t{1} << 30;

struct Disk {
  const char* purpose;
  DiskSpec spec;
};

std::vector<Disk> disks_of(const MachineRow& machine, const ClusterSpec& spec) {
  std::vector<Disk> disks{{"system", spec.system}, {"containerd", spec.data}};
  if (machine.is_master()) disks.push_back({"etcd", spec.etcd});
  return disks;
}

std::string token_name(const MachineId& id) {
  return "machine/" + id.value + "/token";
}

}  // namespace

bool is_broken(const MachineRow& machine) {
  if (!machine.cloud.known) return false;
  return machine.cloud.state == cloud::MachineState::kFailed ||
         machine.cloud.state == cloud::MachineState::kGone;
}

bool is_void(const MachineRow& machine) {
  if (machine.resource.empty()) return true;
  const bool gone = machine.cloud.known && machine.cloud.state == cloud::MachineState::kGone;
  return gone || (is_broken(machine) && !machine.bootstrapped);
}

Machines::Machines(store::Database& database, secrets::Secrets& secrets, cloud::Cloud& cloud,
                   Agents& agents, Changes& changes, const base::Clock& clock, UserData user_data)
    : database_(database),
      secrets_(secrets),
      cloud_(cloud),
      agents_(agents),
      changes_(changes),
      clock_(clock),
      started_(clock.utc()),
      user_data_(std::move(user_data)),
      rows_(database),
      ledger_(database, clock),
      pki_(database, secrets, clock) {}

bool Machines::is_away(const MachineRow& machine) const {
  const auto facts = agents_.facts(machine.id);
  return !facts.connected && clock_.utc() - std::max(facts.since, started_) > kLinkGrace;
}

base::Result<cloud::MachineSpec> Machines::plan(const MachineRow& machine,
                                                const ClusterSpec& spec) {
  cloud::MachineSpec wanted;
  auto stored = database_.transaction([&]() -> base::Result<> {
    LedgerRow row;
    row.kind = "machine";
    row.cluster = machine.cluster;
    row.machine = machine.id;
    row.name = machine.name;
    auto planned = ledger_.plan(row);
    if (!planned) return fail(planned);
    wanted.id = planned->id;
    for (const Disk& disk : disks_of(machine, spec)) {
      LedgerRow volume = row;
      volume.kind = "volume";
      volume.parent = planned->id;
      volume.purpose = disk.purpose;
      volume.type = disk.spec.type;
      volume.size_bytes = disk.spec.size_gib * kGib;
      auto made = ledger_.plan(volume);
      if (!made) return fail(made);
      wanted.volumes.push_back({made->id, machine.name + "-" + disk.purpose, made->type,
                                made->size_bytes, made->purpose});
    }
    if (machine.resource != planned->id) rows_.set_resource(machine.id, planned->id);
    return {};
  });
  if (!stored) return fail(stored);
  wanted.name = machine.name;
  wanted.flavor = machine.flavor;
  wanted.key_pair = spec.key_pair;
  return wanted;
}

/// The token lies sealed until the cloud has the machine: a call that is repeated after a crash
/// hands over the same user-data, so that whichever machine came of it can enrol.
base::Result<std::string> Machines::token_of(const MachineRow& machine,
                                             const ResourceId& resource) {
  if (auto known = secrets_.get(token_name(machine.id))) return known;
  std::string token;
  auto stored = database_.transaction([&]() -> base::Result<> {
    token = agents_.issue_token(machine.id, machine.cluster, resource, machine.wire_role());
    secrets_.put(token_name(machine.id), token);
    return {};
  });
  if (!stored) return fail(stored);
  return token;
}

base::Task<base::Result<>> Machines::ensure(MachineRow machine, ClusterSpec spec,
                                            std::string network_cloud_id) {
  if (!machine.resource.empty()) {
    const auto row = ledger_.find(machine.resource);
    if (row && row->state == ResourceState::kPresent) co_return base::Result<>{};
  }
  auto wanted = plan(machine, spec);
  if (!wanted) co_return fail(wanted);
  auto token = token_of(machine, wanted->id);
  if (!token) co_return fail(token);
  wanted->network_cloud_id = std::move(network_cloud_id);
  wanted->user_data = user_data_(*token);
  auto made = co_await cloud_.ensure_machine(*wanted);
  if (!made) {
    const auto& error = made.error();
    co_return fail(error.code, machine.name + ": " + error.message, error.field);
  }
  const auto now = rows_.machine(machine.id);
  if (!now) co_return fail(ErrorCode::kConflict, machine.name + " is no longer wanted");
  auto stored = database_.transaction([&]() -> base::Result<> {
    ledger_.present(wanted->id, made->cloud_id);
    return observe(*now, *made);
  });
  if (!stored) co_return stored;
  secrets_.remove(token_name(machine.id));
  refresh(machine.cluster);
  co_return base::Result<>{};
}

base::Result<> Machines::observe(const MachineRow& machine, const cloud::Machine& seen) {
  const MachineFact fact{true, seen.state, seen.detail, clock_.utc()};
  rows_.set_cloud(machine.id, fact, seen.address);
  for (const cloud::Volume& volume : seen.volumes) {
    const auto row = ledger_.find(volume.id);
    if (!row || row->parent != machine.resource) continue;
    if (row->state == ResourceState::kPresent && row->device == volume.device) continue;
    ledger_.present(volume.id, volume.cloud_id, volume.device);
  }
  if (machine.is_master() && !seen.address.empty()) {
    auto keys = pki_.ensure_master(machine.cluster, machine.id, machine.name, seen.address);
    if (!keys) return fail(keys);
  }
  const bool new_state = !machine.cloud.known || machine.cloud.state != seen.state;
  if (new_state) {
    spdlog::info("machine {}: {} -> {} ({})", machine.name,
                 machine.cloud.known ? name_of(machine.cloud.state) : "unknown",
                 name_of(seen.state), seen.detail.empty() ? "the cloud says so" : seen.detail);
  }
  if (seen.state == cloud::MachineState::kRunning && !machine.enrolled) {
    agents_.machine_runs(machine.id, fact.as_of);
  }
  if (new_state || machine.address != seen.address) {
    changes_.publish({"machine", machine.id.value, machine.cluster.value});
    changes_.publish({"node", machine.id.value, machine.cluster.value});
  }
  return {};
}

void Machines::lost(const MachineRow& machine) {
  const auto row = ledger_.find(machine.resource);
  if (!row || row->state == ResourceState::kPlanned) return;  // the call for it is under way
  cloud::Machine gone;
  gone.state = cloud::MachineState::kGone;
  gone.detail = "the cloud no longer knows it";
  if (auto stored = observe(machine, gone); !stored) {
    spdlog::error("machine {}: {}", machine.name, stored.error().message);
  }
}

base::Task<base::Result<>> Machines::poll() {
  const auto asked = rows_.told_resources();
  auto seen = co_await cloud_.machines();
  if (!seen) co_return fail(seen);
  std::unordered_map<ResourceId, const cloud::Machine*> by_id;
  for (const cloud::Machine& machine : *seen) by_id[machine.id] = &machine;
  std::set<ClusterId> moved;
  auto stored = database_.transaction([&]() -> base::Result<> {
    for (const MachineRow& machine : rows_.briefs()) {
      const auto told = asked.find(machine.resource);
      // What was made or replaced while the cloud answered is not in this answer.
      if (told == asked.end()) continue;
      const auto found = by_id.find(machine.resource);
      if (found == by_id.end()) {
        if (told->second) lost(machine);
        continue;
      }
      if (auto written = observe(machine, *found->second); !written) return written;
      if (machine.address != found->second->address) moved.insert(machine.cluster);
    }
    return {};
  });
  if (!stored) co_return stored;
  for (const ClusterId& cluster : moved) refresh(cluster);
  co_return base::Result<>{};
}

void Machines::refresh(const ClusterId& cluster) {
  const auto machines = rows_.machines(cluster);
  const auto is_lost = [](const MachineRow& machine) { return machine.address.empty(); };
  if (std::ranges::any_of(machines, is_lost)) return;
  for (const MachineRow& machine : machines) agents_.refresh(machine.id);
}

base::Task<base::Result<bool>> Machines::remove(ResourceId resource) {
  const auto row = ledger_.find(resource);
  if (!row || row->state == ResourceState::kGone) co_return true;
  ledger_.set(resource, ResourceState::kDeleting);
  if (auto deleted = co_await cloud_.delete_machine(resource); !deleted) {
    const auto& error = deleted.error();
    co_return fail(error.code, row->name + ": " + error.message, error.field);
  }
  auto after = co_await cloud_.machine(resource);
  if (!after && after.error().code != ErrorCode::kNotFound) co_return fail(after);
  if (after && after->state != cloud::MachineState::kGone) co_return false;
  ledger_.gone(resource);
  changes_.publish({"machine", row->machine.value, row->cluster.value});
  co_return true;
}

base::Task<base::Result<>> Machines::retire(MachineRow machine) {
  agents_.forget(machine.id);
  secrets_.remove(token_name(machine.id));
  auto gone = co_await remove(machine.resource);
  if (!gone) co_return fail(gone);
  if (!*gone) {
    co_return fail(ErrorCode::kUnavailable, machine.name + ": its old machine is still going");
  }
  auto stored = database_.transaction([&]() -> base::Result<> {
    rows_.set_resource(machine.id, {});
    pki_.forget_master(machine.id);
    return {};
  });
  co_return stored;
}

}  // namespace slipway::clusters
