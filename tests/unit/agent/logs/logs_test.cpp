// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/logs.hpp"

#include <boost/asio/thread_pool.hpp>
#include <fstream>

#include "tests/fakes/linked_streams.hpp"
#include "tests/unit/agent/logs/log_fixture.hpp"

namespace slipway::logs {
namespace {

using base::Task;
using fakes::LinkedStreams;

class LogStreams : public PodLogs {
 protected:
  using Talk = std::function<Task<>(link::StreamPtr)>;

  static wire::StreamOpen log_open(bool follow = false) {
    wire::StreamOpen open;
    auto& logs = *open.mutable_logs();
    logs.set_pod_namespace("default");
    logs.set_pod("web");
    logs.set_container("main");
    logs.set_tail_lines(-1);
    logs.set_follow(follow);
    return open;
  }
  /// Serves one stream while `talk` has its other end; ends only when serving has ended.
  void serve(const wire::StreamOpen& open, Talk talk) {
    boost::asio::thread_pool pool(1);
    LinkedStreams links;
    links.run([&](LinkedStreams& own, base::TaskScope&) -> Task<> {
      Logs logs(links.io.get_executor(), pool,
                {.pods_dir = root_, .journalctl = (root_ / "journalctl").string()});
      auto pair = co_await own.open(open);
      bool ended = false;
      auto serving = [](Logs& with, wire::StreamOpen what, link::StreamPtr stream,
                        bool& over) -> Task<> {
        if (what.has_logs()) co_await with.serve(what.logs(), std::move(stream));
        if (what.has_journal()) co_await with.serve(what.journal(), std::move(stream));
        over = true;
      };
      co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
        scope.spawn("logs", serving(logs, open, std::exchange(pair.agent, nullptr), ended));
        co_await talk(pair.controller);
        while (!ended) co_await boost::asio::post(boost::asio::use_awaitable);
      });
    });
  }
  LinkedStreams::Text all(const wire::StreamOpen& open) {
    LinkedStreams::Text text;
    serve(open, [&](link::StreamPtr stream) -> Task<> {
      text = co_await LinkedStreams::read_all(stream);
    });
    return text;
  }
};

TEST_F(LogStreams, SendsAHistoryAndEnds) {
  append("0.log", records(1, 3000));
  auto text = all(log_open());
  EXPECT_EQ(text.bytes, lines(1, 3000));
  EXPECT_FALSE(text.failure);
}

TEST_F(LogStreams, StopsAtTheLimit) {
  append("0.log", records(1, 100));
  auto open = log_open(true);
  open.mutable_logs()->set_limit_bytes(20);
  EXPECT_EQ(all(open).bytes, lines(1, 100).substr(0, 20));
}

TEST_F(LogStreams, RefusesWhatIsNotThere) {
  auto open = log_open();
  open.mutable_logs()->set_pod("none");
  EXPECT_EQ(all(open).failure->code, base::ErrorCode::kNotFound);
  open.mutable_logs()->set_pod("../web");
  EXPECT_EQ(all(open).failure->code, base::ErrorCode::kInvalid);
}

TEST_F(LogStreams, FollowsWritesRotationAndRestart) {
  append("0.log", records(1, 2));
  serve(log_open(true), [&](link::StreamPtr stream) -> Task<> {
    co_await LinkedStreams::read_until(stream, "line 2\n");
    append("0.log", records(3, 3));
    co_await LinkedStreams::read_until(stream, "line 3\n");
    rotate("20260101-000000");
    append("0.log", records(4, 4));
    co_await LinkedStreams::read_until(stream, "line 4\n");
    append("1.log", records(5, 5));
    co_await LinkedStreams::read_until(stream, "line 5\n");
    stream->reset({base::ErrorCode::kUnavailable, "enough", {}});
  });
}

TEST_F(LogStreams, EndsWhenThePodIsGone) {
  append("0.log", records(1, 2));
  serve(log_open(true), [&](link::StreamPtr stream) -> Task<> {
    co_await LinkedStreams::read_until(stream, "line 2\n");
    std::filesystem::remove_all(main_.parent_path());
    auto rest = co_await LinkedStreams::read_all(stream);
    EXPECT_FALSE(rest.failure);
  });
}

/// All text, and the last place that was told with the text that came after it.
struct Followed {
  std::string text;
  std::optional<wire::LogPosition> place;
  std::size_t ahead = 0;
};

TEST_F(LogStreams, GoesOnAtAPlaceThatItTold) {
  append("0.log", records(1, 5000));
  auto open = log_open(true);
  open.mutable_logs()->set_positions(true);
  Followed seen;
  const auto follow = [&](const std::string& until) {
    serve(open, [&](link::StreamPtr stream) -> Task<> {
      std::size_t skip = seen.ahead;
      while (seen.text.find(until) == std::string::npos) {
        auto chunk = (co_await stream->read()).value().value();
        const auto drop = std::min(skip, chunk.bytes.size());
        skip -= drop;
        seen.text += chunk.bytes.substr(drop);
        seen.ahead += chunk.bytes.size() - drop;
        if (!chunk.note || !chunk.note->has_log_position()) continue;
        seen.place = chunk.note->log_position();
        seen.ahead = skip;
      }
      stream->reset({base::ErrorCode::kUnavailable, "cut by the test", {}});
    });
    ASSERT_TRUE(seen.place);
    *open.mutable_logs()->mutable_from() = *seen.place;
  };
  follow("line 100\n");
  follow("line 5000\n");
  rotate("20260101-000000");
  append("0.log", records(5001, 5010));
  follow("line 5010\n");
  compress("0.log.20260101-000000");
  rotate("20260102-000000");
  compress("0.log.20260102-000000");
  append("0.log", records(5011, 5020));
  follow("line 5020\n");
  append("1.log", records(5021, 5021));
  follow("line 5021\n");
  EXPECT_EQ(seen.text, lines(1, 5021));
}

TEST_F(LogStreams, SaysWhatWasRotatedAwayBehindAPlace) {
  append("0.log", records(100, 200));
  auto open = log_open();
  auto& from = *open.mutable_logs()->mutable_from();
  from.set_inode(1);
  from.set_first_time_ns(5);
  from.set_offset(77);
  auto text = all(open);
  EXPECT_EQ(text.bytes, lines(100, 200));
  ASSERT_EQ(text.notes.size(), 1U);
  EXPECT_NE(text.notes[0].gap().why().find("rotated away"), std::string::npos);
}

TEST_F(LogStreams, NotesWhatIsMissing) {
  append("0.log", record(1) + "torn\n" + record(2));
  auto text = all(log_open());
  EXPECT_EQ(text.bytes, lines(1, 2));
  ASSERT_EQ(text.notes.size(), 1U);
  EXPECT_NE(text.notes[0].gap().why().find("1 line"), std::string::npos);
}

TEST_F(LogStreams, CopiesAJournal) {
  // A stand-in that shows its arguments.
  std::ofstream(root_ / "journalctl") << "#!/bin/sh\necho \"$@\"\n";
  std::filesystem::permissions(root_ / "journalctl", std::filesystem::perms::owner_all);
  wire::StreamOpen open;
  open.mutable_journal()->set_unit("kubelet.service");
  open.mutable_journal()->set_tail_lines(5);
  EXPECT_EQ(all(open).bytes,
            "--no-pager --quiet --output=short-iso --unit=kubelet.service --lines=5\n");
}

TEST_F(LogStreams, EndsAJournalThatNobodyReads) {
  std::ofstream(root_ / "journalctl") << "#!/bin/sh\necho begun\nexec sleep 600\n";
  std::filesystem::permissions(root_ / "journalctl", std::filesystem::perms::owner_all);
  wire::StreamOpen open;
  open.mutable_journal()->set_follow(true);
  serve(open, [&](link::StreamPtr stream) -> Task<> {
    co_await LinkedStreams::read_until(stream, "begun\n");
    stream->reset({base::ErrorCode::kUnavailable, "enough", {}});
  });
}

}  // namespace
}  // namespace slipway::logs
