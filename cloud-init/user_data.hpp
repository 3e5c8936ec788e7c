// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "protocol/base/result.hpp"

namespace slipway::cloud_init {

/// All that a machine is told before it enrols.
struct UserData {
  std::string controller_host;  ///< name or address that the machine can reach
  unsigned short controller_port = 0;
  /// 64 hex digits each, of the DER of the controller's CA certificate; two while it is changed
  std::vector<std::string> ca_sha256;
  std::string token;  ///< 64 hex digits
};

struct MetaData {
  std::string instance_id;     ///< the machine's resource id; a new one is a new machine
  std::string local_hostname;  ///< a DNS label
};

/// The `#cloud-config` document; kInvalid with the field that does not fit in.
base::Result<std::string> render(const UserData& data);
/// The `meta-data` file of the NoCloud seed.
base::Result<std::string> render(const MetaData& data);

}  // namespace slipway::cloud_init
