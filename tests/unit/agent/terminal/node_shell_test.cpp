// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>

#include "agent/terminal/terminal.hpp"
#include "tests/fakes/fake_container_runtime.hpp"
#include "tests/fakes/linked_streams.hpp"

namespace slipway::terminal {
namespace {

using base::ErrorCode;
using base::Task;
using fakes::LinkedStreams;

/// Serves one node shell, allowed or not, while `talk` has its other end.
LinkedStreams::Text shell(bool allowed, std::function<Task<>(link::StreamPtr)> talk = nullptr) {
  LinkedStreams::Text text;
  LinkedStreams links;
  links.run([&](LinkedStreams& own, base::TaskScope& scope) -> Task<> {
    fakes::FakeContainerRuntime runtime(links.io.get_executor());
    base::SystemClock clock;
    const auto run_dir = std::filesystem::temp_directory_path() / "slipway-no-such-run-dir";
    Terminal terminal(links.io.get_executor(),
                      {.run_dir = run_dir, .node_shell = allowed, .shell = {"/bin/sh"}}, runtime,
                      clock);
    wire::StreamOpen open;
    open.mutable_node_shell()->mutable_size()->set_columns(91);
    open.mutable_node_shell()->mutable_size()->set_rows(33);
    auto pair = co_await own.open(open, true);
    bool ended = false;
    auto serving = [](Terminal& with, wire::NodeShellOpen what, link::StreamPtr stream,
                      bool& over) -> Task<> {
      co_await with.serve(std::move(what), std::move(stream));
      over = true;
    };
    scope.spawn("shell",
                serving(terminal, open.node_shell(), std::exchange(pair.agent, nullptr), ended));
    if (talk) co_await talk(pair.controller);
    text = co_await LinkedStreams::read_all(pair.controller);
    while (!ended) co_await boost::asio::post(boost::asio::use_awaitable);
  });
  return text;
}

TEST(NodeShell, IsRefusedUnlessTheNodeAllowsIt) {
  auto text = shell(false);
  ASSERT_TRUE(text.failure);
  EXPECT_EQ(text.failure->code, ErrorCode::kDenied);
}

TEST(NodeShell, IsALoginShellOnATerminal) {
  auto text = shell(true, [](link::StreamPtr stream) -> Task<> {
    co_await stream->write(std::string("stty size; echo $0-$HOME-$TERM; tty\n"));
    auto seen = co_await LinkedStreams::read_until(stream, "/dev/pts/");
    EXPECT_NE(seen.find("33 91"), std::string::npos) << seen;
    EXPECT_NE(seen.find("-sh-/root-xterm-256color"), std::string::npos) << seen;
    wire::StreamNote note;
    note.mutable_resize()->set_columns(100);
    note.mutable_resize()->set_rows(44);
    co_await stream->write(note);
    co_await stream->write(std::string("stty size; exit 6\n"));
  });
  EXPECT_NE(text.bytes.find("44 100"), std::string::npos) << text.bytes;
  ASSERT_EQ(text.notes.size(), 1U);
  EXPECT_EQ(text.notes[0].exit().code(), 6);
}

TEST(NodeShell, EndsWithItsStream) {
  pid_t pid = 0;
  shell(true, [&](link::StreamPtr stream) -> Task<> {
    co_await stream->write(std::string("echo pid=$$=; sleep 600\n"));
    const auto seen = co_await LinkedStreams::read_until(stream, "=\r\n");
    pid = std::atoi(seen.c_str() + seen.rfind("pid=") + 4);
    EXPECT_GT(pid, 1) << seen;
    stream->reset({ErrorCode::kUnavailable, "closed", {}});
  });
  EXPECT_EQ(::kill(pid, 0), -1) << "the shell lives on";
}

TEST(NodeShell, SaysThatItsShellIsMissing) {
  LinkedStreams::Text text;
  LinkedStreams links;
  links.run([&](LinkedStreams& own, base::TaskScope& scope) -> Task<> {
    fakes::FakeContainerRuntime runtime(links.io.get_executor());
    base::SystemClock clock;
    Terminal terminal(links.io.get_executor(),
                      {.run_dir = "/tmp/slipway-no-such", .node_shell = true, .shell = {"/none"}},
                      runtime, clock);
    auto pair = co_await own.open({}, true);
    scope.spawn("shell", terminal.serve(wire::NodeShellOpen{}, std::exchange(pair.agent, nullptr)));
    text = co_await LinkedStreams::read_all(pair.controller);
  });
  ASSERT_TRUE(text.failure);
  EXPECT_NE(text.failure->message.find("/none"), std::string::npos);
}

}  // namespace
}  // namespace slipway::terminal
