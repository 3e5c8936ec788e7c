// SPDX-License-Identifier: Apache-2.0
#include "controller/access/passwords.hpp"

#include <sodium.h>

#include <array>
#include <new>
#include <stdexcept>

#include "protocol/base/offload.hpp"

namespace slipway::access {

namespace {

std::string encode(const std::string& password, HashCost cost) {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost.operations,
                            cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::bad_alloc();
  }
  return out.data();
}

/// Counts one hash under way, whatever way it ends.
class Turn {
 public:
  explicit Turn(unsigned& running) : running_(running) { ++running_; }
  ~Turn() { --running_; }
  Turn(const Turn&) = delete;

 private:
  unsigned& running_;
};

}  // namespace

Passwords::Passwords(boost::asio::thread_pool& pool, HashCost cost) : pool_(pool), cost_(cost) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
  decoy_ = encode(generate(), cost_);
}

base::Task<base::Result<std::string>> Passwords::hash(std::string password) {
  if (password.size() < kMinPasswordBytes || password.size() > kMaxPasswordBytes) {
    co_return base::fail(base::ErrorCode::kInvalid, "a password has 8 to 1024 bytes", "password");
  }
  Turn turn(running_);
  auto cost = cost_;
  co_return co_await base::offload(
      pool_, [password = std::move(password), cost] { return encode(password, cost); });
}

base::Task<base::Result<bool>> Passwords::matches(std::string hash, std::string password) {
  if (running_ >= kMaxHashing) {
    co_return base::fail(base::ErrorCode::kExhausted, "too many logins at once, try again");
  }
  Turn turn(running_);
  const bool known = !hash.empty();
  if (!known) hash = decoy_;
  const bool good =
      co_await base::offload(pool_, [hash = std::move(hash), password = std::move(password)] {
        return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
      });
  co_return known&& good;
}

std::string Passwords::generate() {
  constexpr std::string_view kAlphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
  std::string password;
  for (int i = 0; i < 20; ++i) {
    password += kAlphabet[randombytes_uniform(static_cast<std::uint32_t>(kAlphabet.size()))];
  }
  return password;
}

}  // namespace slipway::access
