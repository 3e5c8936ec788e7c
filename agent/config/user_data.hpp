// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::config {

/// What the cloud handed this machine: where its controller is, how to know it, and the token.
struct UserData {
  std::string controller_host;  ///< name or address
  unsigned short controller_port = 0;
  /// lower-case hex, of the DER of the controller's CA certificate; two while it is changed
  std::vector<std::string> ca_sha256;
  std::string token;  ///< 64 hex digits; a secret until it is spent
};

/// kInvalid: what is wrong, with line and column; `field` names the key. The token is never quoted.
base::Result<UserData> parse_user_data(std::string_view text, const std::string& source);

/// The user-data of the first directory that has one. kNotFound: none has.
base::Result<UserData> read_seed(const std::vector<std::filesystem::path>& seed_dirs);

}  // namespace slipway::config
