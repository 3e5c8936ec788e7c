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

inline constexpr std::chrono::hours kSessionLife{24};
inline constexpr std::chrono::hours kSessionIdle{2};
inline constexpr std::chrono::minutes kSeenGrain{
    1};  ///< a session's last use is written that often

/// A login that goes on. Its id tells nothing of the cookie.
struct Session {
  std::string id;
  UserId user;
  std::string address;  ///< where it was begun from
  base::UtcTime begun;
  base::UtcTime seen;
  base::UtcTime expires;
};

/// Who is logged in, by the hash of their cookie.
class Sessions {
 public:
  Sessions(store::Database& database, const base::Clock& clock);

  /// The cookie's value: 256 random bits as hex.
  std::string begin(const UserId& user, const std::string& address);
  std::optional<Session> find(std::string_view cookie);
  void end(std::string_view cookie);
  void end_all(const UserId& user);
  void end_others(const UserId& user, const std::string& id);
  base::Result<> end_by_id(const std::string& id);
  std::vector<Session> list(const UserId& user) const;  ///< oldest first
  std::optional<UserId> owner(const std::string& id) const;
  bool goes_on(const std::string& id) const;  ///< neither ended nor expired; counts as no use
  std::size_t count() const;

 private:
  void sweep();
  store::Database& database_;
  const base::Clock& clock_;
};

}  // namespace slipway::access
