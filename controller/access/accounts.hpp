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
#include "controller/access/users.hpp"
#include "controller/store/database.hpp"
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

/// Someone whose cookie or token is good.
struct Known {
  User user;
  base::UtcTime expires;
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
  ApiTokens& tokens() { return tokens_; }
  std::size_t sessions() const { return sessions_.count(); }

  /// Sets a generated password and answers with it; sessions and API tokens end. kNotFound.
  base::Task<base::Result<std::string>> reset_password(std::string user);

 private:
  Users users_;
  Sessions sessions_;
  ApiTokens tokens_;
  Passwords passwords_;
  LoginGuard guard_;
};

}  // namespace slipway::access
