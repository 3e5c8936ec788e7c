// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "agent/bootstrap/quote.hpp"
#include "agent/bootstrap/templates.hpp"

namespace slipway::bootstrap {

// isGateway with a route of its own, not isDefaultGateway: that one takes the node's default route
// too. ipMasq off: one rule for all pods stands in for one chain for each.
std::string cni_config(const wire::DesiredNode& desired) {
  return fmt::format(R"({{
  "cniVersion": "0.4.0",
  "name": "slipway",
  "plugins": [
    {{
      "type": "bridge",
      "bridge": "cni0",
      "isGateway": true,
      "ipMasq": false,
      "hairpinMode": true,
      "ipam": {{
        "type": "host-local",
        "ranges": [[{{"subnet": {subnet}}}]],
        "routes": [{{"dst": "0.0.0.0/0"}}]
      }}
    }},
    {{
      "type": "portmap",
      "capabilities": {{"portMappings": true}}
    }}
  ]
}}
)",
                     fmt::arg("subnet", double_quoted(desired.kubernetes().node_pod_cidr())));
}

}  // namespace slipway::bootstrap
