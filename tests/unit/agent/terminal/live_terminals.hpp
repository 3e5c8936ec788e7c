// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <filesystem>

#include "agent/terminal/terminal.hpp"
#include "tests/fakes/fake_container_runtime.hpp"
#include "tests/fakes/linked_streams.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::terminal {

/// Resumable terminals in the container default/web/main of a fake runtime, over a real link.
class LiveTerminals : public testing::Test {
 protected:
  using LinkedStreams = fakes::LinkedStreams;
  using FakeContainerRuntime = fakes::FakeContainerRuntime;

  LiveTerminals() {
    char name[] = "/tmp/slipway-live-XXXXXX";
    dir_ = ::mkdtemp(name);
    runtime_.containers["default/web/main"] = {"c1", "main", R"({"args":["x"],"env":["A=B"]})"};
  }
  ~LiveTerminals() override { std::filesystem::remove_all(dir_); }

  static wire::ExecOpen shell(std::string user = "ann") {
    wire::ExecOpen exec;
    exec.set_pod_namespace("default");
    exec.set_pod("web");
    exec.set_container("main");
    exec.set_tty(true);
    exec.set_resumable(true);
    exec.mutable_size()->set_columns(80);
    exec.mutable_size()->set_rows(24);
    exec.set_user(std::move(user));
    return exec;
  }
  static wire::TerminalOpen use(std::string id, wire::TerminalOpen::Use how,
                                std::string user = "ann") {
    wire::TerminalOpen open;
    open.set_id(std::move(id));
    open.set_use(how);
    open.set_user(std::move(user));
    return open;
  }
  static wire::TerminalOpen take_up(std::string id, std::uint64_t received) {
    auto open = use(std::move(id), wire::TerminalOpen::TAKE_UP);
    open.set_received(received);
    return open;
  }

  /// The controller's end of one stream to the agent's terminals.
  struct Client {
    link::StreamPtr stream;
    std::string seen;
    std::vector<wire::StreamNote> notes;
    std::optional<base::Error> failure;
    bool over = false;

    base::Task<> step() {
      auto chunk = co_await stream->read();
      if (!chunk) failure = chunk.error();
      over = !chunk || !*chunk;
      if (over) co_return;
      seen += (*chunk)->bytes;
      if ((*chunk)->note) notes.push_back(*(*chunk)->note);
    }
    base::Task<> until(std::string wanted) {
      while (!over && seen.find(wanted) == std::string::npos) co_await step();
      EXPECT_NE(seen.find(wanted), std::string::npos) << "seen: " << seen.substr(0, 200);
    }
    base::Task<wire::StreamNote> note(wire::StreamNote::NoteCase kind) {
      while (true) {
        for (const auto& one : notes) {
          if (one.note_case() == kind) co_return one;
        }
        if (over) break;
        co_await step();
      }
      ADD_FAILURE() << "no such note; " << (failure ? failure->message : "finished");
      co_return wire::StreamNote{};
    }
    base::Task<wire::TerminalAttached> attached() {
      auto got = co_await note(wire::StreamNote::kAttached);
      co_return got.attached();
    }
    base::Task<> until_over() {
      while (!over) co_await step();
    }
    base::Task<> acknowledge(std::uint64_t number) {
      wire::StreamNote note;
      note.set_acknowledged(number);
      co_await stream->write(std::move(note));
    }
    void lose() { stream->reset({base::ErrorCode::kUnavailable, "gone", {}}); }
  };

  /// Serves what `body` opens; at the end everything must have ended.
  void run(std::function<base::Task<>(Terminal&)> body) {
    links_.run([&](LinkedStreams& own, base::TaskScope& scope) -> base::Task<> {
      Terminal terminal(own.io.get_executor(), {.run_dir = dir_ / "run"}, runtime_, clock_);
      scope_ = &scope;
      terminal_ = &terminal;
      co_await body(terminal);
      while (serving_ > 0) co_await turn();
      co_await terminal.stop();
      EXPECT_EQ(terminal.sessions(), 0U);
    });
    if (std::filesystem::exists(dir_ / "run")) {
      EXPECT_TRUE(std::filesystem::is_empty(dir_ / "run")) << "fifos left behind";
    }
  }
  template <class Open>
  base::Task<Client> open(Open what) {
    auto pair = co_await links_.open({}, true);
    ++serving_;
    scope_->spawn("stream", serve(std::move(what), std::move(pair.agent)));
    co_return Client{.stream = std::move(pair.controller)};
  }
  template <class Open>
  base::Task<> serve(Open what, link::StreamPtr stream) {
    co_await terminal_->serve(std::move(what), std::move(stream));
    --serving_;
  }
  base::Task<std::vector<wire::TerminalState>> list() {
    auto client = co_await open(wire::TerminalsOpen{});
    co_await client.until_over();
    std::vector<wire::TerminalState> all;
    for (const auto& note : client.notes) all.push_back(note.terminal());
    co_return all;
  }
  /// Ends the only process; its owner takes note of it.
  base::Task<> finish(Client& owner, int code = 0) {
    runtime_.end(co_await runtime_.started(), code);
    auto exit = co_await owner.note(wire::StreamNote::kExit);
    EXPECT_EQ(exit.exit().code(), code);
    co_await owner.acknowledge(first_ + owner.seen.size());
    co_await owner.until_over();
  }
  FakeContainerRuntime::Process& process() { return runtime_.processes.begin()->second; }
  static base::Task<> turn() { co_await boost::asio::post(boost::asio::use_awaitable); }

  std::filesystem::path dir_;
  fakes::ManualClock clock_;
  LinkedStreams links_;
  FakeContainerRuntime runtime_{links_.io.get_executor()};
  base::TaskScope* scope_ = nullptr;
  Terminal* terminal_ = nullptr;
  int serving_ = 0;
  std::uint64_t first_ = 0;  ///< number of the first byte in a client's `seen`
};

}  // namespace slipway::terminal
