// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <filesystem>

#include "agent/terminal/terminal.hpp"
#include "tests/fakes/fake_container_runtime.hpp"
#include "tests/fakes/linked_streams.hpp"

namespace slipway::terminal {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Task;
using fakes::FakeContainerRuntime;
using fakes::LinkedStreams;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class Exec : public testing::Test {
 protected:
  Exec() {
    char name[] = "/tmp/slipway-term-XXXXXX";
    dir_ = ::mkdtemp(name);
    runtime_.containers["default/web/main"] = {"c1", "main", R"({"args":["x"],"env":["A=B"]})"};
  }
  ~Exec() override { fs::remove_all(dir_); }

  static wire::StreamOpen exec_open(bool tty, std::vector<std::string> command = {"/bin/tool"}) {
    wire::StreamOpen open;
    auto& exec = *open.mutable_exec();
    exec.set_pod_namespace("default");
    exec.set_pod("web");
    exec.set_container("main");
    for (auto& word : command) exec.add_command(std::move(word));
    exec.set_tty(tty);
    exec.mutable_size()->set_columns(80);
    exec.mutable_size()->set_rows(24);
    return open;
  }
  using Talk = std::function<Task<>(link::StreamPtr)>;
  /// Serves one exec while `talk` has the other end; what came after.
  LinkedStreams::Text exec(wire::StreamOpen open, Talk talk = nullptr) {
    LinkedStreams::Text text;
    links_.run([&](LinkedStreams& own, base::TaskScope& scope) -> Task<> {
      Terminal terminal(links_.io.get_executor(), {.run_dir = dir_ / "run"}, runtime_, clock_);
      auto pair = co_await own.open(open, true);
      bool ended = false;
      auto serving = [](Terminal& with, wire::ExecOpen what, link::StreamPtr stream,
                        bool& over) -> Task<> {
        co_await with.serve(std::move(what), std::move(stream));
        over = true;
      };
      scope.spawn("exec",
                  serving(terminal, open.exec(), std::exchange(pair.agent, nullptr), ended));
      if (talk) co_await talk(pair.controller);
      text = co_await LinkedStreams::read_all(pair.controller);
      while (!ended) co_await boost::asio::post(boost::asio::use_awaitable);
      EXPECT_EQ(terminal.sessions(), 0U);
    });
    if (fs::exists(dir_ / "run")) EXPECT_TRUE(fs::is_empty(dir_ / "run")) << "fifos left behind";
    return text;
  }

  fs::path dir_;
  base::SystemClock clock_;
  LinkedStreams links_;
  FakeContainerRuntime runtime_{links_.io.get_executor()};
};

TEST_F(Exec, CarriesOutputsExitCodeAndEnd) {
  auto text = exec(exec_open(false), [&](link::StreamPtr) -> Task<> {
    const auto id = co_await runtime_.started();
    runtime_.processes.at(id).print("out");
    runtime_.processes.at(id).complain("err");
    runtime_.end(id, 9);
  });
  EXPECT_EQ(text.bytes, "out");
  EXPECT_EQ(text.errors, "err");
  ASSERT_EQ(text.notes.size(), 1U);
  EXPECT_EQ(text.notes[0].exit().code(), 9);
  EXPECT_FALSE(text.failure);
  EXPECT_THAT(runtime_.calls, ElementsAre("find", "create", "start", "remove"));
}

TEST_F(Exec, CarriesInputAndItsEnd) {
  exec(exec_open(false), [&](link::StreamPtr stream) -> Task<> {
    const auto id = co_await runtime_.started();
    co_await stream->write(std::string("typed"));
    wire::StreamNote note;
    note.set_close_stdin(true);
    co_await stream->write(note);
    co_await runtime_.called("close_stdin");
    EXPECT_EQ(runtime_.processes.at(id).read(), "typed");
    runtime_.end(id, 0);
  });
  EXPECT_THAT(runtime_.calls, Not(Contains("kill")));
}

TEST_F(Exec, SizesATerminalAndKeepsItsInputOpen) {
  exec(exec_open(true), [&](link::StreamPtr stream) -> Task<> {
    const auto id = co_await runtime_.started();
    wire::StreamNote note;
    note.mutable_resize()->set_columns(132);
    note.mutable_resize()->set_rows(50);
    co_await stream->write(note);
    stream->finish();
    co_await runtime_.called("resize 132x50");
    runtime_.end(id, 0);
  });
  EXPECT_THAT(runtime_.calls, Contains("resize 80x24"));
  EXPECT_THAT(runtime_.calls, Not(Contains("close_stdin")));
  EXPECT_EQ(runtime_.specs[0].stderr_path, "");
  EXPECT_NE(runtime_.specs[0].process.find("TERM=xterm"), std::string::npos);
}

TEST_F(Exec, TriesShellsInOrderWithFifosOfTheirOwn) {
  runtime_.programs = {"/bin/ash"};
  auto text = exec(exec_open(true, {}), [&](link::StreamPtr) -> Task<> {
    const auto id = co_await runtime_.started();
    runtime_.processes.at(id).print("$ ");
    runtime_.end(id, 0);
  });
  EXPECT_EQ(text.bytes, "$ ");
  ASSERT_EQ(runtime_.specs.size(), 3U);
  EXPECT_NE(runtime_.specs[0].process.find("[\"/bin/sh\"]"), std::string::npos);
  EXPECT_NE(runtime_.specs[1].process.find("[\"/bin/bash\"]"), std::string::npos);
  EXPECT_NE(runtime_.specs[0].stdout_path, runtime_.specs[1].stdout_path);
  EXPECT_THAT(runtime_.calls, ElementsAre("find", "create", "start", "remove", "create", "start",
                                          "remove", "create", "start", "resize 80x24", "remove"));
}

TEST_F(Exec, SaysThatThereIsNoShell) {
  runtime_.programs = {"/none"};
  auto text = exec(exec_open(true, {}));
  ASSERT_EQ(text.notes.size(), 1U);
  EXPECT_EQ(text.notes[0].exit().code(), 127);
  EXPECT_NE(text.notes[0].exit().message().find("no shell"), std::string::npos);
}

TEST_F(Exec, KillsWhatNobodyListensToAnyMore) {
  exec(exec_open(false), [&](link::StreamPtr stream) -> Task<> {
    co_await runtime_.started();
    stream->reset({ErrorCode::kUnavailable, "closed", {}});
  });
  EXPECT_THAT(runtime_.calls, ElementsAre("find", "create", "start", "kill", "remove"));
}

TEST_F(Exec, NoticesAResetWhileTheInputIsFull) {
  exec(exec_open(false), [&](link::StreamPtr stream) -> Task<> {
    co_await runtime_.started();
    co_await stream->write(std::string(200'000, 'x'));
    stream->reset({ErrorCode::kUnavailable, "closed", {}});
  });
  EXPECT_THAT(runtime_.calls, Contains("kill"));
}

TEST_F(Exec, RefusesWhatIsNotThere) {
  auto open = exec_open(true);
  open.mutable_exec()->set_pod("other");
  EXPECT_EQ(exec(open).failure->code, ErrorCode::kNotFound);
  open.mutable_exec()->set_pod("a/../b");
  EXPECT_EQ(exec(open).failure->code, ErrorCode::kInvalid);
  EXPECT_TRUE(runtime_.specs.empty());
}

TEST_F(Exec, ReadsNoMoreThanTheStreamTakes) {
  // The other end reads nothing: the process must come to a stop, not the agent's memory.
  exec(exec_open(false), [&](link::StreamPtr stream) -> Task<> {
    const auto id = co_await runtime_.started();
    const std::string block(4096, 'x');
    std::size_t accepted = 0;
    for (int i = 0; i < 2000; ++i) {
      const auto count = ::write(runtime_.processes.at(id).output, block.data(), block.size());
      if (count > 0) accepted += static_cast<std::size_t>(count);
      co_await boost::asio::post(boost::asio::use_awaitable);
    }
    EXPECT_GT(accepted, wire::kWindowBytes / 2);
    EXPECT_LT(accepted, wire::kWindowBytes * 4);
    stream->reset({ErrorCode::kUnavailable, "closed", {}});
  });
}

}  // namespace
}  // namespace slipway::terminal
