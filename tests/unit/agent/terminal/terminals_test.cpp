// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/agent/terminal/live_terminals.hpp"

namespace slipway::terminal {
namespace {

using base::ErrorCode;
using base::Task;
using testing::Contains;
using testing::ElementsAre;

TEST_F(LiveTerminals, AreTheirOwnersAlone) {
  run([&](Terminal&) -> Task<> {
    auto client = co_await open(shell("ann"));
    const auto id = (co_await client.attached()).id();
    auto other = co_await open(use(id, wire::TerminalOpen::TAKE_UP, "bob"));
    co_await other.until_over();
    EXPECT_EQ(other.failure->code, ErrorCode::kDenied);
    auto unknown = co_await open(use("nothing", wire::TerminalOpen::TAKE_UP));
    co_await unknown.until_over();
    EXPECT_EQ(unknown.failure->code, ErrorCode::kNotFound);
    process().print("still ann's");
    co_await client.until("still ann's");
    co_await finish(client);
  });
}

TEST_F(LiveTerminals, AreListedWithWhoHasThem) {
  run([&](Terminal&) -> Task<> {
    EXPECT_TRUE((co_await list()).empty());
    auto client = co_await open(shell("ann"));
    const auto id = (co_await client.attached()).id();
    auto all = co_await list();
    EXPECT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].id(), id);
    EXPECT_EQ(all[0].user() + " " + all[0].pod_namespace() + "/" + all[0].pod(), "ann default/web");
    EXPECT_TRUE(all[0].attached());
    EXPECT_EQ(all[0].detached_utc_ms(), 0);
    client.lose();
    while ((co_await list())[0].attached()) co_await turn();
    EXPECT_EQ((co_await list())[0].detached_utc_ms(), base::to_unix_ms(clock_.utc()));
  });
}

TEST_F(LiveTerminals, EndWhenNobodyTakesThemUpInTime) {
  run([&](Terminal& terminal) -> Task<> {
    auto client = co_await open(shell());
    co_await client.attached();
    clock_.advance(2 * kIdleLimit);
    terminal.tick();
    process().print("not idle: somebody has it");
    co_await client.until("somebody has it");
    client.lose();
    while ((co_await list())[0].attached()) co_await turn();
    clock_.advance(kIdleLimit - std::chrono::seconds(1));
    terminal.tick();
    EXPECT_EQ((co_await list()).size(), 1U);
    clock_.advance(std::chrono::seconds(1));
    terminal.tick();
    while (terminal.sessions() > 0) co_await turn();
    EXPECT_THAT(runtime_.calls, Contains("kill"));
  });
}

TEST_F(LiveTerminals, TellTheirOwnerWhoWatches) {
  run([&](Terminal&) -> Task<> {
    auto owner = co_await open(shell());
    const auto id = (co_await owner.attached()).id();
    process().print("before");
    co_await owner.until("before");
    auto watcher = co_await open(use(id, wire::TerminalOpen::WATCH, "root"));
    co_await watcher.until("before");
    const auto told = (co_await owner.note(wire::StreamNote::kWatchers)).watchers();
    EXPECT_THAT(std::vector<std::string>(told.users().begin(), told.users().end()),
                ElementsAre("root"));
    EXPECT_EQ((co_await list())[0].watchers_size(), 1);
    process().print(" after");
    co_await watcher.until(" after");
    owner.notes.clear();
    watcher.lose();
    EXPECT_EQ((co_await owner.note(wire::StreamNote::kWatchers)).watchers().users_size(), 0);
    co_await finish(owner);
  });
}

TEST_F(LiveTerminals, AreNotTypedIntoByWatchers) {
  run([&](Terminal&) -> Task<> {
    auto owner = co_await open(shell());
    const auto id = (co_await owner.attached()).id();
    auto watcher = co_await open(use(id, wire::TerminalOpen::WATCH, "root"));
    co_await watcher.attached();
    co_await watcher.stream->write(std::string("rm -rf /\n"));
    co_await watcher.until_over();
    EXPECT_EQ(watcher.failure->code, ErrorCode::kDenied);
    EXPECT_EQ(process().read(), "");
    co_await finish(owner);
  });
}

TEST_F(LiveTerminals, AreNotHeldUpByASlowWatcher) {
  run([&](Terminal&) -> Task<> {
    auto owner = co_await open(shell());
    const auto id = (co_await owner.attached()).id();
    auto watcher = co_await open(use(id, wire::TerminalOpen::WATCH, "root"));
    co_await watcher.attached();
    const std::string block(4096, 'x');
    while (owner.seen.size() < 8 * kKeptOutputBytes) {
      (void)!::write(process().output, block.data(), block.size());
      co_await owner.step();
      co_await owner.acknowledge(owner.seen.size());
    }
    co_await watcher.note(wire::StreamNote::kGap);
    watcher.lose();
    co_await finish(owner);
  });
}

TEST_F(LiveTerminals, HaveNoMoreThanEightWatchers) {
  run([&](Terminal&) -> Task<> {
    auto owner = co_await open(shell());
    const auto id = (co_await owner.attached()).id();
    std::vector<Client> watchers;
    for (std::size_t i = 0; i < kMaxWatchers; ++i) {
      watchers.push_back(co_await open(use(id, wire::TerminalOpen::WATCH, "root")));
      co_await watchers.back().attached();
    }
    auto ninth = co_await open(use(id, wire::TerminalOpen::WATCH, "root"));
    co_await ninth.until_over();
    EXPECT_EQ(ninth.failure->code, ErrorCode::kExhausted);
    co_await finish(owner);
    for (auto& watcher : watchers) co_await watcher.note(wire::StreamNote::kExit);
  });
}

TEST_F(LiveTerminals, AreEndedByOthersWhoSayTheirName) {
  run([&](Terminal&) -> Task<> {
    auto owner = co_await open(shell());
    const auto id = (co_await owner.attached()).id();
    auto ending = co_await open(use(id, wire::TerminalOpen::END, "root"));
    co_await ending.until_over();
    EXPECT_FALSE(ending.failure);
    const auto exit = (co_await owner.note(wire::StreamNote::kExit)).exit();
    EXPECT_EQ(exit.message(), "ended by root");
    co_await owner.acknowledge(0);
    co_await owner.until_over();
  });
}

TEST_F(LiveTerminals, HaveALimitForEachOwner) {
  run([&](Terminal& terminal) -> Task<> {
    std::vector<Client> clients;
    for (std::size_t i = 0; i < kMaxOwnersSessions; ++i) {
      clients.push_back(co_await open(shell("ann")));
      co_await clients.back().attached();
    }
    auto more = co_await open(shell("ann"));
    co_await more.until_over();
    EXPECT_EQ(more.failure->code, ErrorCode::kExhausted);
    auto other = co_await open(shell("bob"));
    co_await other.attached();
    EXPECT_EQ(terminal.sessions(), kMaxOwnersSessions + 1);
    for (auto& client : clients) client.lose();
    other.lose();
  });
}

TEST_F(LiveTerminals, AreTerminals) {
  run([&](Terminal&) -> Task<> {
    auto exec = shell();
    exec.set_tty(false);
    auto client = co_await open(exec);
    co_await client.until_over();
    EXPECT_EQ(client.failure->code, ErrorCode::kInvalid);
  });
}

}  // namespace
}  // namespace slipway::terminal
