// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "controller/secrets/secrets.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::links {

/// Where a change of the controller's CA stands. Each step is one transaction, so that a kill
/// leaves one of these.
enum class CaPhase {
  kSteady,      ///< one CA
  kIntroduced,  ///< a second one is trusted, the first signs
  kSwitched,    ///< both are trusted, the second signs what agents see and hold
};

/// The CA of the controller's own certificates, sealed in the store, and its successor while it is
/// changed. It decides nothing: CaRotation says when a step may be taken.
class Authority {
 public:
  /// Makes the CA at the first call.
  static base::Result<std::unique_ptr<Authority>> open(store::Database& database,
                                                       secrets::Secrets& secrets,
                                                       const base::Clock& clock);

  CaPhase phase() const { return phase_; }
  /// Signs nodes' certificates and that of the agents' port.
  const pki::KeyPair& issuer() const { return phase_ == CaPhase::kSwitched ? next_ : current_; }
  /// Signs that of the public port: the older one until the end, for what trusts it alone.
  const pki::KeyPair& public_issuer() const { return current_; }
  std::string bundle_pem() const;  ///< all that are to be trusted
  // Their SHA-256, asked for at each link:
  const std::vector<std::string>& pins() const { return pins_; }
  const std::string& issuer_sha256() const {
    return phase_ == CaPhase::kSwitched ? pins_.back() : pins_.front();
  }
  const std::string& next_pem() const { return next_.certificate_pem; }  ///< empty when steady
  const std::string& next_sha256() const { return pins_.back(); }        ///< not when steady

  /// The four steps; kConflict where the phase is another one.
  base::Result<> introduce();
  base::Result<> abandon();  ///< back from kIntroduced
  base::Result<> switch_over();
  base::Result<> finish();  ///< the older one is gone, its key too

  /// `told` after each step; not owned, outlives the calls.
  void on_change(std::function<void()> told) { listeners_.push_back(std::move(told)); }

 private:
  Authority(store::Database& database, secrets::Secrets& secrets, const base::Clock& clock);
  base::Result<> load();
  base::Result<> step(CaPhase from, const std::function<void()>& work);
  void note_phase(const char* name);

  store::Database& database_;
  secrets::Secrets& secrets_;
  const base::Clock& clock_;
  CaPhase phase_ = CaPhase::kSteady;
  pki::KeyPair current_;
  pki::KeyPair next_;
  std::vector<std::string> pins_;  ///< of the current one, then of the next
  std::vector<std::function<void()>> listeners_;
};

std::string name_of(CaPhase phase);  ///< "steady", "introduced", "switched"

}  // namespace slipway::links
