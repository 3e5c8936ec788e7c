// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "controller/links/authority.hpp"
#include "controller/links/links.hpp"
#include "controller/links/roster.hpp"
#include "protocol/base/wakeup.hpp"

namespace slipway::links {

inline constexpr std::size_t kNamedMissing = 5;  ///< in a refusal; the list has them all
/// So many are told before others have their turn: what is sent to the first of thousands leaves
/// before the last one's is made, and nobody else waits for all of it.
inline constexpr std::size_t kToldInTurn = 512;

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
  CaRotation(boost::asio::any_io_executor executor, store::Database& database, Authority& authority,
             Links& links, const Roster& roster, const base::Clock& clock);

  /// Tells the linked agents of each change, and writes down what they tell; works until cancelled.
  base::Task<> run();

  const Authority& authority() const { return authority_; }
  /// Of the next step, all machines that may come back: linked ones and those merely known. What
  /// they told last is written down first; where that fails, it is not counted.
  std::vector<Missing> missing();

  base::Result<> introduce() { return authority_.introduce(); }
  base::Result<> abandon() { return authority_.abandon(); }
  /// kConflict with who is missing, unless `force`: those must be told by hand later. kUnavailable,
  /// unless `force`: what machines told last could not be written down.
  base::Result<> switch_over(bool force);
  base::Result<> finish(bool force);

  void link_up(const MachineId& machine, const wire::NodeState& state) override;
  void reported(const MachineId& machine, const wire::Report& report) override;

 private:
  base::Task<> tell_all();
  void tell(const MachineId& machine);
  /// Whom a machine trusts, as the store has it.
  struct Held {
    std::string digests;
    std::string issuer;
  };
  void hear(const MachineId& machine, const wire::TrustHeld& held);
  void write_down();
  bool is_noted(const MachineId& machine, const Held& held) const;
  void note(const MachineId& machine, const Held& held);
  std::string lacks(const std::string& held, const std::string& issuer) const;
  base::Result<> nobody_missing();

  store::Database& database_;
  Authority& authority_;
  Links& links_;
  const Roster& roster_;
  const base::Clock& clock_;
  base::Wakeup changed_;
  /// What was told and is not written yet, one for each machine: of thousands that answer at once
  /// all that came meanwhile goes in one transaction.
  std::unordered_map<MachineId, Held> heard_;
  bool untold_ = false;  ///< a change of which not all linked agents have been told
};

}  // namespace slipway::links
