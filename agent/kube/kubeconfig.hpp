// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace slipway::kube {

/// What a kubeconfig's current context says: where the API server is and who we are.
struct Kubeconfig {
  std::string host;
  unsigned short port = 6443;
  std::string ca_pem;
  std::string certificate_pem;
  std::string key_pem;
};

/// Reads kubeadm's kubeconfigs: certificates inside, no tokens, no plugins. kInvalid says what is
/// missing.
base::Result<Kubeconfig> parse_kubeconfig(std::string_view yaml);

}  // namespace slipway::kube
