// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace slipway::swarm {

struct ClientOptions {
  std::filesystem::path state;
  std::string server;
  std::string kind;       ///< "echo": a WebSocket; "mqtt": MQTT 3.1.1
  std::size_t count = 0;  ///< 0: as many as agents were prepared
  std::chrono::seconds limit{3600};
  std::uint64_t seed = 1;
};

/// The agents' certificates, addresses, handshakes and back-off at a server that is not ours. Takes
/// the word `stat`.
void run_clients(const ClientOptions& options);

}  // namespace slipway::swarm
