// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/ledger.hpp"

#include <array>
#include <utility>

namespace slipway::clusters {
namespace {

constexpr std::array<std::pair<ResourceState, std::string_view>, 5> kResourceStates{{
    {ResourceState::kPlanned, "planned"},
    {ResourceState::kPresent, "present"},
    {ResourceState::kMissing, "missing"},
    {ResourceState::kDeleting, "deleting"},
    {ResourceState::kGone, "gone"},
}};

constexpr char kLedgerColumns[] =
    "SELECT id, kind, cluster, machine, parent, name, purpose, type, size_bytes, cloud_id, device,"
    " state, detail, changed_ms FROM ledger ";

LedgerRow ledger_row_of(const store::Statement& row) {
  LedgerRow found{ResourceId{row.text(0)}, row.text(1),
                  ClusterId{row.text(2)},  MachineId{row.text(3)},
                  ResourceId{row.text(4)}, row.text(5)};
  found.purpose = row.text(6);
  found.type = row.text(7);
  found.size_bytes = static_cast<std::uint64_t>(row.number(8));
  found.cloud_id = row.text(9);
  found.device = row.text(10);
  for (const auto& [state, name] : kResourceStates) {
    if (name == row.text(11)) found.state = state;
  }
  found.detail = row.text(12);
  found.changed = base::from_unix_ms(row.number(13));
  return found;
}

std::vector<LedgerRow> ledger_rows_of(store::Statement rows) {
  std::vector<LedgerRow> found;
  while (rows.step()) found.push_back(ledger_row_of(rows));
  return found;
}

}  // namespace

std::string_view name_of(ResourceState state) {
  for (const auto& [known, name] : kResourceStates) {
    if (known == state) return name;
  }
  return "gone";
}

base::Task<base::Result<>> delete_in(cloud::Cloud& cloud, std::string kind, ResourceId deleted_by) {
  if (kind == "network") co_return co_await cloud.delete_network(deleted_by);
  if (kind == kLoadBalancerKind) co_return co_await cloud.delete_load_balancer(deleted_by);
  co_return co_await cloud.delete_machine(deleted_by);
}

Ledger::Ledger(store::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock) {}

base::Result<LedgerRow> Ledger::plan(LedgerRow wanted) {
  base::Result<LedgerRow> planned = std::move(wanted);
  auto stored = database_.transaction([&]() -> base::Result<> {
    auto open = database_.prepare(
        "SELECT 1 FROM clusters WHERE id=? AND deleted_ms IS NULL AND state<>'deleting'");
    if (!open.bind(planned->cluster.value).step()) {
      return base::fail(base::ErrorCode::kConflict, "the cluster is being deleted");
    }
    auto known = database_.prepare(std::string{kLedgerColumns} +
                                   "WHERE cluster=? AND kind=? AND name=? AND purpose=?"
                                   " AND state<>'gone'");
    known.bind(planned->cluster.value).bind(planned->kind).bind(planned->name);
    if (known.bind(planned->purpose).step()) {
      planned = ledger_row_of(known);
      return {};
    }
    planned->id = ResourceId{base::new_id()};
    planned->state = ResourceState::kPlanned;
    planned->changed = clock_.utc();
    database_
        .prepare(
            "INSERT INTO ledger (id, kind, cluster, machine, parent, name, purpose, type,"
            " size_bytes, cloud_id, device, state, detail, changed_ms)"
            " VALUES (?,?,?,?,?,?,?,?,?,'','','planned','',?)")
        .bind(planned->id.value)
        .bind(planned->kind)
        .bind(planned->cluster.value)
        .bind(planned->machine.value)
        .bind(planned->parent.value)
        .bind(planned->name)
        .bind(planned->purpose)
        .bind(planned->type)
        .bind(planned->size_bytes)
        .bind(base::to_unix_ms(planned->changed))
        .run();
    return {};
  });
  if (!stored) return base::fail(stored);
  return planned;
}

void Ledger::present(const ResourceId& id, const std::string& cloud_id, const std::string& device) {
  database_
      .prepare(
          "UPDATE ledger SET cloud_id=?, device=?, state='present', detail='', changed_ms=?"
          " WHERE id=? AND state<>'gone'")
      .bind(cloud_id)
      .bind(device)
      .bind(base::to_unix_ms(clock_.utc()))
      .bind(id.value)
      .run();
}

void Ledger::set(const ResourceId& id, ResourceState state, const std::string& detail) {
  database_.prepare("UPDATE ledger SET state=?, detail=?, changed_ms=? WHERE id=?")
      .bind(name_of(state))
      .bind(detail)
      .bind(base::to_unix_ms(clock_.utc()))
      .bind(id.value)
      .run();
}

void Ledger::gone(const ResourceId& id) {
  database_
      .prepare("UPDATE ledger SET state='gone', detail='', changed_ms=?1 WHERE id=?2 OR parent=?2")
      .bind(base::to_unix_ms(clock_.utc()))
      .bind(id.value)
      .run();
}

std::optional<LedgerRow> Ledger::find(const ResourceId& id) const {
  auto row = database_.prepare(std::string{kLedgerColumns} + "WHERE id=?");
  if (!row.bind(id.value).step()) return std::nullopt;
  return ledger_row_of(row);
}

std::vector<LedgerRow> Ledger::of(const ClusterId& cluster) const {
  auto rows =
      database_.prepare(std::string{kLedgerColumns} + "WHERE cluster=? ORDER BY kind, name, id");
  rows.bind(cluster.value);
  return ledger_rows_of(std::move(rows));
}

std::string Ledger::network_of(const ClusterId& cluster) const {
  for (const LedgerRow& row : of(cluster)) {
    if (row.kind == "network" && row.state == ResourceState::kPresent) return row.cloud_id;
  }
  return {};
}

std::vector<LedgerRow> Ledger::volumes_of(const ResourceId& machine) const {
  auto rows = database_.prepare(std::string{kLedgerColumns} + "WHERE parent=? ORDER BY purpose");
  rows.bind(machine.value);
  return ledger_rows_of(std::move(rows));
}

std::vector<LedgerRow> Ledger::all() const {
  return ledger_rows_of(
      database_.prepare(std::string{kLedgerColumns} + "ORDER BY cluster, kind, name, id"));
}

}  // namespace slipway::clusters
