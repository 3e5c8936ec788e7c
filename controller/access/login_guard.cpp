// SPDX-License-Identifier: Apache-2.0
#include "controller/access/login_guard.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace slipway::access {

namespace {

std::string pair_key(const std::string& user, const std::string& address) {
  return "pair " + address + " " + user;
}
std::string address_key(const std::string& address) {
  return "address " + address;
}
std::string user_key(const std::string& user) {
  return "user " + user;
}

std::chrono::seconds lock_time(unsigned beyond) {
  auto lock = kFirstLock * (1U << std::min(beyond, 10U));
  return std::min<std::chrono::seconds>(lock, kLongestLock);
}

}  // namespace

std::chrono::seconds LoginGuard::locked_for(const std::string& user,
                                            const std::string& address) const {
  std::chrono::seconds longest{0};
  for (const auto& key :
       std::array{pair_key(user, address), address_key(address), user_key(user)}) {
    auto found = records_.find(key);
    if (found == records_.end()) continue;
    auto rest = std::chrono::ceil<std::chrono::seconds>(found->second.until - clock_.monotonic());
    longest = std::max(longest, rest);
  }
  return longest;
}

void LoginGuard::failed(const std::string& user, const std::string& address) {
  count(pair_key(user, address), kFailuresOfPair);
  count(address_key(address), kFailuresOfAddress);
  count(user_key(user), kFailuresOfUser);
}

void LoginGuard::succeeded(const std::string& user, const std::string& address) {
  records_.erase(pair_key(user, address));
}

/// Drops the older half of those that are not locked; one sweep makes room for thousands.
void LoginGuard::make_room() {
  const auto now = clock_.monotonic();
  std::vector<base::MonotonicTime> times;
  for (const auto& [key, record] : records_) times.push_back(record.last);
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  std::erase_if(records_, [&](const auto& entry) {
    return entry.second.last <= *middle && entry.second.until <= now;
  });
  if (records_.size() >= kMaxGuarded) records_.erase(records_.begin());
}

void LoginGuard::count(const std::string& key, unsigned limit) {
  const auto now = clock_.monotonic();
  if (records_.size() >= kMaxGuarded && !records_.contains(key)) make_room();
  auto& record = records_[key];
  if (record.failures > 0 && now - record.last > kFailureWindow) record = {};
  record.last = now;
  if (++record.failures >= limit) record.until = now + lock_time(record.failures - limit);
}

}  // namespace slipway::access
