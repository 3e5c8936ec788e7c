// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/cluster_rows.hpp"

#include <boost/json.hpp>
#include <stdexcept>

#include "controller/clusters/cluster_rules.hpp"

namespace slipway::clusters {
namespace {

constexpr ClusterState kClusterStates[] = {ClusterState::kCreating, ClusterState::kHealthy,
                                           ClusterState::kUnhealthy, ClusterState::kDeleting,
                                           ClusterState::kFailed};

ClusterState state_of(std::string_view name) {
  for (const ClusterState state : kClusterStates) {
    if (name_of(state) == name) return state;
  }
  throw std::runtime_error("database: no such cluster state: " + std::string{name});
}

constexpr char kClusterColumns[] =
    "SELECT id, spec, state, reason, network_cidr, discovery_token, gateway, created_ms,"
    " created_by, deleted_ms, api_address FROM clusters ";

ClusterRow cluster_of(const store::Statement& row) {
  auto spec = parse_cluster_request(boost::json::parse(row.text(1)));
  if (!spec)
    throw std::runtime_error("database: cluster " + row.text(0) + ": " + spec.error().message);
  ClusterRow cluster{ClusterId{row.text(0)}, std::move(*spec), state_of(row.text(2)), row.text(3)};
  cluster.network_cidr = row.text(4);
  cluster.discovery_token = row.text(5);
  if (!row.is_null(6)) cluster.gateway = MachineId{row.text(6)};
  cluster.created = base::from_unix_ms(row.number(7));
  cluster.created_by = row.text(8);
  cluster.deleted = !row.is_null(9);
  cluster.api_address = row.text(10);
  return cluster;
}

constexpr char kStandingColumns[] = "SELECT id, name, state, deleted_ms, gateway FROM clusters ";
constexpr char kByIdOrName[] =
    "WHERE deleted_ms IS NULL AND (name=?1 OR id=?1) ORDER BY name=?1 DESC LIMIT 1";

ClusterStanding standing_of(const store::Statement& row) {
  ClusterStanding standing{ClusterId{row.text(0)}, row.text(1), state_of(row.text(2)),
                           !row.is_null(3), std::nullopt};
  if (!row.is_null(4)) standing.gateway = MachineId{row.text(4)};
  return standing;
}

}  // namespace

void Rows::insert(const ClusterRow& cluster) {
  database_
      .prepare(
          "INSERT INTO clusters (id, name, spec, state, created_ms, created_by)"
          " VALUES (?,?,?,?,?,?)")
      .bind(cluster.id.value)
      .bind(cluster.spec.name)
      .bind(boost::json::serialize(to_json(cluster.spec)))
      .bind(name_of(cluster.state))
      .bind(base::to_unix_ms(cluster.created))
      .bind(cluster.created_by)
      .run();
}

std::optional<ClusterRow> Rows::cluster(const ClusterId& id) const {
  auto row = database_.prepare(std::string{kClusterColumns} + "WHERE id=?");
  if (!row.bind(id.value).step()) return std::nullopt;
  return cluster_of(row);
}

std::optional<ClusterStanding> Rows::standing(const ClusterId& id) const {
  auto row = database_.prepare(std::string{kStandingColumns} + "WHERE id=?");
  if (!row.bind(id.value).step()) return std::nullopt;
  return standing_of(row);
}

std::optional<ClusterStanding> Rows::find_standing(const std::string& id_or_name) const {
  auto row = database_.prepare(std::string{kStandingColumns} + kByIdOrName);
  if (!row.bind(id_or_name).step()) return std::nullopt;
  return standing_of(row);
}

std::optional<ClusterRow> Rows::find_cluster(const std::string& id_or_name) const {
  auto row = database_.prepare(std::string{kClusterColumns} + kByIdOrName);
  if (!row.bind(id_or_name).step()) return std::nullopt;
  return cluster_of(row);
}

std::vector<ClusterRow> Rows::clusters() const {
  std::vector<ClusterRow> found;
  auto rows =
      database_.prepare(std::string{kClusterColumns} + "WHERE deleted_ms IS NULL ORDER BY name");
  while (rows.step()) found.push_back(cluster_of(rows));
  return found;
}

void Rows::set_state(const ClusterId& id, ClusterState state, const std::string& reason) {
  database_.prepare("UPDATE clusters SET state=?, reason=? WHERE id=?")
      .bind(name_of(state))
      .bind(reason)
      .bind(id.value)
      .run();
}

void Rows::set_spec(const ClusterId& id, const ClusterSpec& spec) {
  database_.prepare("UPDATE clusters SET spec=? WHERE id=?")
      .bind(boost::json::serialize(to_json(spec)))
      .bind(id.value)
      .run();
}

void Rows::set_network(const ClusterId& id, const std::string& cidr) {
  database_.prepare("UPDATE clusters SET network_cidr=? WHERE id=?")
      .bind(cidr)
      .bind(id.value)
      .run();
}

void Rows::set_discovery_token(const ClusterId& id, const std::string& token) {
  database_.prepare("UPDATE clusters SET discovery_token=? WHERE id=?")
      .bind(token)
      .bind(id.value)
      .run();
}

void Rows::set_api_address(const ClusterId& id, const std::string& address) {
  database_.prepare("UPDATE clusters SET api_address=? WHERE id=?")
      .bind(address)
      .bind(id.value)
      .run();
}

void Rows::set_gateway(const ClusterId& id, const std::optional<MachineId>& gateway) {
  auto update = database_.prepare("UPDATE clusters SET gateway=? WHERE id=?");
  if (gateway) {
    update.bind(gateway->value);
  } else {
    update.bind_null();
  }
  update.bind(id.value).run();
}

void Rows::set_deleted(const ClusterId& id, base::UtcTime when) {
  database_.prepare("UPDATE clusters SET deleted_ms=? WHERE id=?")
      .bind(base::to_unix_ms(when))
      .bind(id.value)
      .run();
}

}  // namespace slipway::clusters
