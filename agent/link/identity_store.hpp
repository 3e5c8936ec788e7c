// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "enrol.pb.h"
#include "protocol/base/clock.hpp"
#include "protocol/base/result.hpp"
#include "protocol/net/http_client.hpp"

namespace slipway::agent_link {

/// Where the controller is and how it is known.
struct Controller {
  net::Endpoint endpoint;
  std::string ca_sha256;  ///< hex, of the DER of its CA certificate
};

/// What the machine proves itself with.
struct Identity {
  std::string key_pem;
  std::string certificate_pem;
  std::string ca_pem;
  std::string machine_id;
  base::UtcTime not_before;
  base::UtcTime not_after;
};

/// Key, certificate and controller on disk: node.key, node.crt, ca.crt, controller.yaml in the
/// state directory (0700), each 0600 from its first byte.
class IdentityStore {
 public:
  explicit IdentityStore(std::filesystem::path state_dir);

  /// The machine's key, made at the first call and kept for its life.
  base::Result<std::string> key();
  /// nullopt where there is none, or one that is not of this key or not of this controller's CA.
  base::Result<std::optional<Identity>> load(const std::string& ca_sha256);
  /// kInvalid when the answer is not a certificate of our key by the pinned CA.
  base::Result<Identity> keep(const wire::EnrolResponse& response, const std::string& ca_sha256);

  base::Result<> remember(const Controller& controller);
  /// kNotFound: no controller was remembered.
  base::Result<Controller> remembered() const;

 private:
  base::Result<Identity> check(std::string key_pem, std::string certificate_pem, std::string ca_pem,
                               const std::string& ca_sha256) const;
  base::Result<> make_directory() const;

  std::filesystem::path state_dir_;
};

}  // namespace slipway::agent_link
