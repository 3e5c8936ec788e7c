// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
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

/// The controller's configuration; every key has a default but the image.
struct Config {
  Listen listen;
  std::vector<std::string> names;  ///< more names and addresses in the public certificate
  CloudConfig cloud;
  base::LogOptions log;
};

/// "127.0.0.1:8443"; kInvalid, field "listen".
base::Result<Listen> parse_listen(const std::string& text);
/// kInvalid with the key as field, and its line in the message.
base::Result<Config> parse_config(const std::string& yaml);
base::Result<Config> load_config(const std::filesystem::path& file);

}  // namespace slipway::config
