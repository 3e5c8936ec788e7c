// SPDX-License-Identifier: Apache-2.0
#include "controller/access/sessions.hpp"

#include <algorithm>

#include "protocol/pki/pki.hpp"

namespace slipway::access {

namespace {

constexpr std::size_t kCookieDigits = 64;
constexpr std::size_t kIdDigits = 16;
constexpr char kSessionColumns[] =
    "SELECT cookie_sha256, user, address, created_ms, seen_ms, expires_ms FROM sessions ";
constexpr char kById[] = "substr (cookie_sha256, 1, 16) = ?";

/// The first digits of the hash: who sees them cannot make a cookie of them.
std::string id_of(const std::string& hash) {
  return hash.substr(0, kIdDigits);
}

Session read_session(const store::Statement& row) {
  const auto seen = base::from_unix_ms(row.number(4));
  return {
      .id = id_of(row.text(0)),
      .user = {row.text(1)},
      .address = row.text(2),
      .begun = base::from_unix_ms(row.number(3)),
      .seen = seen,
      .expires = std::min<base::UtcTime>(base::from_unix_ms(row.number(5)), seen + kSessionIdle)};
}

}  // namespace

Sessions::Sessions(store::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock) {}

std::string Sessions::begin(const UserId& user, const std::string& address) {
  sweep();
  auto cookie = pki::random_hex(kCookieDigits / 2);
  const auto now = clock_.utc();
  database_
      .prepare(
          "INSERT INTO sessions (cookie_sha256, user, created_ms, seen_ms, expires_ms, address) "
          "VALUES (?,?,?,?,?,?)")
      .bind(pki::sha256_hex(cookie))
      .bind(user.value)
      .bind(base::to_unix_ms(now))
      .bind(base::to_unix_ms(now))
      .bind(base::to_unix_ms(now + kSessionLife))
      .bind(address)
      .run();
  return cookie;
}

std::optional<Session> Sessions::find(std::string_view cookie) {
  if (cookie.size() != kCookieDigits) return std::nullopt;
  const auto hash = pki::sha256_hex(cookie);
  const auto now = clock_.utc();
  auto row = database_.prepare(std::string(kSessionColumns) + "WHERE cookie_sha256 = ?");
  if (!row.bind(hash).step()) return std::nullopt;
  auto session = read_session(row);
  if (now >= session.expires) return std::nullopt;
  const auto longest = base::from_unix_ms(row.number(5));
  session.expires = std::min<base::UtcTime>(longest, now + kSessionIdle);
  if (now >= session.seen + kSeenGrain) {
    database_.prepare("UPDATE sessions SET seen_ms = ? WHERE cookie_sha256 = ?")
        .bind(base::to_unix_ms(now))
        .bind(hash)
        .run();
  }
  return session;
}

void Sessions::end(std::string_view cookie) {
  database_.prepare("DELETE FROM sessions WHERE cookie_sha256 = ?")
      .bind(pki::sha256_hex(cookie))
      .run();
}

void Sessions::end_all(const UserId& user) {
  database_.prepare("DELETE FROM sessions WHERE user = ?").bind(user.value).run();
}

void Sessions::end_others(const UserId& user, const std::string& id) {
  database_.prepare("DELETE FROM sessions WHERE user = ? AND NOT " + std::string(kById))
      .bind(user.value)
      .bind(id)
      .run();
}

base::Result<> Sessions::end_by_id(const std::string& id) {
  database_.prepare("DELETE FROM sessions WHERE " + std::string(kById)).bind(id).run();
  if (database_.changes() == 0) {
    return base::fail(base::ErrorCode::kNotFound, "no such session", "session");
  }
  return {};
}

std::vector<Session> Sessions::list(const UserId& user) const {
  std::vector<Session> all;
  auto row = database_.prepare(std::string(kSessionColumns) +
                               "WHERE user = ?1 AND expires_ms > ?2 AND seen_ms > ?3 "
                               "ORDER BY created_ms DESC, cookie_sha256");
  const auto now = clock_.utc();
  row.bind(user.value).bind(base::to_unix_ms(now)).bind(base::to_unix_ms(now - kSessionIdle));
  while (row.step()) all.push_back(read_session(row));
  return all;
}

std::optional<UserId> Sessions::owner(const std::string& id) const {
  auto row = database_.prepare("SELECT user FROM sessions WHERE " + std::string(kById));
  if (!row.bind(id).step()) return std::nullopt;
  return UserId{row.text(0)};
}

bool Sessions::goes_on(const std::string& id) const {
  auto row = database_.prepare(std::string(kSessionColumns) + "WHERE " + kById);
  return row.bind(id).step() && clock_.utc() < read_session(row).expires;
}

std::size_t Sessions::count() const {
  auto row = database_.prepare("SELECT count(*) FROM sessions WHERE expires_ms > ?");
  row.bind(base::to_unix_ms(clock_.utc())).step();
  return static_cast<std::size_t>(row.number(0));
}

void Sessions::sweep() {
  const auto now = clock_.utc();
  database_.prepare("DELETE FROM sessions WHERE expires_ms <= ? OR seen_ms <= ?")
      .bind(base::to_unix_ms(now))
      .bind(base::to_unix_ms(now - kSessionIdle))
      .run();
}

}  // namespace slipway::access
