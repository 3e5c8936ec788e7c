// SPDX-License-Identifier: Apache-2.0
#include "controller/http/terminal_bridge.hpp"

#include "tests/unit/controller/http/world.hpp"

namespace slipway::http {
namespace {

/// A page's socket, the bridge, a real link, and the agent's end of the stream.
struct Terminal {
  Terminal(links::Links& links, base::TaskScope& tasks, const base::Clock& clock)
      : links(links), tasks(tasks), agent(tasks, links, clock, machine) {}

  base::Task<> open() {
    co_await agent.come_up();
    wire::StreamOpen what;
    what.mutable_exec()->set_pod("p");
    auto stream = links.open(machine, std::move(what), true);
    if (!stream) throw std::runtime_error(stream.error().message);
    auto [here, there] = net::transport_pair(tasks.executor());
    page = std::move(here);
    tasks.spawn("bridge", run(std::move(there), *stream));
    stream->reset();
    co_await fakes::until([this] { return !agent.streams.empty(); });
    remote = agent.streams.at(0);
    agent.streams.clear();
  }
  base::Task<> run(std::unique_ptr<net::Transport> transport, link::StreamPtr stream) {
    co_await bridge_terminal(std::move(transport), std::move(stream), tap);
    ended = true;
  }
  base::Task<std::string> text() {
    auto message = co_await page->read();
    co_return message ? message->bytes : "error: " + message.error().message;
  }

  const base::MachineId machine{"m1"};
  links::Links& links;
  base::TaskScope& tasks;
  fakes::FakeAgent agent;
  std::unique_ptr<net::Transport> page;
  link::StreamPtr remote;
  TerminalTap tap;
  bool ended = false;
};

wire::StreamNote exit_note(int code) {
  wire::StreamNote note;
  note.mutable_exit()->set_code(code);
  return note;
}

TEST(Terminal, CarriesBytesNotesAndTheExitCode) {
  fakes::with_links(
      [](links::Links& links, base::TaskScope& tasks, const base::Clock& clock) -> base::Task<> {
        Terminal terminal(links, tasks, clock);
        co_await terminal.open();
        (void)co_await terminal.page->write({.bytes = "ls\n", .binary = true});
        auto got = co_await terminal.remote->read();
        EXPECT_EQ((**got).bytes, "ls\n");
        (void)co_await terminal.page->write(
            {.bytes = R"({"resize":{"columns":100,"rows":40}})", .binary = false});
        got = co_await terminal.remote->read();
        EXPECT_EQ((**got).note->resize().columns(), 100U);
        (void)co_await terminal.page->write({.bytes = R"({"stdinClosed":true})", .binary = false});
        got = co_await terminal.remote->read();
        EXPECT_TRUE((**got).note->close_stdin());

        (void)co_await terminal.remote->write(std::string("file\n"));
        EXPECT_EQ(co_await terminal.text(), "file\n");
        wire::StreamNote warning;
        warning.set_stderr("oh");
        (void)co_await terminal.remote->write(std::move(warning));
        EXPECT_EQ(co_await terminal.text(), R"({"stderr":"b2g="})");
        (void)co_await terminal.remote->write(exit_note(7));
        terminal.remote->finish();
        EXPECT_EQ(co_await terminal.text(), R"({"exit":{"code":7,"message":""}})");
        EXPECT_TRUE(co_await fakes::until([&] { return terminal.ended; }));
      });
}

TEST(Terminal, AClosedPageEndsTheStream) {
  fakes::with_links(
      [](links::Links& links, base::TaskScope& tasks, const base::Clock& clock) -> base::Task<> {
        Terminal terminal(links, tasks, clock);
        co_await terminal.open();
        terminal.page->close();
        auto got = co_await terminal.remote->read();
        EXPECT_FALSE(got);
        EXPECT_TRUE(co_await fakes::until([&] { return terminal.ended; }));
      });
}

TEST(Terminal, ALostAgentIsSaidAsTheExit) {
  fakes::with_links([](links::Links& links, base::TaskScope& tasks,
                       const base::Clock& clock) -> base::Task<> {
    Terminal terminal(links, tasks, clock);
    co_await terminal.open();
    terminal.remote->reset({base::ErrorCode::kNotFound, "no such container", {}});
    EXPECT_EQ(co_await terminal.text(), R"({"exit":{"code":255,"message":"no such container"}})");
    EXPECT_TRUE(co_await fakes::until([&] { return terminal.ended; }));
  });
}

TEST(Terminal, AStalledPageHoldsTheAgentBackWithinTheWindow) {
  fakes::with_links(
      [](links::Links& links, base::TaskScope& tasks, const base::Clock& clock) -> base::Task<> {
        Terminal terminal(links, tasks, clock);
        co_await terminal.open();
        std::size_t written = 0;
        tasks.spawn("flood", [](link::StreamPtr remote, std::size_t& count) -> base::Task<> {
          while (co_await remote->write(std::string(16 << 10, 'x'))) count += 16 << 10;
        }(terminal.remote, written));
        co_await fakes::turns(5000);
        const auto stalled = written;
        EXPECT_LT(stalled, 4U << 20) << "bounded by windows and the socket's own queue";
        co_await fakes::turns(2000);
        EXPECT_EQ(written, stalled);
        for (int i = 0; i < 16; ++i) (void)co_await terminal.page->read();
        co_await fakes::turns(2000);
        EXPECT_GT(written, stalled) << "reading lets it go on";
        terminal.page->close();
        EXPECT_TRUE(co_await fakes::until([&] { return terminal.ended; }));
      });
}

TEST(Terminal, IsSeenByItsTapFirst) {
  fakes::with_links(
      [](links::Links& links, base::TaskScope& tasks, const base::Clock& clock) -> base::Task<> {
        Terminal terminal(links, tasks, clock);
        std::string seen;
        terminal.tap = {.output =
                            [&](std::string_view bytes) {
                              seen += bytes;
                              return base::Result<>{};
                            },
                        .resize =
                            [&](const wire::TerminalSize& size) {
                              seen += "<" + std::to_string(size.columns()) + ">";
                              return base::Result<>{};
                            }};
        co_await terminal.open();
        (void)co_await terminal.remote->write(std::string("shown"));
        EXPECT_EQ(co_await terminal.text(), "shown");
        EXPECT_EQ(seen, "shown");
        (void)co_await terminal.page->write({.bytes = "typed", .binary = true});
        (void)co_await terminal.page->write(
            {.bytes = R"({"resize":{"columns":100,"rows":40}})", .binary = false});
        EXPECT_TRUE(co_await fakes::until([&] { return seen == "shown<100>"; })) << seen;
        terminal.page->close();
        EXPECT_TRUE(co_await fakes::until([&] { return terminal.ended; }));
      });
}

TEST(Terminal, EndsUnseenWhenItsTapFails) {
  fakes::with_links([](links::Links& links, base::TaskScope& tasks,
                       const base::Clock& clock) -> base::Task<> {
    Terminal terminal(links, tasks, clock);
    terminal.tap.output = [](std::string_view) {
      return base::Result<>(base::fail(base::ErrorCode::kExhausted, "the disk is full"));
    };
    co_await terminal.open();
    (void)co_await terminal.remote->write(std::string("secret"));
    EXPECT_EQ(co_await terminal.text(), R"({"exit":{"code":255,"message":"the disk is full"}})");
    EXPECT_FALSE(co_await terminal.remote->read());
    EXPECT_TRUE(co_await fakes::until([&] { return terminal.ended; }));
  });
}

TEST(Terminal, ControlMessagesAreCheckedStrictly) {
  for (const auto* bad :
       {"", "x", "[]", "{}", R"({"resize":{}})", R"({"resize":{"columns":0,"rows":1}})",
        R"({"resize":{"columns":80,"rows":24,"z":1}})", R"({"stdinClosed":false})",
        R"({"stdinClosed":true,"resize":{"columns":1,"rows":1}})", R"({"other":1})",
        R"({"resize":{"columns":"80","rows":24}})"}) {
    EXPECT_FALSE(parse_control(bad)) << bad;
  }
  EXPECT_FALSE(parse_control(std::string(5000, ' ')));
}

}  // namespace
}  // namespace slipway::http
