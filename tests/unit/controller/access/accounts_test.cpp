// SPDX-License-Identifier: Apache-2.0
#include "controller/access/accounts.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "tests/fakes/manual_clock.hpp"

namespace slipway::access {
namespace {

constexpr HashCost kCheap{.operations = 1, .memory_bytes = 8 << 10};

class AccountsTest : public ::testing::Test {
 protected:
  template <class T>
  T run(base::Task<T> task) {
    auto done = boost::asio::co_spawn(io, std::move(task), boost::asio::use_future);
    io.restart();
    io.run();
    return done.get();
  }
  std::string first_password() {
    std::string handed;
    EXPECT_TRUE(run(accounts.ensure_administrator([&](const std::string& password) {
      handed = password;
      return base::Result<>{};
    })));
    return handed;
  }
  base::Result<Login> login(const std::string& password) {
    locked.reset();
    return run(accounts.login("admin", password, "192.0.2.1", &locked));
  }

  boost::asio::io_context io;
  boost::asio::thread_pool pool{1};
  fakes::ManualClock clock;
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  Accounts accounts{*database, clock, pool, kCheap};
  std::optional<LockedOut> locked;
};

TEST_F(AccountsTest, TheFirstAdministratorIsMadeOnce) {
  const auto password = first_password();
  EXPECT_EQ(password.size(), 20U);
  EXPECT_EQ(first_password(), "") << "there is one already";
  auto row = database->prepare("SELECT password FROM users");
  ASSERT_TRUE(row.step());
  EXPECT_TRUE(row.text(0).starts_with("$argon2id$"));
  EXPECT_EQ(row.text(0).find(password), std::string::npos);
}

TEST_F(AccountsTest, APasswordThatWasNotHandedOverMakesNoAdministrator) {
  const auto full = [](const std::string&) -> base::Result<> {
    return base::fail(base::ErrorCode::kExhausted, "no space left");
  };
  EXPECT_EQ(run(accounts.ensure_administrator(full)).error().code, base::ErrorCode::kExhausted);
  EXPECT_EQ(first_password().size(), 20U) << "the next start makes one";
}

TEST_F(AccountsTest, ACookieIsGoodUntilItIdlesOrLogsOut) {
  const auto password = first_password();
  auto in = login(password);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->user.role, Role::kAdministrator);
  ASSERT_TRUE(accounts.by_cookie(in->cookie));
  clock.advance(kSessionIdle - std::chrono::minutes(2));
  EXPECT_TRUE(accounts.by_cookie(in->cookie)) << "use keeps it";
  clock.advance(kSessionIdle - std::chrono::minutes(2));
  EXPECT_TRUE(accounts.by_cookie(in->cookie));
  clock.advance(kSessionIdle + std::chrono::minutes(1));
  EXPECT_FALSE(accounts.by_cookie(in->cookie));
  auto again = login(password);
  accounts.logout(again->cookie);
  EXPECT_FALSE(accounts.by_cookie(again->cookie));
  EXPECT_FALSE(accounts.by_cookie(""));
}

TEST_F(AccountsTest, NoSessionOutlivesADayHoweverMuchItIsUsed) {
  auto in = login(first_password());
  for (auto spent = std::chrono::hours(0); spent < kSessionLife; spent += std::chrono::hours(1)) {
    ASSERT_TRUE(accounts.by_cookie(in->cookie)) << spent.count();
    clock.advance(std::chrono::hours(1));
  }
  EXPECT_FALSE(accounts.by_cookie(in->cookie));
}

TEST_F(AccountsTest, WrongPasswordsLockOutAlsoTheRightOneForAWhile) {
  const auto password = first_password();
  for (unsigned i = 0; i < kFailuresOfPair; ++i) {
    auto refused = login("wrong-password");
    ASSERT_FALSE(refused);
    EXPECT_FALSE(locked) << i;
    EXPECT_EQ(refused.error().message, "wrong user or password");
  }
  EXPECT_FALSE(login(password));
  ASSERT_TRUE(locked);
  EXPECT_EQ(locked->retry_after, kFirstLock);
  clock.advance(kFirstLock);
  EXPECT_TRUE(login(password));
}

TEST_F(AccountsTest, AnUnknownUserIsRefusedInTheSameWords) {
  (void)first_password();
  std::optional<LockedOut> ignored;
  auto refused = run(accounts.login("nobody", "wrong-password", "192.0.2.1", &ignored));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "wrong user or password");
}

TEST_F(AccountsTest, TokensAreKeptHashedAndExpire) {
  auto in = login(first_password());
  auto made = accounts.tokens().add(in->user.id, "ci", std::chrono::hours(1));
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->text.starts_with("slp_"));
  auto row = database->prepare("SELECT count(*) FROM api_tokens WHERE token_sha256 = ?");
  ASSERT_TRUE(row.bind(made->text).step());
  EXPECT_EQ(row.number(0), 0) << "never in clear";
  ASSERT_TRUE(accounts.by_token(made->text));
  EXPECT_FALSE(accounts.by_token(made->text + "0"));
  EXPECT_TRUE(accounts.tokens().list(in->user.id).front().used);
  EXPECT_FALSE(accounts.tokens().remove({"somebody else"}, made->token.id));
  clock.advance(std::chrono::hours(1));
  EXPECT_FALSE(accounts.by_token(made->text));
  EXPECT_TRUE(accounts.tokens().list(in->user.id).empty());
}

TEST_F(AccountsTest, ATokenIsAskedAnewWhenWhatItMayDoIsAnother) {
  auto in = login(first_password());
  auto second = run(accounts.add_user({.name = "second", .role = Role::kAdministrator}, {}));
  ASSERT_TRUE(second);
  const auto made = accounts.tokens().add(second->user.id, "ci", std::chrono::hours(1));
  ASSERT_TRUE(accounts.by_token(made->text));
  const auto before = database->revision();
  EXPECT_EQ(accounts.by_token(made->text)->rights.role, Role::kAdministrator);
  EXPECT_EQ(database->revision(), before);
  ASSERT_TRUE(accounts.set_role(second->user.id, Role::kReadOnly, {}));
  EXPECT_EQ(accounts.by_token(made->text)->rights.role, Role::kReadOnly);
  ASSERT_TRUE(accounts.tokens().remove(second->user.id, made->token.id));
  EXPECT_FALSE(accounts.by_token(made->text));
}

TEST_F(AccountsTest, ATokensUseIsWrittenEachMinuteThoughNothingElseIs) {
  auto in = login(first_password());
  const auto made = accounts.tokens().add(in->user.id, "ci", std::chrono::hours(1));
  const auto used = [&] { return accounts.tokens().list(in->user.id).front().used; };
  for (int uses = 0; uses < 3; ++uses) {
    ASSERT_TRUE(accounts.by_token(made->text));
    EXPECT_EQ(used(), clock.utc());
    clock.advance(std::chrono::seconds(kTokenUsedGrain) / 2);
    ASSERT_TRUE(accounts.by_token(made->text));
    EXPECT_LT(used(), clock.utc()) << "not with each use";
    clock.advance(std::chrono::seconds(kTokenUsedGrain) / 2);
  }
}

TEST_F(AccountsTest, TokensOfAUserAreBounded) {
  auto in = login(first_password());
  for (std::size_t i = 0; i < kMaxTokensOfUser; ++i) {
    ASSERT_TRUE(accounts.tokens().add(in->user.id, "t", std::chrono::hours(1)));
  }
  auto over = accounts.tokens().add(in->user.id, "t", std::chrono::hours(1));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, base::ErrorCode::kExhausted);
}

TEST_F(AccountsTest, AResetEndsSessionsAndTokens) {
  const auto old = first_password();
  auto in = login(old);
  auto token = accounts.tokens().add(in->user.id, "ci", std::chrono::hours(1));
  auto fresh = run(accounts.reset_password("admin"));
  ASSERT_TRUE(fresh);
  EXPECT_FALSE(accounts.by_cookie(in->cookie));
  EXPECT_FALSE(accounts.by_token(token->text));
  EXPECT_FALSE(login(old));
  EXPECT_TRUE(login(*fresh));
  EXPECT_FALSE(run(accounts.reset_password("nobody")));
}

TEST_F(AccountsTest, ConfirmAsksForTheUsersOwnPassword) {
  const auto password = first_password();
  auto in = login(password);
  EXPECT_TRUE(run(accounts.confirm(in->user, password, "192.0.2.1")));
  auto wrong = run(accounts.confirm(in->user, "wrong-password", "192.0.2.1"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "password");
}

TEST_F(AccountsTest, TheLastAdministratorStaysOne) {
  auto in = login(first_password());
  const auto admin = in->user.id;
  EXPECT_EQ(accounts.set_role(admin, Role::kReadOnly, {}).error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(accounts.users().remove(admin).error().code, base::ErrorCode::kConflict);
  auto other = run(accounts.add_user({.name = "bea", .role = Role::kAdministrator}, {}));
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(accounts.set_role(admin, Role::kReadOnly, {})->role, Role::kReadOnly);
  EXPECT_EQ(accounts.by_cookie(in->cookie)->rights.role, Role::kReadOnly) << "at once";
  EXPECT_FALSE(accounts.users().remove(other->user.id)) << "now this one is the last";
  EXPECT_TRUE(accounts.users().remove(admin));
  EXPECT_FALSE(accounts.by_cookie(in->cookie));
}

TEST_F(AccountsTest, AUserIsMadeWithAPasswordThatMustBeChanged) {
  auto made = run(accounts.add_user({.name = "ann", .role = Role::kProjectMember}, {}));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->password.size(), 20U);
  auto in = run(accounts.login("ann", made->password, "192.0.2.1", &locked));
  ASSERT_TRUE(in);
  EXPECT_TRUE(in->user.must_change);
  auto elsewhere = run(accounts.login("ann", made->password, "192.0.2.2", &locked));
  const auto session = accounts.by_cookie(in->cookie)->session;
  const auto change = [&](const std::string& present, const std::string& wanted) {
    return run(accounts.change_password(in->user, present, wanted, session, "192.0.2.1"));
  };
  EXPECT_EQ(change("not-it-at-all", "another-one").error().field, "password");
  EXPECT_EQ(change(made->password, made->password).error().field, "new");
  EXPECT_EQ(change(made->password, "short").error().field, "new");
  ASSERT_TRUE(change(made->password, "another-one"));
  EXPECT_FALSE(accounts.by_cookie(in->cookie)->user.must_change);
  EXPECT_FALSE(accounts.by_cookie(elsewhere->cookie)) << "other sessions end";
  EXPECT_FALSE(run(accounts.add_user({.name = "ann"}, {}))) << "the name is taken";
  auto admin = run(accounts.add_user({.name = "dan", .role = Role::kDepartmentAdministrator}, {}));
  EXPECT_EQ(admin.error().field, "department");
}

TEST_F(AccountsTest, SessionsAreListedAndEndedByAnIdThatIsNoCookie) {
  auto in = login(first_password());
  const auto all = accounts.sessions().list(in->user.id);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].address, "192.0.2.1");
  EXPECT_EQ(all[0].id, accounts.by_cookie(in->cookie)->session);
  EXPECT_EQ(in->cookie.find(all[0].id), std::string::npos);
  EXPECT_EQ(accounts.sessions().owner(all[0].id), in->user.id);
  EXPECT_FALSE(accounts.sessions().end_by_id("none"));
  EXPECT_TRUE(accounts.sessions().end_by_id(all[0].id));
  EXPECT_FALSE(accounts.by_cookie(in->cookie));
}

TEST_F(AccountsTest, SessionsComeNewestFirst) {
  const auto password = first_password();
  auto first = login(password);
  clock.advance(std::chrono::seconds(1));
  auto second = login(password);
  const auto all = accounts.sessions().list(first->user.id);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, accounts.by_cookie(second->cookie)->session);
  EXPECT_EQ(all[1].id, accounts.by_cookie(first->cookie)->session);
}

TEST_F(AccountsTest, ATokenLeavesWhatItsScopeSays) {
  auto in = login(first_password());
  const TokenScope scope{.read_only = true, .cluster = "c", .project = {}};
  auto token = accounts.tokens().add(in->user.id, "ci", std::chrono::hours(1), scope);
  const auto known = accounts.by_token(token->text);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->rights.scope, scope);
  EXPECT_FALSE(decide(known->rights, Act::kAdminister, false));
}

}  // namespace
}  // namespace slipway::access
