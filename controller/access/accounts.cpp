// SPDX-License-Identifier: Apache-2.0
#include "controller/access/accounts.hpp"

#include <algorithm>
#include <utility>

#include "protocol/pki/pki.hpp"

namespace slipway::access {

using base::ErrorCode;
using base::fail;

namespace {

constexpr std::size_t kMostTokensKnown = 1024;  // each up to some KiB: the roles in 64 projects

}  // namespace

Accounts::Accounts(store::Database& database, const base::Clock& clock,
                   boost::asio::thread_pool& pool, HashCost cost)
    : clock_(clock),
      users_(database, clock),
      tenancy_(database, clock),
      sessions_(database, clock),
      tokens_(database, clock),
      passwords_(pool, cost),
      guard_(database, clock),
      known_tokens_(database, kMostTokensKnown) {}

base::Task<base::Result<>> Accounts::ensure_administrator(HandOver hand_over) {
  if (!users_.list().empty()) co_return base::Result<>{};
  auto password = Passwords::generate();
  auto hash = co_await passwords_.hash(password);
  if (!hash) co_return fail(hash);
  if (auto handed = hand_over(password); !handed) co_return handed;
  auto user = users_.add({.name = kFirstAdministrator, .role = Role::kAdministrator}, *hash);
  if (!user) co_return fail(user);
  co_return base::Result<>{};
}

base::Task<base::Result<Login>> Accounts::login(std::string name, std::string password,
                                                std::string from,
                                                std::optional<LockedOut>* locked) {
  if (auto wait = guard_.locked_for(name, from); wait.count() > 0) {
    *locked = LockedOut{wait};
    co_return fail(ErrorCode::kDenied,
                   "too many failed logins; try again in " + std::to_string(wait.count()) + " s");
  }
  auto user = users_.named(name);
  auto hash = user ? users_.password_hash(user->id) : std::string{};
  // Counted before the slow check and taken back after it, so that parallel guesses count too.
  guard_.failed(name, from);
  auto good = co_await passwords_.matches(std::move(hash), std::move(password));
  if (!good) co_return fail(good);
  if (!*good) co_return fail(ErrorCode::kDenied, "wrong user or password");
  guard_.succeeded(name, from);
  co_return Login{.user = *user, .cookie = sessions_.begin(user->id, from)};
}

base::Task<base::Result<>> Accounts::confirm(User user, std::string password, std::string from) {
  if (auto wait = guard_.locked_for(user.name, from); wait.count() > 0) {
    co_return fail(ErrorCode::kDenied,
                   "too many failed logins; try again in " + std::to_string(wait.count()) + " s");
  }
  guard_.failed(user.name, from);
  auto good = co_await passwords_.matches(users_.password_hash(user.id), std::move(password));
  if (!good) co_return fail(good);
  if (!*good) co_return fail(ErrorCode::kDenied, "wrong password", "password");
  guard_.succeeded(user.name, from);
  co_return base::Result<>{};
}

void Accounts::logout(std::string_view cookie) {
  sessions_.end(cookie);
}

std::optional<Rights> Accounts::rights_again(const Known& known) const {
  if (!known.session.empty() && !sessions_.goes_on(known.session)) return std::nullopt;
  if (!known.token.empty() && !tokens_.is_good(known.token)) return std::nullopt;
  const auto user = users_.find(known.user.id);
  if (!user) return std::nullopt;
  return rights_of(*user, known.rights.scope);
}

Rights Accounts::rights_of(const User& user, const TokenScope& scope) const {
  return Rights{.role = user.role,
                .department = user.department,
                .projects = tenancy_.roles_of(user.id),
                .scope = scope};
}

std::optional<Known> Accounts::by_cookie(std::string_view cookie) {
  auto session = sessions_.find(cookie);
  if (!session) return std::nullopt;
  auto user = users_.find(session->user);
  if (!user) return std::nullopt;
  return Known{.user = *user,
               .rights = rights_of(*user, {}),
               .expires = session->expires,
               .session = session->id};
}

std::optional<Known> Accounts::by_token(std::string_view text) {
  // Every request of kubectl asks this: three reads, where nearly always nothing was written since.
  const auto& remembered =
      known_tokens_.get(pki::sha256_hex(text), [&] { return ask_token(text); });
  if (!remembered) return std::nullopt;
  if (clock_.utc() < remembered->until) return remembered->known;
  auto asked = ask_token(text);
  if (!asked) return std::nullopt;
  return std::move(asked->known);
}

std::optional<Accounts::TokenKnown> Accounts::ask_token(std::string_view text) {
  auto token = tokens_.find(text);
  if (!token) return std::nullopt;
  auto user = users_.find(token->user);
  if (!user) return std::nullopt;
  const auto used = token->used.value_or(clock_.utc());
  return TokenKnown{.known = {.user = *user,
                              .rights = rights_of(*user, token->scope),
                              .expires = token->expires,
                              .token = token->id},
                    .until = std::min<base::UtcTime>(token->expires, used + kTokenUsedGrain)};
}

base::Task<base::Result<MadeUser>> Accounts::add_user(User wanted, NewPassword password) {
  if (wanted.role == Role::kDepartmentAdministrator && wanted.department.empty()) {
    co_return fail(ErrorCode::kInvalid, "department is missing: a department administrator has one",
                   "department");
  }
  const bool generated = password.password.empty();
  if (generated) password.password = Passwords::generate();
  auto hash = co_await passwords_.hash(password.password);
  if (!hash) co_return fail(hash);
  wanted.must_change = password.must_change;
  auto user = users_.add(std::move(wanted), *hash);
  if (!user) co_return fail(user);
  co_return MadeUser{.user = *user, .password = generated ? password.password : std::string{}};
}

base::Task<base::Result<std::string>> Accounts::set_password(UserId user, NewPassword password) {
  const bool generated = password.password.empty();
  if (generated) password.password = Passwords::generate();
  auto hash = co_await passwords_.hash(password.password);
  if (!hash) co_return fail(hash);
  if (auto set = users_.set_password_hash(user, *hash, password.must_change); !set) {
    co_return fail(set);
  }
  sessions_.end_all(user);
  tokens_.remove_all(user);
  co_return generated ? password.password : std::string{};
}

base::Task<base::Result<std::string>> Accounts::reset_password(std::string name) {
  auto user = users_.named(name);
  if (!user) co_return fail(ErrorCode::kNotFound, "no user " + name);
  co_return co_await set_password(user->id, {.password = {}, .must_change = false});
}

base::Task<base::Result<>> Accounts::change_password(User user, std::string present,
                                                     std::string wanted, std::string session,
                                                     std::string from) {
  if (present == wanted) {
    co_return fail(ErrorCode::kInvalid, "new must be another password than the present one", "new");
  }
  auto same = co_await confirm(user, std::move(present), std::move(from));
  if (!same) co_return same;
  auto hash = co_await passwords_.hash(std::move(wanted));
  if (!hash) co_return std::unexpected(base::Error{hash.error().code, hash.error().message, "new"});
  if (auto set = users_.set_password_hash(user.id, *hash, false); !set) co_return set;
  sessions_.end_others(user.id, session);
  co_return base::Result<>{};
}

base::Result<User> Accounts::set_role(const UserId& id, Role role, const DepartmentId& department) {
  if (role == Role::kDepartmentAdministrator && department.empty()) {
    return fail(ErrorCode::kInvalid, "department is missing: a department administrator has one",
                "department");
  }
  if (auto set = users_.set_role(id, role, department); !set) return fail(set);
  return *users_.find(id);
}

}  // namespace slipway::access
