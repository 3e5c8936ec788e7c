// SPDX-License-Identifier: Apache-2.0
#include "controller/links/enrolment_rows.hpp"

#include <stdexcept>

namespace slipway::links {

using base::from_unix_ms;
using base::to_unix_ms;

namespace {

constexpr std::size_t kPrefixDigits = 16;

constexpr char kSelect[] =
    "SELECT token_sha256, machine, cluster, resource, role, state, running_ms, key_sha256, address,"
    " flagged_ms, other_key, other_from FROM enrolments ";

TokenState state_of(const std::string& name) {
  if (name == "open") return TokenState::kOpen;
  if (name == "spent") return TokenState::kSpent;
  if (name == "void") return TokenState::kVoid;
  return TokenState::kForgotten;
}

/// Takes the same time wherever the two differ.
bool same(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = difference | static_cast<unsigned char>(a[i] ^ b[i]);
  }
  return difference == 0;
}

EnrolmentRow read(const store::Statement& statement) {
  EnrolmentRow row;
  row.token_sha256 = statement.text(0);
  row.machine = {statement.text(1)};
  row.cluster = {statement.text(2)};
  row.resource = {statement.text(3)};
  row.role = static_cast<wire::Role>(statement.number(4));
  row.state = state_of(statement.text(5));
  if (!statement.is_null(6)) row.running = from_unix_ms(statement.number(6));
  row.key_sha256 = statement.text(7);
  row.address = statement.text(8);
  if (!statement.is_null(9)) row.flagged = from_unix_ms(statement.number(9));
  row.other_key = statement.text(10);
  row.other_from = statement.text(11);
  return row;
}

}  // namespace

void EnrolmentRows::add(const EnrolmentRow& row, base::UtcTime issued) {
  auto done = database_.transaction([&]() -> base::Result<> {
    database_
        .prepare(
            "UPDATE enrolments SET state = 'void' WHERE machine = ? AND state IN "
            "('open', 'spent')")
        .bind(row.machine.value)
        .run();
    // A new token is for a new disk: what the machine held is gone with the old one.
    database_.prepare("DELETE FROM trust_held WHERE machine = ?").bind(row.machine.value).run();
    database_
        .prepare(
            "INSERT INTO enrolments (token_sha256, token_prefix, machine, cluster, resource,"
            " role, state, issued_ms) VALUES (?, ?, ?, ?, ?, ?, 'open', ?)")
        .bind(row.token_sha256)
        .bind(row.token_sha256.substr(0, kPrefixDigits))
        .bind(row.machine.value)
        .bind(row.cluster.value)
        .bind(row.resource.value)
        .bind(static_cast<int>(row.role))
        .bind(to_unix_ms(issued))
        .run();
    return {};
  });
  if (!done) throw std::runtime_error("a token could not be stored: " + done.error().message);
}

std::optional<EnrolmentRow> EnrolmentRows::one(store::Statement statement) const {
  if (!statement.step()) return std::nullopt;
  return read(statement);
}

std::optional<EnrolmentRow> EnrolmentRows::by_token(const std::string& token_sha256) const {
  // The index sees a prefix of the hash only; the rest is compared here, in constant time.
  auto statement = database_.prepare(std::string(kSelect) + "WHERE token_prefix = ?");
  statement.bind(token_sha256.substr(0, kPrefixDigits));
  std::optional<EnrolmentRow> found;
  while (statement.step()) {
    if (same(statement.text(0), token_sha256)) found = read(statement);
  }
  return found;
}

std::optional<EnrolmentRow> EnrolmentRows::by_key(const std::string& key_sha256) const {
  auto statement =
      database_.prepare(std::string(kSelect) + "WHERE key_sha256 = ? AND state = 'spent'");
  statement.bind(key_sha256);
  return one(std::move(statement));
}

std::optional<EnrolmentRow> EnrolmentRows::of(const base::MachineId& machine) const {
  auto statement =
      database_.prepare(std::string(kSelect) + "WHERE machine = ? AND state IN ('open', 'spent')");
  statement.bind(machine.value);
  return one(std::move(statement));
}

std::size_t EnrolmentRows::count_bound() const {
  auto statement = database_.prepare(
      "SELECT count(*) FROM enrolments WHERE key_sha256 IS NOT NULL AND state IN ('open', "
      "'spent')");
  return statement.step() ? static_cast<std::size_t>(statement.number(0)) : 0;
}

void EnrolmentRows::set_running(const base::MachineId& machine, base::UtcTime since) {
  database_
      .prepare(
          "UPDATE enrolments SET running_ms = ? WHERE machine = ? AND state = 'open' AND "
          "running_ms IS NULL")
      .bind(to_unix_ms(since))
      .bind(machine.value)
      .run();
}

bool EnrolmentRows::bind(const EnrolmentRow& row, const std::string& key_sha256,
                         base::UtcTime now) {
  database_
      .prepare(
          "UPDATE enrolments SET key_sha256 = ?1, bound_ms = coalesce(bound_ms, ?2) "
          "WHERE token_sha256 = ?3 AND (key_sha256 IS NULL OR key_sha256 = ?1)")
      .bind(key_sha256)
      .bind(to_unix_ms(now))
      .bind(row.token_sha256)
      .run();
  return database_.changes() == 1;
}

void EnrolmentRows::set_address(const EnrolmentRow& row, const std::string& address) {
  database_.prepare("UPDATE enrolments SET address = ? WHERE token_sha256 = ?")
      .bind(address)
      .bind(row.token_sha256)
      .run();
}

void EnrolmentRows::spend(const base::MachineId& machine) {
  database_
      .prepare(
          "UPDATE enrolments SET state = 'spent' WHERE machine = ? AND state = 'open' AND "
          "key_sha256 IS NOT NULL")
      .bind(machine.value)
      .run();
}

void EnrolmentRows::forget(const base::MachineId& machine) {
  database_.prepare("UPDATE enrolments SET state = 'forgotten' WHERE machine = ?")
      .bind(machine.value)
      .run();
}

void EnrolmentRows::flag(const EnrolmentRow& row, const std::string& key, const std::string& from,
                         base::UtcTime now) {
  database_
      .prepare(
          "UPDATE enrolments SET flagged_ms = coalesce(flagged_ms, ?), other_key = ?,"
          " other_from = ? WHERE token_sha256 = ?")
      .bind(to_unix_ms(now))
      .bind(key)
      .bind(from)
      .bind(row.token_sha256)
      .run();
}

}  // namespace slipway::links
