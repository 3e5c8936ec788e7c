// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "controller/links/authority.hpp"
#include "controller/links/links.hpp"
#include "controller/links/roster.hpp"

namespace slipway::links {

inline constexpr std::size_t kNamedMissing = 5;  ///< in a refusal; the list has them all

/// A machine that holds up the next step of a change, and why.
struct Missing {
  base::MachineId machine;
  std::string node;
  std::string why;
};

/// Leads the agents through a change of the controller's CA: tells each whom to trust, learns who
/// holds it, and lets the next step through when nobody is missing, or when it is forced.
class CaRotation : public LinkListener {
 public:
  CaRotation(store::Database& database, Authority& authority, Links& links, const Roster& roster,
             const base::Clock& clock);

  const Authority& authority() const { return authority_; }
  /// Of the next step, all machines that may come back: linked ones and those merely known.
  std::vector<Missing> missing() const;

  base::Result<> introduce() { return authority_.introduce(); }
  base::Result<> abandon() { return authority_.abandon(); }
  /// kConflict with who is missing, unless `force`: those must be told by hand later.
  base::Result<> switch_over(bool force);
  base::Result<> finish(bool force);

  void link_up(const MachineId& machine, const wire::NodeState& state) override;
  void reported(const MachineId& machine, const wire::Report& report) override;

 private:
  void tell(const MachineId& machine);
  bool is_noted(const MachineId& machine, const std::string& digests,
                const std::string& issuer) const;
  void note(const MachineId& machine, const wire::TrustHeld& held);
  std::string lacks(const std::string& held, const std::string& issuer) const;
  base::Result<> nobody_missing() const;

  store::Database& database_;
  Authority& authority_;
  Links& links_;
  const Roster& roster_;
  const base::Clock& clock_;
};

}  // namespace slipway::links
