// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/intents/intents.hpp"
#include "controller/store/database.hpp"

namespace slipway::intents {

/// The table of intents; says what is stored, decides nothing.
class IntentRows {
 public:
  explicit IntentRows(store::Database& database) : database_(database) {}

  void add(const ClusterId& cluster, const wire::Intent& intent, base::UtcTime now);
  std::optional<Outcome> find(const IntentId& id) const;
  std::optional<wire::Intent> intent(const IntentId& id) const;
  std::size_t pending_count(const ClusterId& cluster) const;
  std::vector<Outcome> pending(const ClusterId& cluster) const;  ///< oldest first
  std::vector<Outcome> newest(const ClusterId& cluster, const Wanted& wanted) const;
  std::vector<ClusterId> clusters_with_pending() const;

  void set_delivered(const IntentId& id);
  void finish(const IntentId& id, const wire::IntentOutcome& outcome, base::UtcTime now);
  void cancel(const IntentId& id, base::UtcTime now);
  void forget(const ClusterId& cluster);
  /// Of the finished ones of one user, or of the controller itself.
  void keep_newest(const ClusterId& cluster, const std::string& asked_by, std::size_t count);

 private:
  store::Database& database_;
};

}  // namespace slipway::intents
