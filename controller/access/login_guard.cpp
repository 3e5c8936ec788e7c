// SPDX-License-Identifier: Apache-2.0
#include "controller/access/login_guard.hpp"

#include <algorithm>
#include <array>
#include <utility>
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

LoginGuard::LoginGuard(store::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock) {
  load();
}

/// What is stored are times of the day; a clock that was set back locks nobody for longer.
void LoginGuard::load() {
  using std::chrono::milliseconds;
  const auto utc = clock_.utc();
  const auto now = clock_.monotonic();
  database_.prepare("DELETE FROM login_failures WHERE last_ms < ?")
      .bind(base::to_unix_ms(utc - 2 * kFailureWindow))
      .run();
  auto row = database_.prepare("SELECT key, failures, last_ms, until_ms FROM login_failures");
  while (row.step()) {
    const milliseconds ago = utc - base::from_unix_ms(row.number(2));
    const milliseconds rest = base::from_unix_ms(row.number(3)) - utc;
    records_[row.text(0)] = {
        .failures = static_cast<unsigned>(row.number(1)),
        .last = now - std::clamp<milliseconds>(ago, milliseconds{0}, 2 * kFailureWindow),
        .until = now + std::clamp<milliseconds>(rest, milliseconds{0}, kLongestLock),
        .saved = true};
  }
}

void LoginGuard::save(const std::string& key, Record& record) {
  const auto since = [&](base::MonotonicTime time) {
    return base::to_unix_ms(clock_.utc() + std::chrono::duration_cast<std::chrono::milliseconds>(
                                               time - clock_.monotonic()));
  };
  record.saved = true;
  database_
      .prepare(
          "INSERT INTO login_failures (key, failures, last_ms, until_ms) VALUES (?1,?2,?3,?4) ON "
          "CONFLICT (key) DO UPDATE SET failures = ?2, last_ms = ?3, until_ms = ?4")
      .bind(key)
      .bind(record.failures)
      .bind(since(record.last))
      .bind(since(record.until))
      .run();
}

void LoginGuard::forget(const std::string& key) {
  const auto found = records_.find(key);
  if (found == records_.end()) return;
  const bool saved = found->second.saved;
  records_.erase(found);
  if (!saved) return;
  database_.prepare("DELETE FROM login_failures WHERE key = ?").bind(key).run();
}

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
  (void)database_.transaction([&]() -> base::Result<> {  // one write to the disk, not three
    count(pair_key(user, address), kFailuresOfPair);
    count(address_key(address), kFailuresOfAddress);
    count(user_key(user), kFailuresOfUser);
    return {};
  });
}

void LoginGuard::succeeded(const std::string& user, const std::string& address) {
  forget(pair_key(user, address));
  take_back(address_key(address), kFailuresOfAddress);
  take_back(user_key(user), kFailuresOfUser);
}

/// Drops the older half of those that are not locked; one sweep makes room for thousands.
void LoginGuard::make_room() {
  const auto now = clock_.monotonic();
  std::vector<base::MonotonicTime> times;
  for (const auto& [key, record] : records_) times.push_back(record.last);
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  std::vector<std::string> old;
  for (const auto& [key, record] : records_) {
    if (record.last <= *middle && record.until <= now) old.push_back(key);
  }
  if (old.empty()) old.push_back(records_.begin()->first);
  for (const auto& key : old) forget(key);
}

void LoginGuard::count(const std::string& key, unsigned limit) {
  const auto now = clock_.monotonic();
  if (records_.size() >= kMaxGuarded && !records_.contains(key)) make_room();
  auto& record = records_[key];
  if (record.failures > 0 && now - record.last > kFailureWindow) record.failures = 0;
  record.prior = std::exchange(record.last, now);
  if (++record.failures < limit) return;
  record.until = now + lock_time(record.failures - limit);
  save(key, record);
}

void LoginGuard::take_back(const std::string& key, unsigned limit) {
  const auto found = records_.find(key);
  if (found == records_.end()) return;
  auto& record = found->second;
  if (record.failures <= 1) return forget(key);
  record.last = record.prior;  // failures age though others sign in
  if (--record.failures >= limit) return;
  record.until = {};
  if (record.saved) save(key, record);
}

}  // namespace slipway::access
