// SPDX-License-Identifier: Apache-2.0
#include "controller/access/sessions.hpp"

#include <algorithm>

#include "protocol/pki/pki.hpp"

namespace slipway::access {

namespace {

constexpr std::size_t kCookieDigits = 64;

}  // namespace

Sessions::Sessions(store::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock) {}

std::string Sessions::begin(const UserId& user) {
  sweep();
  auto cookie = pki::random_hex(kCookieDigits / 2);
  const auto now = clock_.utc();
  database_
      .prepare(
          "INSERT INTO sessions (cookie_sha256, user, created_ms, seen_ms, expires_ms) "
          "VALUES (?,?,?,?,?)")
      .bind(pki::sha256_hex(cookie))
      .bind(user.value)
      .bind(base::to_unix_ms(now))
      .bind(base::to_unix_ms(now))
      .bind(base::to_unix_ms(now + kSessionLife))
      .run();
  return cookie;
}

std::optional<Session> Sessions::find(std::string_view cookie) {
  if (cookie.size() != kCookieDigits) return std::nullopt;
  const auto hash = pki::sha256_hex(cookie);
  const auto now = clock_.utc();
  auto row =
      database_.prepare("SELECT user, seen_ms, expires_ms FROM sessions WHERE cookie_sha256 = ?");
  if (!row.bind(hash).step()) return std::nullopt;
  const auto seen = base::from_unix_ms(row.number(1));
  const auto expires = base::from_unix_ms(row.number(2));
  if (now >= expires || now >= seen + kSessionIdle) return std::nullopt;
  Session session{.user = {row.text(0)},
                  .expires = std::min<base::UtcTime>(expires, now + kSessionIdle)};
  if (now >= seen + kSeenGrain) {
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
