// SPDX-License-Identifier: Apache-2.0
#include "agent/origin.hpp"

#include "agent/config/user_data.hpp"
#include "agent/link/identity_store.hpp"

namespace slipway::agent {

using base::ErrorCode;

base::Result<Origin> find_origin(const config::AgentConfig& config) {
  auto seed = config::read_seed(config.seed_dirs);
  auto remembered = agent_link::IdentityStore(config.state_dir).remembered();
  if (seed) {
    Origin origin{.controller = {.endpoint = {seed->controller_host, seed->controller_port},
                                 .ca_sha256 = seed->ca_sha256,
                                 .seed_ca_sha256 = seed->ca_sha256},
                  .token = seed->token};
    // A changed CA is learnt over the link; user-data stays as it was.
    if (remembered && remembered->seed_ca_sha256 == seed->ca_sha256) {
      origin.controller.ca_sha256 = remembered->ca_sha256;
    }
    return origin;
  }
  if (seed.error().code != ErrorCode::kNotFound) return base::fail(seed);
  if (!remembered) return base::fail(seed);
  return Origin{.controller = std::move(*remembered), .token = {}};
}

}  // namespace slipway::agent
