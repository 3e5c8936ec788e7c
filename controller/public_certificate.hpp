// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "controller/config/config.hpp"
#include "controller/links/authority.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/net/tls.hpp"

namespace slipway::controller {

inline constexpr std::chrono::hours kPublicCertificateLife{24 * 30};
inline constexpr std::chrono::hours kPublicCertificateRenewal{24 * 7};

/// The certificate that the public port shows: the operator's own where the configuration names its
/// files, else one of the controller's CA. It is looked at again and again; who serves it swaps it.
class PublicCertificate {
 public:
  PublicCertificate(const config::Config& config, const links::Authority& authority,
                    const base::Clock& clock);

  /// What shall be shown from now on; nullopt: nothing changed since the last call. An error names
  /// the file and leaves what was said before in force.
  base::Result<std::optional<net::TlsServer>> look();
  /// What believes the public port and the agents' port; for ca.crt and kubeconfigs.
  std::string roots_pem() const;

 private:
  base::Result<std::optional<net::TlsServer>> read_own();
  base::Result<std::optional<net::TlsServer>> issue();

  const config::Config& config_;
  const links::Authority& authority_;
  const base::Clock& clock_;
  std::string shown_;  ///< digest of what is in force: the own files, or the CA that issued
  std::string own_roots_pem_;
  base::UtcTime issued_;
};

}  // namespace slipway::controller
