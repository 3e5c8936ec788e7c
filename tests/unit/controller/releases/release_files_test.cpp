// SPDX-License-Identifier: Apache-2.0
#include "controller/releases/release_files.hpp"

#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>

#include "protocol/base/with_timeout.hpp"
#include "tests/fakes/fake_agent.hpp"
#include "tests/fakes/release_directory.hpp"

namespace slipway::releases {
namespace {

using base::ErrorCode;
using base::Task;
using fakes::FakeAgent;

/// More than the link's windows hold, and no whole number of pieces.
std::string program_bytes() {
  std::string bytes(2'500'001, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i % 251);
  return bytes;
}

/// What came of one fetch.
struct Fetched {
  std::string bytes;
  std::optional<ErrorCode> error;
};

/// One agent's link to a controller that has a release for it.
struct Town {
  Town(links::Links& links, std::chrono::milliseconds stall_limit) : stall_limit(stall_limit) {
    links.add(files);
  }
  Task<Fetched> fetch(FakeAgent& agent, std::string of, std::uint64_t offset = 0) {
    co_return co_await read(open(agent, std::move(of), offset));
  }
  static link::StreamPtr open(FakeAgent& agent, std::string of, std::uint64_t offset) {
    wire::StreamOpen what;
    what.mutable_release()->set_sha256(std::move(of));
    what.mutable_release()->set_offset(offset);
    return agent.link->open(what, false).value();
  }
  static Task<Fetched> read(link::StreamPtr stream) {
    Fetched got;
    while (true) {
      auto chunk = co_await stream->read();
      if (!chunk) got.error = chunk.error().code;
      if (!chunk || !*chunk) co_return got;
      got.bytes += (*chunk)->bytes;
    }
  }

  std::chrono::milliseconds stall_limit;
  boost::asio::thread_pool pool{1};
  fakes::ReleaseDirectory directory;
  AgentReleases releases{directory.path()};
  std::string program = program_bytes();
  std::string sha256 = directory.put("new", "0.2.0", program);
  std::string other = directory.put("old", "0.1.0", "another");
  ReleaseFiles files{releases,
                     [this](const base::MachineId& machine) {
                       return machine.value == "m1" ? sha256 : std::string{};
                     },
                     pool, stall_limit};
};

template <class Body>
void in_town(Body body, std::chrono::milliseconds stall_limit = kStallLimit) {
  fakes::with_links(
      [&](links::Links& links, base::TaskScope& tasks, fakes::ManualClock& clock) -> Task<> {
        Town town(links, stall_limit);
        FakeAgent one(tasks, links, clock, {"m1"});
        FakeAgent two(tasks, links, clock, {"m2"});
        co_await one.come_up();
        co_await two.come_up();
        co_await body(town, one, two);
        co_await fakes::end(links, tasks);
      });
}

TEST(ReleaseFiles, AProgramIsFetchedWholeAndFromWhereItBroke) {
  in_town([](Town& town, FakeAgent& agent, FakeAgent&) -> Task<> {
    const auto whole = co_await town.fetch(agent, town.sha256);
    EXPECT_FALSE(whole.error);
    EXPECT_TRUE(whole.bytes == town.program);
    const auto rest = co_await town.fetch(agent, town.sha256, 2'000'000);
    EXPECT_FALSE(rest.error);
    EXPECT_TRUE(rest.bytes == town.program.substr(2'000'000));
    const auto none = co_await town.fetch(agent, town.sha256, town.program.size());
    EXPECT_FALSE(none.error);
    EXPECT_EQ(none.bytes, "");
    const auto beyond = co_await town.fetch(agent, town.sha256, town.program.size() + 1);
    EXPECT_EQ(beyond.error, ErrorCode::kInvalid);
  });
}

TEST(ReleaseFiles, AMachineGetsWhatItShallRunAndNothingElse) {
  in_town([](Town& town, FakeAgent& agent, FakeAgent& stranger) -> Task<> {
    EXPECT_EQ((co_await town.fetch(stranger, town.sha256)).error, ErrorCode::kDenied);
    EXPECT_EQ((co_await town.fetch(stranger, "")).error, ErrorCode::kDenied);
    EXPECT_EQ((co_await town.fetch(agent, town.other)).error, ErrorCode::kDenied);
    EXPECT_EQ((co_await town.fetch(agent, "../new")).error, ErrorCode::kDenied);
    std::filesystem::remove_all(town.directory.path() / "new");
    EXPECT_EQ((co_await town.fetch(agent, town.sha256)).error, ErrorCode::kNotFound);
  });
}

TEST(ReleaseFiles, AProgramThatChangesMeanwhileIsNotFinished) {
  in_town([](Town& town, FakeAgent& agent, FakeAgent&) -> Task<> {
    const auto stream = Town::open(agent, town.sha256, 0);
    const auto first = co_await stream->read();  // the window is full now, and not the file's end
    EXPECT_TRUE(first && *first);
    std::filesystem::resize_file(town.directory.path() / "new" / kProgramFile, 100'000);
    const auto rest = co_await Town::read(stream);
    EXPECT_EQ(rest.error, ErrorCode::kConflict);
    EXPECT_LT(rest.bytes.size(), town.program.size());
    EXPECT_EQ((co_await town.fetch(agent, town.sha256)).error, ErrorCode::kConflict);
  });
}

TEST(ReleaseFiles, SoManyFetchAtOnceAndNoMore) {
  in_town([](Town& town, FakeAgent& agent, FakeAgent&) -> Task<> {
    std::vector<link::StreamPtr> slow;
    for (std::size_t i = 0; i < kMaxFetches; ++i) {
      slow.push_back(Town::open(agent, town.sha256, 0));
      (void)co_await slow.back()->read();
    }
    EXPECT_EQ((co_await town.fetch(agent, town.sha256)).error, ErrorCode::kExhausted);
    EXPECT_FALSE((co_await Town::read(slow.front())).error) << "a slow reader is waited for";
    const auto next = co_await town.fetch(agent, town.sha256);
    EXPECT_FALSE(next.error) << "its place is free";
    slow.clear();
  });
}

TEST(ReleaseFiles, WhoDoesNotReadIsLetGo) {
  in_town(
      [](Town& town, FakeAgent& agent, FakeAgent&) -> Task<> {
        const auto stream = Town::open(agent, town.sha256, 0);
        const auto why = co_await stream->closed();
        EXPECT_EQ(why.code, ErrorCode::kTimeout) << why.message;
      },
      std::chrono::milliseconds{20});
}

}  // namespace
}  // namespace slipway::releases
