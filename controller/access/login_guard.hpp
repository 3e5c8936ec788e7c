// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::access {

inline constexpr unsigned kFailuresOfPair = 5;      ///< of a user from one address
inline constexpr unsigned kFailuresOfAddress = 20;  ///< from one address, whatever user
inline constexpr unsigned kFailuresOfUser = 50;     ///< of a user, from wherever
inline constexpr std::chrono::minutes kFailureWindow{
    15};  ///< failures older than that are forgotten
inline constexpr std::chrono::seconds kFirstLock{30};
inline constexpr std::chrono::minutes kLongestLock{15};
inline constexpr std::size_t kMaxGuarded = 10'000;  ///< keys remembered; the oldest go first

/// Slows down who guesses passwords: after some failures a pair of user and address, an address, or
/// a user is locked for a while, twice as long after each further failure. A restart of the
/// controller unlocks nobody.
class LoginGuard {
 public:
  LoginGuard(store::Database& database, const base::Clock& clock);

  /// How long this attempt must wait; zero: it may be tried now.
  std::chrono::seconds locked_for(const std::string& user, const std::string& address) const;
  /// Counts an attempt before it is judged, so that many at once are no way around.
  void failed(const std::string& user, const std::string& address);
  /// That attempt was none: those who share an address do not lock it by signing in.
  void succeeded(const std::string& user, const std::string& address);

 private:
  struct Record {
    unsigned failures = 0;
    base::MonotonicTime last;
    base::MonotonicTime prior;  ///< `last` as it was before the newest attempt
    base::MonotonicTime until;
    bool saved = false;
  };
  void load();
  void save(const std::string& key, Record& record);
  void forget(const std::string& key);
  void make_room();
  void count(const std::string& key, unsigned limit);
  void take_back(const std::string& key, unsigned limit);

  store::Database& database_;
  const base::Clock& clock_;
  std::map<std::string, Record> records_;
};

}  // namespace slipway::access
