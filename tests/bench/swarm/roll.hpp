// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "protocol/base/ids.hpp"
#include "protocol/base/result.hpp"

namespace slipway::swarm {

/// One simulated agent: which machine it is, and what it proves that with.
struct Member {
  base::MachineId machine;
  base::ClusterId cluster;
  std::string node;
  std::string
      address;  ///< of the loopback, its own: the listener checks where a machine dials from
  bool master = false;
  std::string certificate_pem;
  std::string certificate_der;  ///< the same, as handshakes take it
};

/// Where `prepare` lays what the programs of a run read, below the controller's state directory.
struct Files {
  std::filesystem::path directory;

  explicit Files(const std::filesystem::path& state) : directory(state / "swarm") {}
  std::filesystem::path members() const { return directory / "members.jsonl"; }
  std::filesystem::path key() const { return directory / "agent.key"; }  ///< serves all agents
  std::filesystem::path ca() const { return directory / "ca.crt"; }
  std::filesystem::path server_certificate() const { return directory / "server.crt"; }
  std::filesystem::path server_key() const { return directory / "server.key"; }  ///< of the peers
};

/// The agent's own address: 127.1.1.1 and on.
std::string address_of(std::size_t index);

std::string line_of(const Member& member);
/// The first `most` members, in the order of their addresses.
base::Result<std::vector<Member>> read_members(const std::filesystem::path& file, std::size_t most);

}  // namespace slipway::swarm
