// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "controller/clusters/cluster_rows.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::clusters {
namespace {

constexpr std::size_t kMaxSha256 = 64;  ///< hex digits

constexpr char kBriefColumns[] =
    "SELECT m.id, m.cluster, m.name, m.role, m.ordinal, m.flavor, m.resource, m.address,"
    " m.cloud_state, m.cloud_detail, m.cloud_ms, m.ready, m.ready_reason, m.ready_ms,"
    " m.enrolled_ms, m.bootstrapped";
constexpr char kOtherColumns[] =
    ", m.facts, m.generation, m.desired_sha256,"
    " m.joins_etcd, m.release_sha256, m.release_version, m.release_statement,"
    " m.release_signature, m.release_attempt, m.release_round, m.release_missed,"
    " m.release_told, m.release_told_ms";
constexpr char kFrom[] = " FROM machines m ";

std::string select_briefs(const char* which) {
  return std::string{kBriefColumns} + kFrom + which;
}

std::string select_machines(const std::string& which) {
  return std::string{kBriefColumns} + kOtherColumns + kFrom + which;
}

constexpr cloud::MachineState kMachineStates[] = {
    cloud::MachineState::kBuilding, cloud::MachineState::kRunning, cloud::MachineState::kStopped,
    cloud::MachineState::kFailed, cloud::MachineState::kGone};

MachineFact cloud_fact(const store::Statement& row) {
  MachineFact fact;
  const std::string name = row.text(8);
  for (const auto state : kMachineStates) {
    if (name_of(state) != name) continue;
    fact.known = true;
    fact.state = state;
  }
  fact.detail = row.text(9);
  fact.as_of = base::from_unix_ms(row.number(10));
  return fact;
}

ReleaseWish release_wish(const store::Statement& row) {
  return {.sha256 = row.text(20),
          .version = row.text(21),
          .statement = row.text(22),
          .signature = row.text(23),
          .attempt = static_cast<std::uint32_t>(row.number(24)),
          .round = row.text(25),
          .missed = row.number(26) != 0};
}

MachineRow brief_of(const store::Statement& row) {
  MachineRow machine{MachineId{row.text(0)}, ClusterId{row.text(1)}, row.text(2)};
  machine.role = row.text(3) == name_of(Role::kMaster) ? Role::kMaster : Role::kWorker;
  machine.ordinal = static_cast<unsigned>(row.number(4));
  machine.flavor = row.text(5);
  machine.resource = ResourceId{row.text(6)};
  machine.address = row.text(7);
  machine.cloud = cloud_fact(row);
  machine.kubernetes = {row.number(13) != 0, row.number(11) != 0, row.text(12),
                        base::from_unix_ms(row.number(13))};
  machine.enrolled = row.number(14) != 0;
  machine.bootstrapped = row.number(15) != 0;
  return machine;
}

MachineRow machine_of(const store::Statement& row) {
  MachineRow machine = brief_of(row);
  machine.facts = row.text(16);
  machine.generation = static_cast<std::uint64_t>(row.number(17));
  machine.desired_sha256 = row.text(18);
  machine.joins_etcd = row.number(19) != 0;
  machine.release = release_wish(row);
  machine.release_told = row.text(27);
  machine.release_told_at = base::from_unix_ms(row.number(28));
  return machine;
}

std::vector<MachineRow> machines_of(store::Statement rows) {
  std::vector<MachineRow> found;
  while (rows.step()) found.push_back(machine_of(rows));
  return found;
}

std::vector<MachineRow> briefs_of(store::Statement rows) {
  std::vector<MachineRow> found;
  while (rows.step()) found.push_back(brief_of(rows));
  return found;
}

std::string_view step_state(wire::StepReport::State state) {
  switch (state) {
    case wire::StepReport::RUNNING:
      return "running";
    case wire::StepReport::DONE:
      return "done";
    case wire::StepReport::FAILED:
      return "failed";
    default:
      return "waiting";
  }
}

std::string tail_of(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string{text};
  std::size_t start = text.size() - limit;
  while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) ++start;
  return std::string{text.substr(start)};
}

/// Whether the rows of a node's steps say what it says: then its link costs no write.
bool are_stored(const std::vector<NodeStep>& rows, const wire::NodeState& state) {
  const auto at = [](const std::optional<base::UtcTime>& time) {
    return time ? base::to_unix_ms(*time) : 0;
  };
  return std::ranges::equal(rows, state.steps(), [&](const NodeStep& row, const auto& step) {
    return row.name == step.name() && row.state == step_state(step.state()) &&
           row.attempts == step.attempts() && at(row.started) == step.started_utc_ms() &&
           at(row.ended) == step.ended_utc_ms() && row.error == step.error() &&
           row.log_tail == step.log_tail();
  });
}

}  // namespace

void Rows::insert(const MachineRow& machine) {
  database_
      .prepare(
          "INSERT INTO machines (id, cluster, name, role, ordinal, flavor)"
          " VALUES (?,?,?,?,?,?)")
      .bind(machine.id.value)
      .bind(machine.cluster.value)
      .bind(machine.name)
      .bind(clusters::name_of(machine.role))
      .bind(machine.ordinal)
      .bind(machine.flavor)
      .run();
}

std::optional<MachineRow> Rows::machine(const MachineId& id) const {
  auto row = database_.prepare(select_machines("WHERE m.id=?"));
  if (!row.bind(id.value).step()) return std::nullopt;
  return machine_of(row);
}

std::optional<MachineRow> Rows::find_machine(const std::optional<ClusterId>& cluster,
                                             const std::string& id_or_name) const {
  const std::string where = cluster ? " AND m.cluster=?2" : "";
  auto row = database_.prepare(select_machines("WHERE (m.id=?1 OR m.name=?1)" + where +
                                               " ORDER BY m.name=?1 DESC, m.id LIMIT 1"));
  row.bind(id_or_name);
  if (cluster) row.bind(cluster->value);
  if (!row.step()) return std::nullopt;
  return machine_of(row);
}

std::vector<MachineRow> Rows::machines(const ClusterId& cluster) const {
  auto rows = database_.prepare(select_machines("WHERE m.cluster=? ORDER BY m.ordinal"));
  rows.bind(cluster.value);
  return machines_of(std::move(rows));
}

std::vector<MachineRow> Rows::machines() const {
  return machines_of(database_.prepare(
      select_machines("JOIN clusters c ON c.id=m.cluster ORDER BY c.name, m.ordinal")));
}

std::vector<MachineRow> Rows::briefs(const ClusterId& cluster) const {
  auto rows = database_.prepare(select_briefs("WHERE m.cluster=? ORDER BY m.ordinal"));
  rows.bind(cluster.value);
  return briefs_of(std::move(rows));
}

std::vector<MachineRow> Rows::briefs() const {
  return briefs_of(database_.prepare(select_briefs("")));
}

std::unordered_map<MachineId, std::string> Rows::node_names() const {
  auto row = database_.prepare(
      "SELECT m.id, m.name FROM machines m JOIN clusters c ON c.id = m.cluster"
      " WHERE c.deleted_ms IS NULL AND c.state <> ?");
  row.bind(clusters::name_of(ClusterState::kDeleting));
  std::unordered_map<MachineId, std::string> found;
  while (row.step()) found.emplace(MachineId{row.text(0)}, row.text(1));
  return found;
}

std::unordered_map<ResourceId, bool> Rows::told_resources() const {
  auto row = database_.prepare("SELECT resource, cloud_state<>'' FROM machines WHERE resource<>''");
  std::unordered_map<ResourceId, bool> found;
  while (row.step()) found.emplace(ResourceId{row.text(0)}, row.number(1) != 0);
  return found;
}

std::vector<MachineRow> Rows::masters(const ClusterId& cluster) const {
  auto rows = database_.prepare(select_briefs("WHERE m.cluster=? AND m.role=? ORDER BY m.ordinal"));
  rows.bind(cluster.value).bind(clusters::name_of(Role::kMaster));
  return briefs_of(std::move(rows));
}

std::vector<MachineRow> Rows::not_bootstrapped() const {
  return briefs_of(database_.prepare(select_briefs("WHERE m.bootstrapped=0")));
}

std::vector<PeerRow> Rows::peers(const ClusterId& cluster) const {
  auto rows = database_.prepare(
      "SELECT id, name, role, ordinal, address FROM machines WHERE cluster=? ORDER BY ordinal");
  rows.bind(cluster.value);
  std::vector<PeerRow> found;
  while (rows.step()) {
    const Role role = rows.text(2) == name_of(Role::kMaster) ? Role::kMaster : Role::kWorker;
    found.push_back({MachineId{rows.text(0)}, rows.text(1), role,
                     static_cast<unsigned>(rows.number(3)), rows.text(4)});
  }
  return found;
}

void Rows::set_flavor(const MachineId& id, const std::string& flavor) {
  database_.prepare("UPDATE machines SET flavor=? WHERE id=?").bind(flavor).bind(id.value).run();
}

void Rows::set_resource(const MachineId& id, const ResourceId& resource) {
  database_
      .prepare(
          "UPDATE machines SET resource=?, address='', cloud_state='', cloud_detail='',"
          " cloud_ms=0, ready=0, ready_reason='', ready_ms=0, enrolled_ms=0, bootstrapped=0,"
          " facts=NULL, release_told=NULL, release_told_ms=0 WHERE id=?")
      .bind(resource.value)
      .bind(id.value)
      .run();
  database_.prepare("DELETE FROM node_steps WHERE machine=?").bind(id.value).run();
}

void Rows::set_joins_etcd(const MachineId& id) {
  database_.prepare("UPDATE machines SET joins_etcd=1 WHERE id=?").bind(id.value).run();
}

void Rows::set_cloud(const MachineId& id, const MachineFact& fact, const std::string& address) {
  database_
      .prepare(
          "UPDATE machines SET cloud_state=?1, cloud_detail=?2, cloud_ms=?3,"
          " address=iif(?4='', address, ?4) WHERE id=?5")
      .bind(name_of(fact.state))
      .bind(fact.detail)
      .bind(base::to_unix_ms(fact.as_of))
      .bind(address)
      .bind(id.value)
      .run();
}

void Rows::set_kubernetes(const MachineId& id, const KubernetesFact& fact) {
  database_.prepare("UPDATE machines SET ready=?, ready_reason=?, ready_ms=? WHERE id=?")
      .bind(fact.ready)
      .bind(wire::head_of(fact.reason, kMaxStepError))
      .bind(base::to_unix_ms(fact.as_of))
      .bind(id.value)
      .run();
}

void Rows::set_enrolled(const MachineId& id, base::UtcTime when, const std::string& facts) {
  database_
      .prepare(
          "UPDATE machines SET enrolled_ms=iif(enrolled_ms=0, ?1, enrolled_ms), facts=?2"
          " WHERE id=?3 AND (enrolled_ms=0 OR facts IS NOT ?2)")
      .bind(base::to_unix_ms(when))
      .bind_blob(facts)
      .bind(id.value)
      .run();
}

void Rows::set_bootstrapped(const MachineId& id) {
  database_.prepare("UPDATE machines SET bootstrapped=1 WHERE id=? AND bootstrapped=0")
      .bind(id.value)
      .run();
}

void Rows::set_generation(const MachineId& id, std::uint64_t generation,
                          const std::string& sha256) {
  database_.prepare("UPDATE machines SET generation=?, desired_sha256=? WHERE id=?")
      .bind(generation)
      .bind(sha256)
      .bind(id.value)
      .run();
}

void Rows::set_release(const MachineId& id, const ReleaseWish& wish) {
  database_
      .prepare(
          "UPDATE machines SET release_sha256=?, release_version=?, release_statement=?,"
          " release_signature=?, release_attempt=?, release_round=?, release_missed=? WHERE id=?")
      .bind(wish.sha256)
      .bind(wish.version)
      .bind_blob(wish.statement)
      .bind_blob(wish.signature)
      .bind(wish.attempt)
      .bind(wish.round)
      .bind(wish.missed)
      .bind(id.value)
      .run();
}

void Rows::set_release_given(const MachineId& id) {
  database_.prepare("UPDATE machines SET release_missed=0 WHERE id=?").bind(id.value).run();
}

void Rows::set_release_told(const MachineId& id, const wire::ReleaseState& told,
                            base::UtcTime when) {
  wire::ReleaseState bounded = told;
  bounded.set_running_sha256(wire::head_of(told.running_sha256(), kMaxSha256));
  bounded.set_wanted_sha256(wire::head_of(told.wanted_sha256(), kMaxSha256));
  bounded.set_error(wire::head_of(told.error(), kMaxStepError));
  database_.prepare("UPDATE machines SET release_told=?, release_told_ms=? WHERE id=?")
      .bind_blob(bounded.SerializeAsString())
      .bind(base::to_unix_ms(when))
      .bind(id.value)
      .run();
}

void Rows::remove_machines(const ClusterId& cluster) {
  database_.prepare("DELETE FROM machines WHERE cluster=?").bind(cluster.value).run();
}

void Rows::replace_steps(const MachineId& id, const wire::NodeState& state) {
  if (has_steps(id, state)) return;
  database_.prepare("DELETE FROM node_steps WHERE machine=?").bind(id.value).run();
  for (const auto& step : state.steps()) put_step(id, step);
}

bool Rows::has_steps(const MachineId& id, const wire::NodeState& state) const {
  return are_stored(steps(id), state);
}

void Rows::put_step(const MachineId& id, const wire::StepReport& report) {
  database_
      .prepare(
          "INSERT INTO node_steps (machine, position, name, state, attempts, started_ms,"
          " ended_ms, error, log_tail) SELECT ?1, (SELECT count(*) FROM node_steps WHERE"
          " machine=?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8"
          " WHERE (SELECT count(*) FROM node_steps WHERE machine=?1) < ?9"
          " ON CONFLICT (machine, name) DO UPDATE SET state=excluded.state,"
          " attempts=excluded.attempts, started_ms=excluded.started_ms,"
          " ended_ms=excluded.ended_ms, error=excluded.error, log_tail=excluded.log_tail")
      .bind(id.value)
      .bind(wire::head_of(report.name(), kMaxStepName))
      .bind(step_state(report.state()))
      .bind(report.attempts())
      .bind(report.started_utc_ms())
      .bind(report.ended_utc_ms())
      .bind(wire::head_of(report.error(), kMaxStepError))
      .bind(tail_of(report.log_tail(), kMaxStepLog))
      .bind(kMaxNodeSteps)
      .run();
}

std::vector<NodeStep> Rows::steps(const MachineId& id) const {
  std::vector<NodeStep> steps;
  auto rows = database_.prepare(
      "SELECT name, state, attempts, started_ms, ended_ms, error, log_tail FROM node_steps"
      " WHERE machine=? ORDER BY position");
  rows.bind(id.value);
  while (rows.step()) {
    NodeStep step{rows.text(0), rows.text(1), static_cast<unsigned>(rows.number(2))};
    if (rows.number(3) > 0) step.started = base::from_unix_ms(rows.number(3));
    if (rows.number(4) > 0) step.ended = base::from_unix_ms(rows.number(4));
    step.error = rows.text(5);
    step.log_tail = rows.text(6);
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace slipway::clusters
