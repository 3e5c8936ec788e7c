// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "controller/access/audit.hpp"
#include "controller/cloud/cloud.hpp"
#include "controller/links/authority.hpp"
#include "controller/links/enrolment_rows.hpp"
#include "controller/links/roster.hpp"
#include "controller/store/database.hpp"
#include "enrol.pb.h"
#include "protocol/base/clock.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::links {

inline constexpr std::chrono::minutes kTokenLife{
    15};  ///< from the moment the cloud says that the machine runs
inline constexpr std::size_t kTokenBytes = 32;

/// Why a machine is suspected: two keys showed its token.
struct Suspicion {
  base::UtcTime since;
  std::string bound_key_sha256;
  std::string other_key_sha256;
  std::string from;  ///< address that the other key came from
};

/// Hands out one-use tokens and turns a token with a CSR into a node's certificate.
/// A token is stored hashed, bound to machine, cluster and role, then to the first public key that
/// shows it. The same key may ask again until its first link opened; another key is refused and
/// both are flagged. Before any certificate the cloud is asked that the machine runs and that the
/// address it dials from is its own. Every refusal is audited ("enrol.refused", with the reason).
class Enrolment {
 public:
  Enrolment(store::Database& database, cloud::Cloud& cloud, access::Audit& audit,
            const Roster& roster, const Authority& authority, std::chrono::seconds certificate_life,
            const base::Clock& clock);

  /// A token of 256 random bits as hex; an older one of the machine is void.
  std::string issue_token(const base::MachineId& machine, const base::ClusterId& cluster,
                          const base::ResourceId& resource, wire::Role role);
  /// The token's life begins (the first call counts). Without it, it begins with the first request
  /// at which the cloud says that the machine runs.
  void machine_runs(const base::MachineId& machine, base::UtcTime since);
  void link_opened(const base::MachineId& machine);  ///< the token is spent
  void forget(const base::MachineId& machine);  ///< deleted: neither token nor certificate is good
  std::optional<Suspicion> suspicion(const base::MachineId& machine) const;

  /// kDenied with field "token", "key", "address", "machine"; kInvalid with field "csr";
  /// kUnavailable when the cloud does not answer (the agent tries again).
  base::Task<base::Result<wire::EnrolResponse>> enrol(wire::EnrolRequest request, std::string from);

  /// A new certificate for a key that enrolled: the CSR's signature proves the key, so neither
  /// token nor a certificate that is still good is asked for (a machine may have been off for
  /// days).
  base::Task<base::Result<wire::EnrolResponse>> renew(wire::EnrolRequest request, std::string from);

  /// May the holder of a verified certificate open its link from there? kDenied: unknown, deleted,
  /// another machine's address.
  base::Task<base::Result<>> admit(base::MachineId machine, std::string from);
  /// The role of a machine that has a bound key and is not forgotten.
  std::optional<wire::Role> enrolled(const base::MachineId& machine) const;
  std::size_t enrolled_count() const;  ///< machines that may link; reads all their rows

 private:
  base::Result<EnrolmentRow> usable(const std::string& token) const;
  base::Result<> in_time(const EnrolmentRow& row) const;
  base::Task<base::Result<>> check_machine(EnrolmentRow row, std::string from);
  base::Result<> bind_key(const EnrolmentRow& row, const std::string& key, const std::string& from);
  base::Result<wire::EnrolResponse> certify(const EnrolmentRow& row, const std::string& csr_pem,
                                            const std::string& from);
  void flag(const EnrolmentRow& row, const std::string& other_key, const std::string& from);
  void audit_refusal(const std::string& machine, const std::string& from, const base::Error& why);

  EnrolmentRows rows_;
  cloud::Cloud& cloud_;
  access::Audit& audit_;
  const Roster& roster_;
  const Authority& authority_;
  const std::chrono::seconds certificate_life_;
  const base::Clock& clock_;
};

}  // namespace slipway::links
