// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace slipway::cloud::local {

/// A block device that the machine sees.
struct BlockDevice {
  std::string path;  ///< /dev/vdb
  unsigned major = 0;
  unsigned minor = 0;
};

struct BindMount {
  std::string source;
  std::string destination;
  bool writable = true;
};

/// All that a machine's OCI configuration depends on.
struct OciInput {
  std::string host_name;
  std::string root;
  std::string network_namespace;  ///< path
  std::string cgroups_path;
  std::vector<std::string> capabilities;
  std::vector<BlockDevice> disks;
  std::vector<BindMount> binds;  ///< mounted in order, after /dev, /run and /tmp
  unsigned cpus = 0;
  unsigned host_cpus = 0;
  std::uint64_t memory_bytes = 0;  ///< 0: no limit
};

/// The text of config.json.
std::string oci_spec(const OciInput& input);

/// Names of the capabilities in `bounding` that a machine may have: what acts on the host itself
/// (modules, clock, raw I/O) is left out.
std::vector<std::string> machine_capabilities(std::uint64_t bounding);

/// This process's bounding set: runc refuses to give what is not in it.
std::uint64_t bounding_capabilities();

}  // namespace slipway::cloud::local
