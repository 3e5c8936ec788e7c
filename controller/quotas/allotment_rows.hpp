// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/access/rights.hpp"
#include "controller/quotas/resources.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/ids.hpp"

namespace slipway::quotas {

/// A namespace of a cluster.
struct Where {
  base::ClusterId cluster;
  std::string name_space;
  auto operator<=>(const Where&) const = default;
};

/// What a namespace was allotted.
struct Allotment {
  Where where;
  access::ProjectId project;  ///< whose budget it is of; empty: of none
  std::int64_t version = 1;   ///< grows with each change of the figures
  base::IntentId intent;      ///< that makes or moves it, until it is answered
  bool seen = false;          ///< the mirror has shown the namespace
  base::UtcTime touched;
  Amounts amounts = {};
  Amounts before = {};  ///< what the cluster may still hold of earlier figures

  /// What is counted: until the cluster has a smaller figure, the larger one.
  Amounts counted() const { return larger(amounts, before); }
};

/// The tables of budgets and allotments; says what is stored, decides nothing.
class AllotmentRows {
 public:
  explicit AllotmentRows(store::Database& database) : database_(database) {}

  std::optional<Allotment> find(const Where& where) const;
  std::vector<Allotment> of(const base::ClusterId& cluster) const;  ///< by namespace
  std::vector<Allotment> of(const access::ProjectId& project) const;
  std::vector<base::ClusterId> clusters() const;
  void put(const Allotment& allotment);
  void remove(const Where& where);

  std::int64_t budget_version(const std::string& owner) const;  ///< 0: never set
  Amounts budget(const std::string& owner) const;
  void put_budget(const std::string& owner, std::int64_t version, const Amounts& amounts);
  void remove_budget(const std::string& owner);

 private:
  std::vector<Allotment> where_(const char* condition, const std::string& bound) const;
  void read_amounts(Allotment& into) const;
  store::Database& database_;
};

}  // namespace slipway::quotas
