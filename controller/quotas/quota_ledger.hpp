// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "controller/access/tenancy.hpp"
#include "controller/quotas/allotment_rows.hpp"
#include "controller/quotas/budget_rules.hpp"
#include "controller/store/database.hpp"

namespace slipway::quotas {

template <class T = void>
using Weighed = std::expected<T, Refusal>;

/// What is asked for a namespace.
struct Ask {
  Where where;
  std::optional<access::Project> project;  ///< none: of no budget
  Amounts amounts = {};
  bool only_weigh = false;  ///< a dry run: nothing is written
};

/// A department's or a project's budget, and how much of it is given away.
struct Budget {
  std::int64_t version = 0;  ///< 0: never set
  Amounts amounts;
  Amounts given;
};

/// Who was given how much: budgets of departments and projects, allotments of namespaces. What is
/// asked is weighed and written in one transaction.
class QuotaLedger {
 public:
  QuotaLedger(store::Database& database, const access::Tenancy& tenancy, const base::Clock& clock);

  /// For a namespace that `intent` is about to make. kConflict: it has one already.
  Weighed<Allotment> allot(const Ask& ask, const base::IntentId& intent);
  /// Of a namespace that is there; `version` is the one that the caller saw, 0: it had none. What
  /// it had before is counted until settle().
  Weighed<Allotment> change(const Ask& ask, std::int64_t version);
  /// To another project's budget, with what it has; `intent` is about to change its label.
  Weighed<Allotment> move(const Where& where, const std::optional<access::Project>& project,
                          const base::IntentId& intent);
  /// The label stayed as it was: so does the budget. `was` is the row from before the move.
  void undo_move(const Where& where, const std::optional<Allotment>& was);
  /// Follows a namespace that somebody made or moved past us. Figures of it that do not fit there
  /// are dropped, and in_force() says what that means.
  Allotment adopt(const Where& where, const std::optional<access::Project>& project);

  /// The cluster has what this version says.
  void settle(const Where& where, std::int64_t version);
  /// The cluster refused this version: `was` counts again.
  void put_back(const Allotment& was, std::int64_t version);
  void made(const Where& where);  ///< its intent was answered
  void seen(const Where& where);
  void release(const Where& where);
  void forget(const base::ClusterId& cluster);

  std::optional<Allotment> find(const Where& where) const { return rows_.find(where); }
  std::vector<Allotment> of(const base::ClusterId& cluster) const { return rows_.of(cluster); }
  std::vector<Allotment> of(const access::ProjectId& project) const { return rows_.of(project); }
  std::vector<base::ClusterId> clusters() const { return rows_.clusters(); }
  /// The figures that hold: where its project or department has a budget and the namespace has no
  /// figure, since it came past us, it gets nothing.
  Amounts in_force(const Allotment& allotment) const;

  Budget budget_of(const access::Project& project) const;
  Budget budget_of(const access::Department& department) const;
  /// `version` as of change(); kConflict too: below what was given away, or namespaces without a
  /// figure.
  Weighed<Budget> set_budget(const access::Project& project, const Amounts& amounts,
                             std::int64_t version, bool only_weigh);
  Weighed<Budget> set_budget(const access::Department& department, const Amounts& amounts,
                             std::int64_t version, bool only_weigh);
  void remove_budget(const std::string& owner);

 private:
  Amounts given_by(const access::ProjectId& project, const Where* but = nullptr) const;
  Amounts share_of(const access::ProjectId& project) const;
  Amounts given_by(const access::DepartmentId& department,
                   const access::ProjectId* but = nullptr) const;
  std::vector<Level> levels_over(const access::Project& project, const Where& but) const;
  std::vector<Shortage> uncounted(const access::Project& project, const Level& level,
                                  const Amounts& fresh) const;
  std::vector<Shortage> weigh_project(const access::Project& project, const Amounts& amounts) const;
  std::vector<Shortage> weigh_department(const access::Department& department,
                                         const Amounts& amounts) const;
  Weighed<> store(const std::string& owner, const Amounts& amounts, std::int64_t version,
                  bool only_weigh, const std::function<std::vector<Shortage>()>& weighed);
  Weighed<Allotment> weigh_and_put(const Ask& ask, Allotment wanted);

  store::Database& database_;
  const access::Tenancy& tenancy_;
  const base::Clock& clock_;
  AllotmentRows rows_;
};

}  // namespace slipway::quotas
