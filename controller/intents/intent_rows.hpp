// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/intents/intents.hpp"
#include "controller/store/database.hpp"

namespace slipway::intents {

/// The tables of intents: a row each, and apart from it what was asked and answered, which lists do
/// not read. Says what is stored, decides nothing.
class IntentRows {
 public:
  explicit IntentRows(store::Database& database) : database_(database) {}

  void add(const ClusterId& cluster, const wire::Intent& intent, base::UtcTime now);
  std::optional<Outcome> find(const IntentId& id) const;
  std::optional<wire::Intent> intent(const IntentId& id) const;  ///< nullopt: no longer kept, too
  std::size_t pending_count(const ClusterId& cluster) const;
  std::vector<Outcome> pending(const ClusterId& cluster) const;  ///< oldest first
  std::vector<Outcome> newest(const ClusterId& cluster, const Wanted& wanted) const;
  std::vector<ClusterId> clusters_with_pending() const;

  /// Of rows that an older version wrote: what a list shows, and what is not kept of them.
  void complete();
  void set_delivered(const IntentId& id);
  void finish(const IntentId& id, const wire::IntentOutcome& outcome, base::UtcTime now);
  void cancel(const IntentId& id, base::UtcTime now);
  void forget(const ClusterId& cluster);
  /// Of the finished ones of one user, or of the controller itself.
  void keep_newest(const ClusterId& cluster, const std::string& asked_by, std::size_t count);
  /// What was asked by those that failed or were given up: of the newest it may be asked again.
  void keep_texts_of_newest(const ClusterId& cluster, const std::string& asked_by,
                            std::size_t count);

 private:
  void keep_texts(const IntentId& id, const wire::IntentOutcome& outcome);
  store::Database& database_;
};

}  // namespace slipway::intents
