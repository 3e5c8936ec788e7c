// SPDX-License-Identifier: Apache-2.0
#include "controller/access/login_guard.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/manual_clock.hpp"

namespace slipway::access {
namespace {

using std::chrono::seconds;

TEST(LoginGuard, LocksAPairAfterSomeFailuresAndTwiceAsLongAfterEachMore) {
  fakes::ManualClock clock;
  const auto database = store::Database::in_memory();
  LoginGuard guard(*database, clock);
  for (unsigned i = 1; i < kFailuresOfPair; ++i) guard.failed("ann", "192.0.2.1");
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), seconds(0));
  guard.failed("ann", "192.0.2.1");
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), kFirstLock);
  guard.failed("ann", "192.0.2.1");
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), 2 * kFirstLock);
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.2"), seconds(0)) << "another address is not locked";
  EXPECT_EQ(guard.locked_for("bob", "192.0.2.1"), seconds(0)) << "another user is not locked";
  clock.advance(2 * kFirstLock);
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), seconds(0));
}

TEST(LoginGuard, LocksAnAddressThatTriesManyUsers) {
  fakes::ManualClock clock;
  const auto database = store::Database::in_memory();
  LoginGuard guard(*database, clock);
  for (unsigned i = 0; i < kFailuresOfAddress; ++i) {
    guard.failed("user" + std::to_string(i), "192.0.2.1");
  }
  EXPECT_GT(guard.locked_for("somebody else", "192.0.2.1"), seconds(0));
  EXPECT_EQ(guard.locked_for("somebody else", "192.0.2.2"), seconds(0));
}

TEST(LoginGuard, ASuccessClearsThePairOnlyAndFailuresAge) {
  fakes::ManualClock clock;
  const auto database = store::Database::in_memory();
  LoginGuard guard(*database, clock);
  for (unsigned i = 1; i < kFailuresOfPair; ++i) guard.failed("ann", "192.0.2.1");
  guard.succeeded("ann", "192.0.2.1");
  guard.failed("ann", "192.0.2.1");
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), seconds(0));
  for (unsigned i = 2; i < kFailuresOfPair; ++i) guard.failed("ann", "192.0.2.1");
  clock.advance(kFailureWindow + seconds(1));
  guard.failed("ann", "192.0.2.1");
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), seconds(0)) << "old failures count no more";
}

TEST(LoginGuard, SigningInLocksNoAddressAndNoUser) {
  fakes::ManualClock clock;
  const auto database = store::Database::in_memory();
  LoginGuard guard(*database, clock);
  for (unsigned i = 1; i < kFailuresOfAddress; ++i) {
    guard.failed("guessed" + std::to_string(i), "192.0.2.1");
  }
  for (unsigned i = 0; i < 2 * kFailuresOfUser; ++i) {  // each counts before it is judged
    EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), seconds(0));
    guard.failed("ann", "192.0.2.1");
    guard.succeeded("ann", "192.0.2.1");
  }
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), seconds(0));
  guard.failed("bob", "192.0.2.1");
  EXPECT_GT(guard.locked_for("ann", "192.0.2.1"), seconds(0)) << "what was wrong still counts";
}

TEST(LoginGuard, FailuresAgeThoughOthersSignIn) {
  fakes::ManualClock clock;
  const auto database = store::Database::in_memory();
  LoginGuard guard(*database, clock);
  for (unsigned i = 1; i < kFailuresOfAddress; ++i) {
    guard.failed("guessed" + std::to_string(i), "192.0.2.1");
  }
  for (int i = 0; i < 4; ++i) {
    clock.advance(kFailureWindow / 2);
    guard.failed("ann", "192.0.2.1");
    guard.succeeded("ann", "192.0.2.1");
  }
  guard.failed("bob", "192.0.2.1");
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), seconds(0)) << "the others are long ago";
}

TEST(LoginGuard, RemembersABoundedNumber) {
  fakes::ManualClock clock;
  const auto database = store::Database::in_memory();
  LoginGuard guard(*database, clock);
  for (std::size_t i = 0; i < kMaxGuarded; ++i) {
    guard.failed("u" + std::to_string(i), "a" + std::to_string(i));
  }
  for (unsigned i = 0; i < kFailuresOfPair; ++i) guard.failed("ann", "192.0.2.1");
  EXPECT_GT(guard.locked_for("ann", "192.0.2.1"), seconds(0));
}

TEST(LoginGuard, ARestartUnlocksNobody) {
  fakes::ManualClock clock;
  const auto database = store::Database::in_memory();
  {
    LoginGuard guard(*database, clock);
    for (unsigned i = 0; i < kFailuresOfPair; ++i) guard.failed("ann", "192.0.2.1");
    guard.failed("bob", "192.0.2.1");
    guard.failed("bob", "192.0.2.1");
    guard.succeeded("bob", "192.0.2.1");
  }
  clock.advance(seconds(10));
  LoginGuard guard(*database, clock);
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), kFirstLock - seconds(10));
  for (unsigned i = 1; i < kFailuresOfPair; ++i) guard.failed("bob", "192.0.2.1");
  EXPECT_EQ(guard.locked_for("bob", "192.0.2.1"), seconds(0)) << "a success is kept too";
  clock.advance(kFirstLock);
  guard.failed("ann", "192.0.2.1");
  EXPECT_EQ(guard.locked_for("ann", "192.0.2.1"), 2 * kFirstLock) << "the count goes on";
}

}  // namespace
}  // namespace slipway::access
