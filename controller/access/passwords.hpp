// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <string>

#include "protocol/base/task.hpp"

namespace slipway::access {

inline constexpr std::size_t kMinPasswordBytes = 8;
inline constexpr std::size_t kMaxPasswordBytes = 1024;
inline constexpr unsigned kMaxHashing = 8;  ///< at once, each takes HashCost::memory_bytes

/// What one argon2id costs; libsodium's "interactive" by default.
struct HashCost {
  unsigned long long operations = 2;
  std::size_t memory_bytes = 64 << 20;
};

/// Hashes and checks passwords off the io thread.
class Passwords {
 public:
  Passwords(boost::asio::thread_pool& pool, HashCost cost);

  /// kInvalid, field "password": too short or too long.
  base::Task<base::Result<std::string>> hash(std::string password);
  /// False also for an empty hash, after the same time: who asks cannot tell a user from none.
  /// kExhausted when kMaxHashing are under way.
  base::Task<base::Result<bool>> matches(std::string hash, std::string password);

  /// 20 characters of the system's generator, without those that look alike.
  static std::string generate();

 private:
  boost::asio::thread_pool& pool_;
  HashCost cost_;
  std::string decoy_;
  unsigned running_ = 0;
};

}  // namespace slipway::access
