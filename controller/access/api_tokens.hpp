// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/access/users.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::access {

inline constexpr std::string_view kTokenPrefix = "slp_";
inline constexpr std::size_t kMaxTokensOfUser = 500;
inline constexpr std::chrono::hours kDefaultTokenLife{24 * 90};
inline constexpr std::chrono::minutes kTokenUsedGrain{1};  ///< of ApiToken::used

/// What is known of an API token; its text is shown once, when it is made.
struct ApiToken {
  std::string id;
  UserId user;
  std::string name;
  TokenScope scope;
  base::UtcTime created;
  base::UtcTime expires;
  std::optional<base::UtcTime> used;
};
struct NewApiToken {
  ApiToken token;
  std::string text;
};

/// Bearer tokens, kept as hashes.
class ApiTokens {
 public:
  ApiTokens(store::Database& database, const base::Clock& clock);

  /// kExhausted at kMaxTokensOfUser; expired ones do not count.
  base::Result<NewApiToken> add(const UserId& user, const std::string& name,
                                std::chrono::seconds life, const TokenScope& scope = {});
  std::optional<ApiToken> find(std::string_view text);
  std::vector<ApiToken> list(const UserId& user) const;  ///< oldest first
  std::optional<UserId> owner(const std::string& id) const;
  bool is_good(const std::string& id) const;  ///< there, and not expired; counts as no use
  base::Result<> remove(const UserId& user, const std::string& id);
  void remove_all(const UserId& user);

 private:
  store::Database& database_;
  const base::Clock& clock_;
};

}  // namespace slipway::access
