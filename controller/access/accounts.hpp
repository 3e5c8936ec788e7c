// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "controller/access/api_tokens.hpp"
#include "controller/access/login_guard.hpp"
#include "controller/access/passwords.hpp"
#include "controller/access/sessions.hpp"
#include "controller/access/tenancy.hpp"
#include "controller/access/users.hpp"
#include "controller/store/database.hpp"
#include "controller/store/memo.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/task.hpp"

namespace slipway::access {

inline constexpr char kFirstAdministrator[] = "admin";

/// A login that succeeded.
struct Login {
  User user;
  std::string cookie;
};

/// A login that was refused because of what came before.
struct LockedOut {
  std::chrono::seconds retry_after;
};

/// Someone whose cookie or token is good, and what they may do.
struct Known {
  User user;
  Rights rights;
  base::UtcTime expires;
  std::string session = {};  ///< its id; empty: by token
  std::string token = {};    ///< its id; empty: by cookie
};

/// A user to be made, or a password to be set. Without a password one is generated.
struct NewPassword {
  std::string password;
  bool must_change = true;
};

/// What became of it; `password` only where it was generated.
struct MadeUser {
  User user;
  std::string password;
};

/// The door to this folder: who may come in, by password, cookie or token.
class Accounts {
 public:
  Accounts(store::Database& database, const base::Clock& clock, boost::asio::thread_pool& pool,
           HashCost cost = {});

  /// Takes the first administrator's generated password to where a person finds it.
  using HandOver = std::function<base::Result<>(const std::string& password)>;
  /// Makes the first administrator where there is no user at all. The password is handed over
  /// before the user is there: who dies between the two makes a new one at the next start.
  base::Task<base::Result<>> ensure_administrator(HandOver hand_over);

  /// kDenied: wrong user or password. `locked` is set when it was not even tried.
  base::Task<base::Result<Login>> login(std::string user, std::string password, std::string from,
                                        std::optional<LockedOut>* locked);
  /// The password again, of one who is logged in; counts for the lock-out as a login does.
  base::Task<base::Result<>> confirm(User user, std::string password, std::string from);
  void logout(std::string_view cookie);

  std::optional<Known> by_cookie(std::string_view cookie);
  std::optional<Known> by_token(std::string_view text);
  /// What somebody who came in before may do now; nullopt: there is no such user any more, or the
  /// session or token that they came in by has ended.
  std::optional<Rights> rights_again(const Known& known) const;

  /// kInvalid, kConflict: field "name", "password" or "department".
  base::Task<base::Result<MadeUser>> add_user(User wanted, NewPassword password);
  /// Sets a password; sessions and API tokens end. Answers with it where it was generated.
  base::Task<base::Result<std::string>> set_password(UserId user, NewPassword password);
  base::Task<base::Result<std::string>> reset_password(std::string user);  ///< by name; kNotFound
  /// Their own, by who knows the present one; all sessions but `session` end.
  base::Task<base::Result<>> change_password(User user, std::string present, std::string wanted,
                                             std::string session, std::string from);
  /// kInvalid, field "department": a department administrator without one.
  base::Result<User> set_role(const UserId& user, Role role, const DepartmentId& department);

  ApiTokens& tokens() { return tokens_; }
  Sessions& sessions() { return sessions_; }
  Users& users() { return users_; }
  Tenancy& tenancy() { return tenancy_; }

 private:
  /// What a token was found to be; to be asked anew from `until` on.
  struct TokenKnown {
    Known known;
    base::UtcTime until;
  };

  Rights rights_of(const User& user, const TokenScope& scope) const;
  std::optional<TokenKnown> ask_token(std::string_view text);

  const base::Clock& clock_;
  Users users_;
  Tenancy tenancy_;
  Sessions sessions_;
  ApiTokens tokens_;
  Passwords passwords_;
  LoginGuard guard_;
  store::Memo<std::string, std::optional<TokenKnown>> known_tokens_;  // by SHA-256
};

}  // namespace slipway::access
