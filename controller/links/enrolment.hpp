// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/access/audit.hpp"
#include "controller/cloud/cloud.hpp"
#include "controller/store/database.hpp"
#include "enrol.pb.h"
#include "protocol/base/clock.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::links {

inline constexpr std::chrono::minutes kTokenLife{15};  ///< from the moment the cloud says that the machine runs
inline constexpr std::chrono::hours kNodeCertificateLife{24};

/// Hands out one-use tokens and turns a token with a CSR into a node's certificate.
/// A token is stored hashed, bound to machine, cluster and role, then to the first public key that
/// shows it. The same key may ask again until its first link opened; another key is refused and
/// both are flagged. Before any certificate the cloud is asked that the machine runs and that the
/// address it dials from is its own. Every refusal is audited ("enrol.refused", with the reason).
class Enrolment {
 public:
  Enrolment(store::Database& database, cloud::Cloud& cloud, access::Audit& audit,
            const pki::KeyPair& ca, const base::Clock& clock);

  /// A token of 256 random bits as hex; an older one of the machine is void.
  std::string issue_token(const base::MachineId& machine, const base::ClusterId& cluster,
                          const base::ResourceId& resource);
  void machine_runs(const base::MachineId& machine, base::UtcTime since);  ///< the token's life begins
  void link_opened(const base::MachineId& machine);                       ///< the token is spent
  void forget(const base::MachineId& machine);

  /// kDenied with field "token", "key", "address", "machine"; kInvalid with field "csr"; kUnavailable
  /// when the cloud does not answer (the agent tries again).
  base::Task<base::Result<wire::EnrolResponse>> enrol(wire::EnrolRequest request, std::string from);

 private:
  store::Database& database_;
  cloud::Cloud& cloud_;
  access::Audit& audit_;
  const pki::KeyPair& ca_;
  const base::Clock& clock_;
};

}  // namespace slipway::links
