// SPDX-License-Identifier: Apache-2.0
#include "controller/access/api_tokens.hpp"

#include "protocol/pki/pki.hpp"

namespace slipway::access {

namespace {

constexpr std::size_t kDigits = 64;
constexpr char kTokenColumns[] =
    "SELECT t.id, t.user, t.name, t.created_ms, t.expires_ms, t.used_ms, t.read_only, t.cluster, "
    "t.project, p.department FROM api_tokens t LEFT JOIN projects p ON p.id = t.project ";

ApiToken read_token(const store::Statement& row) {
  ApiToken token{.id = row.text(0),
                 .user = {row.text(1)},
                 .name = row.text(2),
                 .scope = {.read_only = row.number(6) != 0,
                           .cluster = row.text(7),
                           .project = {row.text(8)},
                           .department = {row.text(9)}},
                 .created = base::from_unix_ms(row.number(3)),
                 .expires = base::from_unix_ms(row.number(4)),
                 .used = std::nullopt};
  if (!row.is_null(5)) token.used = base::from_unix_ms(row.number(5));
  return token;
}

}  // namespace

ApiTokens::ApiTokens(store::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock) {}

base::Result<NewApiToken> ApiTokens::add(const UserId& user, const std::string& name,
                                         std::chrono::seconds life, const TokenScope& scope) {
  const auto now = clock_.utc();
  database_.prepare("DELETE FROM api_tokens WHERE expires_ms <= ?")
      .bind(base::to_unix_ms(now))
      .run();
  if (list(user).size() >= kMaxTokensOfUser) {
    return base::fail(base::ErrorCode::kExhausted,
                      "500 API tokens of this user are in use; delete some");
  }
  NewApiToken made{.token = {.id = base::new_id(),
                             .user = user,
                             .name = name,
                             .scope = scope,
                             .created = now,
                             .expires = now + life,
                             .used = std::nullopt},
                   .text = std::string(kTokenPrefix) + pki::random_hex(kDigits / 2)};
  database_
      .prepare(
          "INSERT INTO api_tokens (id, token_sha256, user, name, created_ms, expires_ms, "
          "read_only, cluster, project) VALUES (?,?,?,?,?,?,?,?,?)")
      .bind(made.token.id)
      .bind(pki::sha256_hex(made.text))
      .bind(user.value)
      .bind(name)
      .bind(base::to_unix_ms(now))
      .bind(base::to_unix_ms(made.token.expires))
      .bind(scope.read_only)
      .bind(scope.cluster)
      .bind(scope.project.value)
      .run();
  return made;
}

std::optional<ApiToken> ApiTokens::find(std::string_view text) {
  if (!text.starts_with(kTokenPrefix) || text.size() != kTokenPrefix.size() + kDigits) {
    return std::nullopt;
  }
  auto row = database_.prepare(std::string(kTokenColumns) + "WHERE t.token_sha256 = ?");
  if (!row.bind(pki::sha256_hex(text)).step()) return std::nullopt;
  auto token = read_token(row);
  const auto now = clock_.utc();
  if (now >= token.expires) return std::nullopt;
  if (!token.used || now >= *token.used + kTokenUsedGrain) {
    database_.prepare("UPDATE api_tokens SET used_ms = ? WHERE id = ?")
        .bind(base::to_unix_ms(now))
        .bind(token.id)
        .run();
  }
  return token;
}

std::vector<ApiToken> ApiTokens::list(const UserId& user) const {
  std::vector<ApiToken> tokens;
  auto row = database_.prepare(std::string(kTokenColumns) +
                               "WHERE t.user = ? AND t.expires_ms > ? ORDER BY t.created_ms, t.id");
  row.bind(user.value).bind(base::to_unix_ms(clock_.utc()));
  while (row.step()) tokens.push_back(read_token(row));
  return tokens;
}

bool ApiTokens::is_good(const std::string& id) const {
  auto row = database_.prepare("SELECT expires_ms FROM api_tokens WHERE id = ?");
  return row.bind(id).step() && clock_.utc() < base::from_unix_ms(row.number(0));
}

std::optional<UserId> ApiTokens::owner(const std::string& id) const {
  auto row = database_.prepare("SELECT user FROM api_tokens WHERE id = ?");
  if (!row.bind(id).step()) return std::nullopt;
  return UserId{row.text(0)};
}

base::Result<> ApiTokens::remove(const UserId& user, const std::string& id) {
  database_.prepare("DELETE FROM api_tokens WHERE id = ? AND user = ?")
      .bind(id)
      .bind(user.value)
      .run();
  if (database_.changes() == 0) return base::fail(base::ErrorCode::kNotFound, "no such API token");
  return {};
}

void ApiTokens::remove_all(const UserId& user) {
  database_.prepare("DELETE FROM api_tokens WHERE user = ?").bind(user.value).run();
}

}  // namespace slipway::access
