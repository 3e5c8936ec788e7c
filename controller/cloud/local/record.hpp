// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "controller/cloud/cloud.hpp"
#include "controller/cloud/local/layout.hpp"
#include "controller/cloud/local/subnet.hpp"

namespace slipway::cloud::local {

/// How far a machine's life has come; written before the work that it names.
enum class Phase {
  kMaking,    ///< disks and seed are not complete: may be begun again
  kMade,      ///< can be powered on
  kDeleting,  ///< going away: only ever finished
};

struct VolumeRecord {
  base::ResourceId id;
  std::string name;
  std::string purpose;
  std::uint64_t size_bytes = 0;
  std::string device;
};

struct PublishedPort {
  unsigned short port = 0;       ///< of the machine
  unsigned short host_port = 0;  ///< on this host's loopback
};

/// What the local cloud remembers of a machine.
struct MachineRecord {
  base::ResourceId id;
  std::string name;
  Phase phase = Phase::kMaking;
  bool powered = false;  ///< should run; false once it was stopped or powered itself off
  std::string detail;    ///< why it does not run
  std::string ran_in;    ///< boot id of the host it was last started in; empty: start is due
  unsigned cpus = 0;
  std::uint64_t memory_bytes = 0;
  std::vector<std::string> layers;
  std::string address;
  unsigned prefix_bits = 0;
  std::string gateway;
  std::string user_data;              ///< only while kMaking: it holds a token
  std::vector<VolumeRecord> volumes;  ///< the system disk first
  std::vector<PublishedPort> published;
};

struct NetworkRecord {
  base::ResourceId id;
  std::string name;
};

struct LoadBalancerRecord {
  base::ResourceId id;
  std::string name;
  std::string address;
  unsigned short port = 0;
  std::string health_path;
  std::vector<std::string> members;
  bool operator==(const LoadBalancerRecord&) const = default;
};

/// What the local cloud remembers of its host.
struct HostRecord {
  std::string boot_id;
  std::string subnet;
  std::uint32_t next_host = 0;
};

std::string to_json(const MachineRecord& record);
std::string to_json(const NetworkRecord& record);
std::string to_json(const LoadBalancerRecord& record);
std::string to_json(const HostRecord& record);
/// kInternal: the file is damaged.
base::Result<MachineRecord> machine_from_json(std::string_view text);
base::Result<NetworkRecord> network_from_json(std::string_view text);
base::Result<LoadBalancerRecord> load_balancer_from_json(std::string_view text);
base::Result<HostRecord> host_from_json(std::string_view text);

base::Result<> save(const Layout& layout, const MachineRecord& record);
base::Result<MachineRecord> load_machine(const MachineFiles& files);
/// All that can be read; the rest is logged and left alone.
std::vector<MachineRecord> load_machines(const Layout& layout);
std::vector<NetworkRecord> load_networks(const Layout& layout);
std::filesystem::path network_file(const Layout& layout, const base::ResourceId& id);

}  // namespace slipway::cloud::local
