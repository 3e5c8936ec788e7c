// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/allotment_rows.hpp"

namespace slipway::quotas {

namespace {

constexpr char kColumns[] =
    "SELECT cluster, namespace, project, version, intent, seen, touched_ms FROM allotments ";

Allotment read(const store::Statement& row) {
  return {.where = {{row.text(0)}, row.text(1)},
          .project = {row.text(2)},
          .version = row.number(3),
          .intent = {row.text(4)},
          .seen = row.number(5) != 0,
          .touched = base::from_unix_ms(row.number(6))};
}

}  // namespace

void AllotmentRows::read_amounts(Allotment& into) const {
  auto row = database_.prepare(
      "SELECT resource, amount, before FROM allotment_amounts WHERE cluster = ? AND namespace = ?");
  row.bind(into.where.cluster.value).bind(into.where.name_space);
  while (row.step()) {
    const auto resource = resource_named(row.text(0));
    if (!resource) continue;
    if (!row.is_null(1)) into.amounts[*resource] = row.number(1);
    if (!row.is_null(2)) into.before[*resource] = row.number(2);
  }
}

std::vector<Allotment> AllotmentRows::where_(const char* condition,
                                             const std::string& bound) const {
  std::vector<Allotment> all;
  auto row = database_.prepare(std::string(kColumns) + condition);
  row.bind(bound);
  while (row.step()) all.push_back(read(row));
  for (auto& one : all) read_amounts(one);
  return all;
}

std::optional<Allotment> AllotmentRows::find(const Where& where) const {
  auto row = database_.prepare(std::string(kColumns) + "WHERE cluster = ? AND namespace = ?");
  row.bind(where.cluster.value).bind(where.name_space);
  if (!row.step()) return std::nullopt;
  auto found = read(row);
  read_amounts(found);
  return found;
}

std::vector<Allotment> AllotmentRows::of(const base::ClusterId& cluster) const {
  return where_("WHERE cluster = ? ORDER BY namespace", cluster.value);
}

std::vector<Allotment> AllotmentRows::of(const access::ProjectId& project) const {
  return where_("WHERE project = ? ORDER BY cluster, namespace", project.value);
}

std::vector<base::ClusterId> AllotmentRows::clusters() const {
  std::vector<base::ClusterId> all;
  auto row = database_.prepare("SELECT DISTINCT cluster FROM allotments");
  while (row.step()) all.push_back({row.text(0)});
  return all;
}

void AllotmentRows::put(const Allotment& of) {
  remove(of.where);
  database_
      .prepare(
          "INSERT INTO allotments (cluster, namespace, project, version, intent, seen, touched_ms) "
          "VALUES (?,?,?,?,?,?,?)")
      .bind(of.where.cluster.value)
      .bind(of.where.name_space)
      .bind(of.project.value)
      .bind(of.version)
      .bind(of.intent.value)
      .bind(of.seen ? 1 : 0)
      .bind(base::to_unix_ms(of.touched))
      .run();
  for (const auto& facts : kResources) {
    const auto amount = of.amounts.find(facts.resource);
    const auto before = of.before.find(facts.resource);
    if (amount == of.amounts.end() && before == of.before.end()) continue;
    auto row = database_.prepare(
        "INSERT INTO allotment_amounts (cluster, namespace, resource, amount, before) "
        "VALUES (?,?,?,?,?)");
    row.bind(of.where.cluster.value).bind(of.where.name_space).bind(facts.name);
    amount == of.amounts.end() ? row.bind_null() : row.bind(amount->second);
    before == of.before.end() ? row.bind_null() : row.bind(before->second);
    row.run();
  }
}

void AllotmentRows::remove(const Where& where) {
  database_.prepare("DELETE FROM allotments WHERE cluster = ? AND namespace = ?")
      .bind(where.cluster.value)
      .bind(where.name_space)
      .run();
}

std::int64_t AllotmentRows::budget_version(const std::string& owner) const {
  auto row = database_.prepare("SELECT version FROM budgets WHERE owner = ?");
  return row.bind(owner).step() ? row.number(0) : 0;
}

Amounts AllotmentRows::budget(const std::string& owner) const {
  Amounts amounts;
  auto row = database_.prepare("SELECT resource, amount FROM budget_amounts WHERE owner = ?");
  row.bind(owner);
  while (row.step()) {
    if (const auto resource = resource_named(row.text(0))) amounts[*resource] = row.number(1);
  }
  return amounts;
}

void AllotmentRows::put_budget(const std::string& owner, std::int64_t version,
                               const Amounts& amounts) {
  remove_budget(owner);
  database_.prepare("INSERT INTO budgets (owner, version) VALUES (?,?)")
      .bind(owner)
      .bind(version)
      .run();
  for (const auto& [resource, amount] : amounts) {
    database_.prepare("INSERT INTO budget_amounts (owner, resource, amount) VALUES (?,?,?)")
        .bind(owner)
        .bind(facts_of(resource).name)
        .bind(amount)
        .run();
  }
}

void AllotmentRows::remove_budget(const std::string& owner) {
  database_.prepare("DELETE FROM budgets WHERE owner = ?").bind(owner).run();
}

}  // namespace slipway::quotas
