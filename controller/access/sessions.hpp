// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "controller/access/users.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::access {

inline constexpr std::chrono::hours kSessionLife{24};
inline constexpr std::chrono::hours kSessionIdle{2};
inline constexpr std::chrono::minutes kSeenGrain{
    1};  ///< a session's last use is written that often

struct Session {
  UserId user;
  base::UtcTime expires;
};

/// Who is logged in, by the hash of their cookie.
class Sessions {
 public:
  Sessions(store::Database& database, const base::Clock& clock);

  /// The cookie's value: 256 random bits as hex.
  std::string begin(const UserId& user);
  std::optional<Session> find(std::string_view cookie);
  void end(std::string_view cookie);
  void end_all(const UserId& user);
  std::size_t count() const;

 private:
  void sweep();
  store::Database& database_;
  const base::Clock& clock_;
};

}  // namespace slipway::access
