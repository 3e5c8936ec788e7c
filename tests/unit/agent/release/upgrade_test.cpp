// SPDX-License-Identifier: Apache-2.0
#include "agent/release/upgrade.hpp"

#include <gtest/gtest.h>

#include "protocol/base/process.hpp"
#include "tests/fakes/linked_streams.hpp"
#include "tests/fakes/signing_key.hpp"
#include "tests/unit/agent/release/directory.hpp"

namespace slipway::agent_release {
namespace {

using base::Task;
using wire::ReleaseState;

const std::string kProgram = "#!/bin/sh\necho 'slipway-agent 0.2.0 (protocol 1)'\n#" +
                             std::string(3 * wire::kWindowBytes, 'x') + "\n";

/// An agent with a link, whose controller hands out `program` under the statement of `release`.
struct Site {
  explicit Site(Running running = {std::string(64, '0'), true}) : running(std::move(running)) {
    EXPECT_TRUE(base::write_file(keys, key.public_pem()));
  }

  wire::AgentRelease wish(std::uint32_t attempt = 1) const {
    wire::AgentRelease wish;
    wish.set_statement(release::statement_of(release));
    wish.set_signature(key.sign(wish.statement()));
    wish.set_attempt(attempt);
    return wish;
  }

  /// Runs the upgrade while `body` works; until `restart` was asked for or a state was told that
  /// `body` waits for.
  void run(std::function<Task<>(Site&, fakes::LinkedStreams&, Upgrade&)> body) {
    fakes::LinkedStreams streams;
    boost::asio::thread_pool pool(1);
    auto slots = directory.slots();
    streams.run([&](fakes::LinkedStreams& all, base::TaskScope& scope) -> Task<> {
      base::Wakeup moved(all.io.get_executor());
      news = &moved;
      Upgrade upgrade(
          all.io.get_executor(), pool, slots, running,
          {.allowed = allowed, .keys_file = keys, .proof = std::chrono::milliseconds{0}},
          {.open = [&](wire::StreamOpen what) { return all.agent_opens(what); },
           .tell = [&](ReleaseState state) { told.push_back(state), moved.notify(); },
           .restart = [&] { restarts++, moved.notify(); }});
      first = upgrade.state();
      scope.spawn("upgrade", upgrade.run());
      upgrade.link_changed(true);
      co_await body(*this, all, upgrade);
      co_await scope.join();
    });
    pool.join();
  }
  Task<> until(ReleaseState::State state) {
    while (told.empty() || told.back().state() != state) co_await news->wait();
  }
  Task<> until_restart() {
    while (restarts == 0) co_await news->wait();
  }
  /// Serves one fetch from the asked offset on; a broken one is cut when more than its credit is
  /// written, so that some of it has arrived.
  Task<> serve(fakes::LinkedStreams& all, bool broken = false) {
    auto stream = co_await all.next_at_controller();
    offsets.push_back(all.last_opened().release().offset());
    auto part = program.substr(offsets.back());
    if (broken) part.resize(2 * wire::kWindowBytes);
    EXPECT_TRUE(co_await stream->write(part));
    if (!broken) co_return stream->finish();
    stream->reset({base::ErrorCode::kUnavailable, "the link broke", {}});
  }
  const ReleaseState& last() const { return told.back(); }

  Directory directory;
  fakes::SigningKey key;
  std::filesystem::path keys = directory.path() / "keys.pem";
  std::string program = kProgram;
  release::Release release{"0.2.0", kProgram.size(), pki::sha256_hex(kProgram)};
  Running running;
  bool allowed = true;
  std::vector<ReleaseState> told;
  ReleaseState first;
  unsigned restarts = 0;
  std::vector<std::uint64_t> offsets;  ///< of each fetch
  base::Wakeup* news = nullptr;
};

TEST(Upgrade, ASignedReleaseIsFetchedAndPutOnTrial) {
  Site site;
  site.run([](Site& site, fakes::LinkedStreams& all, Upgrade& upgrade) -> Task<> {
    upgrade.want(site.wish());
    co_await site.serve(all);
    co_await site.until_restart();
  });
  EXPECT_EQ(site.first.state(), ReleaseState::SETTLED);
  ASSERT_EQ(site.told.size(), 2u);
  EXPECT_EQ(site.told[0].state(), ReleaseState::FETCHING);
  EXPECT_EQ(site.told[1].state(), ReleaseState::TRYING);
  EXPECT_EQ(site.last().wanted_sha256(), site.release.sha256);
  EXPECT_TRUE(site.last().from_image());
  const auto slots = site.directory.slots();
  ASSERT_TRUE(slots.read().trial);
  EXPECT_EQ(slots.read().trial->what, (Candidate{site.release.sha256, 1}));
  EXPECT_EQ(base::read_file(slots.program(site.release.sha256)).value_or(""), kProgram);
}

TEST(Upgrade, ABrokenFetchGoesOnWhereItWas) {
  Site site;
  site.run([](Site& site, fakes::LinkedStreams& all, Upgrade& upgrade) -> Task<> {
    upgrade.want(site.wish());
    co_await site.serve(all, true);
    co_await site.serve(all);
    co_await site.until_restart();
  });
  ASSERT_EQ(site.offsets.size(), 2u);
  EXPECT_GT(site.offsets[1], 0u);
  EXPECT_EQ(site.last().state(), ReleaseState::TRYING);
}

TEST(Upgrade, WhatIsNotTheProgramOfTheStatementIsRefused) {
  const auto refused_with = [](std::function<void(Site&)> spoil) {
    Site site;
    spoil(site);
    site.run([](Site& site, fakes::LinkedStreams& all, Upgrade& upgrade) -> Task<> {
      upgrade.want(site.wish());
      co_await site.serve(all);
      co_await site.until(ReleaseState::FAILED);
    });
    EXPECT_EQ(site.restarts, 0u);
    EXPECT_FALSE(site.directory.slots().read().trial);
    EXPECT_FALSE(std::filesystem::exists(site.directory.slots().partial(site.release.sha256)));
    EXPECT_FALSE(std::filesystem::exists(site.directory.slots().program(site.release.sha256)));
    return site.last().error();
  };
  EXPECT_NE(refused_with([](Site& site) { site.program[50] ^= 1; }).find("not the program"),
            std::string::npos);
  EXPECT_NE(refused_with([](Site& site) { site.program += "more"; }).find("longer"),
            std::string::npos);
  EXPECT_NE(refused_with([](Site& site) { site.program.pop_back(); }).find("ended early"),
            std::string::npos);
  EXPECT_NE(refused_with([](Site& site) { site.release.version = "0.3.0"; }).find("0.3.0"),
            std::string::npos);
  EXPECT_NE(refused_with([](Site& site) {
              site.program = "not a program";
              site.release.size_bytes = site.program.size();
              site.release.sha256 = pki::sha256_hex(site.program);
            }).find("does not say"),
            std::string::npos);
}

/// Without any fetch: what the agent says to the wish.
std::string answer_to(Site& site, wire::AgentRelease wish) {
  site.run([&](Site& site, fakes::LinkedStreams&, Upgrade& upgrade) -> Task<> {
    upgrade.want(wish);
    co_await site.until(ReleaseState::FAILED);
  });
  EXPECT_TRUE(site.offsets.empty());
  EXPECT_EQ(site.restarts, 0u);
  return site.last().error();
}

TEST(Upgrade, WithoutASignatureOfAKnownKeyNothingIsFetched) {
  Site unsigned_site;
  auto wish = unsigned_site.wish();
  wish.set_signature("");
  EXPECT_NE(answer_to(unsigned_site, wish).find("not signed"), std::string::npos);
  Site other_key;
  wish = other_key.wish();
  wish.set_signature(fakes::SigningKey().sign(wish.statement()));
  EXPECT_NE(answer_to(other_key, wish).find("none of the keys"), std::string::npos);
  EXPECT_EQ(other_key.last().wanted_sha256(), other_key.release.sha256);
  Site changed;
  wish = changed.wish();
  wish.mutable_statement()->append("x");
  EXPECT_NE(answer_to(changed, wish).find("none of the keys"), std::string::npos);
  Site no_keys;
  std::filesystem::remove(no_keys.keys);
  EXPECT_NE(answer_to(no_keys, no_keys.wish()).find("holds no key"), std::string::npos);
}

TEST(Upgrade, TheNodesOwnWordIsTheLast) {
  Site site;
  site.allowed = false;
  EXPECT_NE(answer_to(site, site.wish()).find("agent_upgrade"), std::string::npos);
}

TEST(Upgrade, AFailureIsToldAgainAndTriedAgainOnlyWhenAskedAnew) {
  Site site;
  auto slots = site.directory.slots();
  ASSERT_TRUE(slots.update([&](Slots& now) {
    now.failure = Slots::Failure{{site.release.sha256, 1}, "it ended by itself"};
  }));
  EXPECT_EQ(answer_to(site, site.wish(1)), "it ended by itself");
  EXPECT_EQ(site.first.state(), ReleaseState::FAILED);
  site.told.clear();
  site.run([](Site& site, fakes::LinkedStreams& all, Upgrade& upgrade) -> Task<> {
    upgrade.want(site.wish(2));
    co_await site.serve(all);
    co_await site.until_restart();
  });
  EXPECT_FALSE(slots.read().failure);
  EXPECT_EQ(site.last().attempt(), 2u);
}

TEST(Upgrade, AReleaseThatHeldItsLinkIsSettledAndTheOneBeforeGoes) {
  Site site;
  auto slots = site.directory.slots();
  const auto before = site.directory.keep("before");
  const auto now_runs = site.directory.keep(kProgram);
  site.running = {now_runs, false};
  ASSERT_TRUE(slots.update([&](Slots& now) {
    now.current = before;
    now.trial = Slots::Trial{{now_runs, 3}, 1};
  }));
  site.run([](Site& site, fakes::LinkedStreams&, Upgrade&) -> Task<> {
    co_await site.until(ReleaseState::SETTLED);
  });
  EXPECT_EQ(site.first.state(), ReleaseState::TRYING);
  EXPECT_EQ(site.last().running_sha256(), now_runs);
  EXPECT_EQ(site.last().attempt(), 3u);
  EXPECT_EQ(slots.read().current, now_runs);
  EXPECT_FALSE(slots.read().trial);
  EXPECT_FALSE(std::filesystem::exists(slots.program(before)));
}

TEST(Upgrade, TheImagesProgramIsPutOnTrialToo) {
  Site site({std::string(64, '1'), false});
  site.run([](Site& site, fakes::LinkedStreams&, Upgrade& upgrade) -> Task<> {
    wire::AgentRelease image;
    image.set_attempt(5);
    upgrade.want(image);
    co_await site.until_restart();
  });
  EXPECT_TRUE(site.offsets.empty());
  EXPECT_EQ(site.directory.slots().read().trial->what, (Candidate{"", 5}));
}

TEST(Upgrade, WhatRunsAlreadyIsSettled) {
  Site site;
  site.running = {site.release.sha256, false};
  site.run([](Site& site, fakes::LinkedStreams&, Upgrade& upgrade) -> Task<> {
    upgrade.want(site.wish(9));
    co_await site.until(ReleaseState::SETTLED);
  });
  EXPECT_EQ(site.last().attempt(), 9u);
  EXPECT_EQ(site.restarts, 0u);
}

}  // namespace
}  // namespace slipway::agent_release
