// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "enrol.pb.h"
#include "protocol/base/clock.hpp"
#include "protocol/base/result.hpp"
#include "protocol/net/http_client.hpp"

namespace slipway::agent_link {

using Pins = std::vector<std::string>;
inline constexpr std::size_t kMaxPins = 2;

/// Where the controller is and how it is known.
struct Controller {
  net::Endpoint endpoint;
  /// Its pins: lower-case hex, of the DER of its CA certificate; two while the CA is changed.
  Pins ca_sha256;
  /// What user-data said when these pins were first used: another user-data counts anew.
  Pins seed_ca_sha256;
};

/// What the machine proves itself with.
struct Identity {
  std::string key_pem;
  std::string certificate_pem;
  std::string ca_pem;  ///< all that are trusted, one after the other
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
  base::Result<std::optional<Identity>> load(const Pins& ca_sha256);
  /// kInvalid when the answer is not a certificate of our key by the pinned CA.
  base::Result<Identity> keep(const wire::EnrolResponse& response, const Pins& ca_sha256);
  /// Stores whom to trust from now on; the pins of it. kInvalid: no certificates, more than
  /// kMaxPins, or none that is trusted already.
  base::Result<Pins> trust(const std::string& ca_pem, const Pins& ca_sha256);

  base::Result<> remember(const Controller& controller);
  /// kNotFound: no controller was remembered.
  base::Result<Controller> remembered() const;

 private:
  base::Result<Identity> check(std::string key_pem, std::string certificate_pem, std::string ca_pem,
                               const Pins& ca_sha256) const;
  base::Result<> make_directory() const;

  std::filesystem::path state_dir_;
};

/// SHA-256 of each certificate of a PEM, in order; what is none is left out.
Pins digests_of(const std::string& ca_pem);

}  // namespace slipway::agent_link
