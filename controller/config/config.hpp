// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/log.hpp"
#include "protocol/base/result.hpp"

namespace slipway::config {

/// Where the public port listens.
struct Listen {
  std::string address = "127.0.0.1";
  unsigned short port = 8443;
};

/// The local cloud: machines in containers on this host.
struct CloudConfig {
  std::string kind = "local";
  std::filesystem::path image;  ///< directory of the node image
  std::string subnet = "auto";  ///< or a CIDR
};

/// The public port's own certificate; empty: one of the controller's CA.
struct TlsConfig {
  std::filesystem::path certificate;  ///< PEM, leaf first, then its issuers
  std::filesystem::path key;
  std::filesystem::path ca;  ///< what clients shall trust; empty: the last of the chain
  bool given() const { return !certificate.empty(); }
};

/// What holds for the agents.
struct AgentsConfig {
  /// Of a node's certificate; half of it is how long an agent may be away without a renewal.
  std::chrono::seconds certificate_life = std::chrono::hours{24};
  /// Where releases of the agent lie; empty: in the state directory.
  std::filesystem::path releases;
};
inline constexpr std::chrono::seconds kCertificateLifeLeast{10};
inline constexpr std::chrono::seconds kCertificateLifeMost{std::chrono::hours{24 * 90}};

/// What holds for shells on nodes.
struct ShellsConfig {
  std::chrono::seconds keep_recordings = std::chrono::hours{24 * 90};  ///< after their last output
};
inline constexpr std::chrono::seconds kKeepRecordingsLeast{std::chrono::hours{1}};
inline constexpr std::chrono::seconds kKeepRecordingsMost{std::chrono::hours{24 * 3650}};

/// The controller's configuration; every key has a default but the image.
struct Config {
  Listen listen;
  std::vector<std::string> names;  ///< more names and addresses in the public certificate
  CloudConfig cloud;
  AgentsConfig agents;
  ShellsConfig shells;
  TlsConfig tls;
  base::LogOptions log;
};

/// "90s", "15m", "24h", "30d".
std::optional<std::chrono::seconds> parse_duration(const std::string& text);
/// "127.0.0.1:8443"; kInvalid, field "listen".
base::Result<Listen> parse_listen(const std::string& text);
/// kInvalid with the key as field, and its line in the message.
base::Result<Config> parse_config(const std::string& yaml);
base::Result<Config> load_config(const std::filesystem::path& file);

}  // namespace slipway::config
