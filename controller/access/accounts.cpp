// SPDX-License-Identifier: Apache-2.0
#include "controller/access/accounts.hpp"

#include <utility>

namespace slipway::access {

using base::ErrorCode;
using base::fail;

Accounts::Accounts(store::Database& database, const base::Clock& clock,
                   boost::asio::thread_pool& pool, HashCost cost)
    : users_(database, clock),
      sessions_(database, clock),
      tokens_(database, clock),
      passwords_(pool, cost),
      guard_(clock) {}

base::Task<base::Result<>> Accounts::ensure_administrator(HandOver hand_over) {
  if (!users_.list().empty()) co_return base::Result<>{};
  auto password = Passwords::generate();
  auto hash = co_await passwords_.hash(password);
  if (!hash) co_return fail(hash);
  if (auto handed = hand_over(password); !handed) co_return handed;
  auto user = users_.add(kFirstAdministrator, Role::kAdministrator, *hash);
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
  co_return Login{.user = *user, .cookie = sessions_.begin(user->id)};
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

std::optional<Known> Accounts::by_cookie(std::string_view cookie) {
  auto session = sessions_.find(cookie);
  if (!session) return std::nullopt;
  auto user = users_.find(session->user);
  if (!user) return std::nullopt;
  return Known{.user = *user, .expires = session->expires};
}

std::optional<Known> Accounts::by_token(std::string_view text) {
  auto token = tokens_.find(text);
  if (!token) return std::nullopt;
  auto user = users_.find(token->user);
  if (!user) return std::nullopt;
  return Known{.user = *user, .expires = token->expires};
}

base::Task<base::Result<std::string>> Accounts::reset_password(std::string name) {
  auto user = users_.named(name);
  if (!user) co_return fail(ErrorCode::kNotFound, "no user " + name);
  auto password = Passwords::generate();
  auto hash = co_await passwords_.hash(password);
  if (!hash) co_return fail(hash);
  if (auto set = users_.set_password_hash(user->id, *hash); !set) co_return fail(set);
  sessions_.end_all(user->id);
  tokens_.remove_all(user->id);
  co_return password;
}

}  // namespace slipway::access
