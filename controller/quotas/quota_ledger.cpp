// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/quota_ledger.hpp"

#include <algorithm>
#include <iterator>

namespace slipway::quotas {

namespace {

using base::ErrorCode;

constexpr char kRaisers[] = "administrators";

std::string raisers_in(const access::Project& project) {
  return "administrators of department " + project.department.name + " and administrators";
}

/// A department weighs by its projects' budgets where they have one: what of the project is counted
/// so is no matter of its namespaces.
void leave_out(Amounts& of, const Amounts& what) {
  for (const auto& [resource, amount] : what) of.erase(resource);
}

/// What a project with this budget of its own takes of its department's, having given so much.
Amounts share_by(Amounts budget, Amounts given) {
  leave_out(given, budget);
  add(budget, given);
  return budget;
}

std::unexpected<Refusal> there_already(const Where& where) {
  return std::unexpected(
      Refusal{{ErrorCode::kConflict,
               "namespace " + where.name_space + " is there already, or is being made or deleted",
               "name"}});
}

}  // namespace

QuotaLedger::QuotaLedger(store::Database& database, const access::Tenancy& tenancy,
                         const base::Clock& clock)
    : database_(database), tenancy_(tenancy), clock_(clock), rows_(database) {}

Amounts QuotaLedger::given_by(const access::ProjectId& project, const Where* but) const {
  Amounts given;
  for (const auto& one : rows_.of(project)) {
    if (but == nullptr || one.where != *but) add(given, one.counted());
  }
  return given;
}

/// What a project takes of its department's budget.
Amounts QuotaLedger::share_of(const access::ProjectId& project) const {
  return share_by(rows_.budget(project.value), given_by(project));
}

Amounts QuotaLedger::given_by(const access::DepartmentId& department,
                              const access::ProjectId* but) const {
  Amounts given;
  for (const auto& project : tenancy_.projects()) {
    const bool counts = project.department.id == department;
    if (counts && (but == nullptr || project.id != *but)) add(given, share_of(project.id));
  }
  return given;
}

/// The budgets that a namespace of the project is weighed by, and what others have of them.
std::vector<Level> QuotaLedger::levels_over(const access::Project& project,
                                            const Where& but) const {
  Level own{.level = "project",
            .name = project.name,
            .raisers = raisers_in(project),
            .budget = rows_.budget(project.id.value),
            .given = given_by(project.id, &but)};
  Level above{.level = "department",
              .name = project.department.name,
              .raisers = kRaisers,
              .budget = rows_.budget(project.department.id.value),
              .given = {}};
  leave_out(above.budget, own.budget);
  if (!above.budget.empty()) {
    // Without the namespace in whichever project it is: one that moves is counted once.
    for (const auto& one : tenancy_.projects()) {
      if (one.department.id != project.department.id) continue;
      add(above.given, share_by(rows_.budget(one.id.value), given_by(one.id, &but)));
    }
  }
  return {std::move(own), std::move(above)};
}

Weighed<Allotment> QuotaLedger::weigh_and_put(const Ask& ask, Allotment wanted) {
  if (ask.project) {
    const auto before = rows_.find(ask.where);
    const bool stays = before && before->project == ask.project->id;
    auto shortages = weigh(ask.amounts, stays ? before->counted() : Amounts{},
                           levels_over(*ask.project, ask.where));
    if (!shortages.empty()) return std::unexpected(refusal_of(std::move(shortages), "quota"));
  }
  wanted.touched = clock_.utc();
  if (!ask.only_weigh) rows_.put(wanted);
  return wanted;
}

Weighed<Allotment> QuotaLedger::allot(const Ask& ask, const base::IntentId& intent) {
  Weighed<Allotment> done = there_already(ask.where);
  (void)database_.transaction([&]() -> base::Result<> {
    if (rows_.find(ask.where)) return {};
    done = weigh_and_put(ask, {.where = ask.where,
                               .project = ask.project ? ask.project->id : access::ProjectId{},
                               .intent = intent,
                               .amounts = ask.amounts});
    return {};
  });
  return done;
}

Weighed<Allotment> QuotaLedger::change(const Ask& ask, std::int64_t version) {
  Weighed<Allotment> done;
  (void)database_.transaction([&]() -> base::Result<> {
    const auto was = rows_.find(ask.where);
    const auto present = was ? was->version : 0;
    if (present != version) {
      done = std::unexpected(stale(version, present));
      return {};
    }
    Allotment wanted{.where = ask.where,
                     .project = ask.project ? ask.project->id : access::ProjectId{},
                     .version = present + 1,
                     .amounts = ask.amounts};
    if (was) {
      wanted.intent = was->intent;
      wanted.before = was->counted();
    }
    wanted.seen = !was || was->seen;
    done = weigh_and_put(ask, std::move(wanted));
    return {};
  });
  return done;
}

Weighed<Allotment> QuotaLedger::move(const Where& where,
                                     const std::optional<access::Project>& project,
                                     const base::IntentId& intent) {
  Weighed<Allotment> done;
  (void)database_.transaction([&]() -> base::Result<> {
    const access::ProjectId to = project ? project->id : access::ProjectId{};
    const auto was = rows_.find(where);
    auto moved = was.value_or(Allotment{.where = where, .seen = true});
    if (was ? was->project == to : to.empty()) {
      done = std::move(moved);
      return {};
    }
    moved.project = to;
    moved.intent = intent;
    // By what is counted, which is more than it shall have while the cluster is asked for less.
    const Ask ask{.where = where, .project = project, .amounts = moved.counted()};
    done = weigh_and_put(ask, std::move(moved));
    return {};
  });
  return done;
}

void QuotaLedger::undo_move(const Where& where, const std::optional<Allotment>& was) {
  (void)database_.transaction([&]() -> base::Result<> {
    auto row = rows_.find(where);
    if (!was) {
      rows_.remove(where);
    } else if (row) {
      row->project = was->project;
      row->intent = was->intent;
      rows_.put(*row);
    }
    return {};
  });
}

Allotment QuotaLedger::adopt(const Where& where, const std::optional<access::Project>& project) {
  Allotment taken{.where = where, .version = 0, .seen = true};
  (void)database_.transaction([&]() -> base::Result<> {
    if (auto was = rows_.find(where)) taken = std::move(*was);
    taken.project = project ? project->id : access::ProjectId{};
    ++taken.version;
    taken.touched = clock_.utc();
    taken.before.clear();
    if (project) {
      for (const auto& one : weigh(taken.amounts, {}, levels_over(*project, where))) {
        taken.amounts.erase(one.resource);
      }
    }
    rows_.put(taken);
    return {};
  });
  return taken;
}

void QuotaLedger::settle(const Where& where, std::int64_t version) {
  (void)database_.transaction([&]() -> base::Result<> {
    auto row = rows_.find(where);
    if (!row || row->version != version || row->before.empty()) return {};
    row->before.clear();
    rows_.put(*row);
    return {};
  });
}

void QuotaLedger::put_back(const Allotment& was, std::int64_t version) {
  (void)database_.transaction([&]() -> base::Result<> {
    auto row = rows_.find(was.where);
    if (!row || row->version != version) return {};  // changed again meanwhile
    row->amounts = was.amounts;
    row->before = was.before;
    row->version = version + 1;  // who saw this one did not see what is there now
    rows_.put(*row);
    return {};
  });
}

void QuotaLedger::made(const Where& where) {
  (void)database_.transaction([&]() -> base::Result<> {
    auto row = rows_.find(where);
    if (!row) return {};
    row->intent = {};
    row->touched = clock_.utc();
    rows_.put(*row);
    return {};
  });
}

void QuotaLedger::seen(const Where& where) {
  (void)database_.transaction([&]() -> base::Result<> {
    auto row = rows_.find(where);
    if (!row || row->seen) return {};
    row->seen = true;
    rows_.put(*row);
    return {};
  });
}

void QuotaLedger::release(const Where& where) {
  rows_.remove(where);
}

void QuotaLedger::forget(const base::ClusterId& cluster) {
  (void)database_.transaction([&]() -> base::Result<> {
    for (const auto& one : rows_.of(cluster)) rows_.remove(one.where);
    return {};
  });
}

Amounts QuotaLedger::in_force(const Allotment& allotment) const {
  auto figures = allotment.amounts;
  const auto project = tenancy_.project(allotment.project);
  if (!project) return figures;
  for (const auto& owner : {project->id.value, project->department.id.value}) {
    for (const auto& [resource, amount] : rows_.budget(owner)) figures.emplace(resource, 0);
  }
  return figures;
}

Budget QuotaLedger::budget_of(const access::Project& project) const {
  return {.version = rows_.budget_version(project.id.value),
          .amounts = rows_.budget(project.id.value),
          .given = given_by(project.id)};
}

Budget QuotaLedger::budget_of(const access::Department& department) const {
  return {.version = rows_.budget_version(department.id.value),
          .amounts = rows_.budget(department.id.value),
          .given = given_by(department.id)};
}

/// Namespaces of the project without a figure for what a budget is set on anew.
std::vector<Shortage> QuotaLedger::uncounted(const access::Project& project, const Level& level,
                                             const Amounts& fresh) const {
  std::vector<Shortage> shortages;
  for (const auto& one : rows_.of(project.id)) {
    for (const auto& [resource, amount] : fresh) {
      if (one.amounts.contains(resource)) continue;
      shortages.push_back({.why = Shortage::Why::kUncounted,
                           .level = level.level,
                           .name = level.name,
                           .resource = resource,
                           .raisers = level.raisers,
                           .uncounted = one.where.name_space});
      return shortages;  // one is enough to go on with
    }
  }
  return shortages;
}

std::vector<Shortage> QuotaLedger::weigh_project(const access::Project& project,
                                                 const Amounts& amounts) const {
  const auto& department = project.department;
  const auto had = rows_.budget(project.id.value);
  Level own{.level = "project",
            .name = project.name,
            .raisers = raisers_in(project),
            .budget = had,
            .given = given_by(project.id)};
  Level above{.level = "department",
              .name = department.name,
              .raisers = kRaisers,
              .budget = rows_.budget(department.id.value),
              .given = given_by(department.id, &project.id)};
  auto fresh = amounts;  // what was counted by a budget before, each namespace has a figure for
  leave_out(fresh, had);
  leave_out(fresh, above.budget);
  auto shortages = weigh_given(own, amounts);
  std::ranges::move(weigh_budget(amounts, had, above), std::back_inserter(shortages));
  std::ranges::move(uncounted(project, own, fresh), std::back_inserter(shortages));
  return shortages;
}

std::vector<Shortage> QuotaLedger::weigh_department(const access::Department& department,
                                                    const Amounts& amounts) const {
  const auto had = rows_.budget(department.id.value);
  const Level own{.level = "department",
                  .name = department.name,
                  .raisers = kRaisers,
                  .budget = had,
                  .given = given_by(department.id)};
  auto shortages = weigh_given(own, amounts);
  for (const auto& project : tenancy_.projects()) {
    if (project.department.id != department.id) continue;
    auto fresh = amounts;
    leave_out(fresh, had);
    leave_out(fresh, rows_.budget(project.id.value));
    std::ranges::move(uncounted(project, own, fresh), std::back_inserter(shortages));
  }
  return shortages;
}

Weighed<> QuotaLedger::store(const std::string& owner, const Amounts& amounts, std::int64_t version,
                             bool only_weigh,
                             const std::function<std::vector<Shortage>()>& weighed) {
  Weighed<> done;
  (void)database_.transaction([&]() -> base::Result<> {
    const auto present = rows_.budget_version(owner);
    if (present != version) {
      done = std::unexpected(stale(version, present));
    } else if (auto shortages = weighed(); !shortages.empty()) {
      done = std::unexpected(refusal_of(std::move(shortages), "budget"));
    } else if (!only_weigh) {
      rows_.put_budget(owner, version + 1, amounts);
    }
    return {};
  });
  return done;
}

Weighed<Budget> QuotaLedger::set_budget(const access::Project& project, const Amounts& amounts,
                                        std::int64_t version, bool only_weigh) {
  auto done = store(project.id.value, amounts, version, only_weigh,
                    [&] { return weigh_project(project, amounts); });
  if (!done) return std::unexpected(done.error());
  return budget_of(project);
}

Weighed<Budget> QuotaLedger::set_budget(const access::Department& department,
                                        const Amounts& amounts, std::int64_t version,
                                        bool only_weigh) {
  auto done = store(department.id.value, amounts, version, only_weigh,
                    [&] { return weigh_department(department, amounts); });
  if (!done) return std::unexpected(done.error());
  return budget_of(department);
}

void QuotaLedger::remove_budget(const std::string& owner) {
  rows_.remove_budget(owner);
}

}  // namespace slipway::quotas
