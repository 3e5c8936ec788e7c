// SPDX-License-Identifier: Apache-2.0
// A real containerd, started here, and a real container: what an exec'd process is and may do.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "agent/containers/containerd.hpp"
#include "agent/terminal/terminal.hpp"
#include "tests/fakes/linked_streams.hpp"

extern char** environ;

namespace slipway {
namespace {

namespace fs = std::filesystem;
using base::Task;
using fakes::LinkedStreams;

int shell(const std::string& command) {
  return std::system(command.c_str());
}

constexpr auto kLabels =
    " --label io.kubernetes.pod.namespace=default --label io.kubernetes.pod.name=web"
    " --label io.cri-containerd.kind=container --label io.kubernetes.container.name=";

/// containerd in a directory of its own, and containers made of the host's static busybox.
class ExecSystem : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    usable_ = ::geteuid() == 0 && shell("command -v containerd ctr runc >/dev/null") == 0 &&
              fs::exists("/bin/busybox");
    if (!usable_) return;
    char name[] = "/tmp/slipway-exec-XXXXXX";
    dir_ = ::mkdtemp(name);
    make_root(dir_ / "rootfs", {"sh", "id", "cat", "echo", "sleep", "stty", "dd", "grep"});
    make_root(dir_ / "bare", {"ash", "echo"});
    make_root(dir_ / "empty", {});
    std::ofstream(dir_ / "config.toml")
        << "version = 2\nroot = \"" << (dir_ / "root").string() << "\"\nstate = \""
        << (dir_ / "state").string() << "\"\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\","
        << "\"io.containerd.internal.v1.opt\"]\n[grpc]\naddress = \"" << socket().string()
        << "\"\n[ttrpc]\naddress = \"" << socket().string() << ".ttrpc\"\n";
    start_containerd();
    run("k8s.io", "main", "rootfs", "--seccomp --env MARK=of-the-container /bin/sleep 600");
    run("k8s.io", "bare", "bare", "/bin/busybox sleep 600");
    run("k8s.io", "empty", "empty", "/bin/busybox sleep 600");
    run("default", "foreign", "rootfs", "/bin/sleep 600");
  }
  static void TearDownTestSuite() {
    if (!usable_) return;
    for (const auto* in : {"k8s.io", "default"}) {
      shell(ctr(in) + "t ls -q | while read c; do " + ctr(in) + "t rm -f $c >/dev/null; done");
    }
    ::kill(containerd_, SIGTERM);
    ::waitpid(containerd_, nullptr, 0);
    fs::remove_all(dir_);
  }
  void SetUp() override {
    if (!usable_) GTEST_SKIP() << "needs root, containerd, ctr, runc and busybox-static";
  }

  static fs::path socket() { return dir_ / "containerd.sock"; }
  static std::string ctr(const std::string& in) {
    return "ctr -a " + socket().string() + " -n " + in + " ";
  }
  static void run(const std::string& in, const std::string& name, const std::string& root,
                  const std::string& rest) {
    const auto space = rest.find("/bin/");
    // runc's own records are one place for all containerds of a machine.
    const auto id = name + "-" + std::to_string(::getpid());
    ASSERT_EQ(shell(ctr(in) + "run -d --rootfs" + kLabels + name + " " + rest.substr(0, space) +
                    (dir_ / root).string() + " " + id + " " + rest.substr(space)),
              0);
  }
  static void make_root(const fs::path& root, const std::vector<std::string>& programs) {
    for (const auto* dir : {"bin", "proc", "dev", "tmp", "etc"}) fs::create_directories(root / dir);
    fs::copy_file("/bin/busybox", root / "bin/busybox");
    for (const auto& name : programs) fs::create_symlink("busybox", root / "bin" / name);
  }
  static void start_containerd() {
    const auto config = (dir_ / "config.toml").string();
    const auto log = (dir_ / "log").string();
    const char* argv[] = {"containerd", "-c", config.c_str(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT, 0600);
    ASSERT_EQ(posix_spawnp(&containerd_, argv[0], &actions, nullptr, const_cast<char* const*>(argv),
                           environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    ASSERT_EQ(
        shell("timeout 20 sh -c 'until " + ctr("k8s.io") + "version; do :; done' >/dev/null 2>&1"),
        0);
  }

  static wire::StreamOpen exec_open(const std::string& container,
                                    const std::vector<std::string>& command, bool tty) {
    wire::StreamOpen open;
    auto& exec = *open.mutable_exec();
    exec.set_pod_namespace("default");
    exec.set_pod("web");
    exec.set_container(container);
    for (const auto& word : command) exec.add_command(word);
    exec.set_tty(tty);
    exec.mutable_size()->set_columns(97);
    exec.mutable_size()->set_rows(31);
    return open;
  }

  /// Opens, lets `talk` have the controller's end, and returns all that came after.
  LinkedStreams::Text exec(wire::StreamOpen open,
                           std::function<Task<>(link::StreamPtr)> talk = nullptr) {
    LinkedStreams::Text text;
    LinkedStreams links;
    links.run([&](LinkedStreams& own, base::TaskScope& scope) -> Task<> {
      base::SystemClock clock;
      containers::Containerd runtime(socket());
      terminal::Terminal terminal(links.io.get_executor(), {.run_dir = dir_ / "run"}, runtime,
                                  clock);
      auto pair = co_await own.open(open, true);
      bool ended = false;
      auto serving = [](terminal::Terminal& with, wire::ExecOpen what, link::StreamPtr stream,
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
  static int exit_code(const LinkedStreams::Text& text) {
    if (text.notes.empty() || !text.notes.back().has_exit()) return -1;
    return text.notes.back().exit().code();
  }

  static inline bool usable_ = false;
  static inline fs::path dir_;
  static inline pid_t containerd_ = 0;
};

constexpr auto kRights = "id; grep -E '^(CapEff|CapBnd|CapPrm|NoNewPrivs|Seccomp):' /proc/%/status";

std::string rights_of(const std::string& pid) {
  std::string text = kRights;
  return text.replace(text.find('%'), 1, pid);
}

TEST_F(ExecSystem, ProcessHasTheContainersOwnRights) {
  auto own = exec(exec_open("main", {"/bin/sh", "-c", rights_of("self")}, false));
  auto init = exec(exec_open("main", {"/bin/sh", "-c", rights_of("1")}, false));
  EXPECT_EQ(exit_code(own), 0);
  EXPECT_NE(own.bytes.find("CapEff:"), std::string::npos);
  EXPECT_NE(own.bytes.find("Seccomp:\t2"), std::string::npos) << own.bytes;
  EXPECT_EQ(own.bytes, init.bytes);
}

TEST_F(ExecSystem, KeepsStreamsAndExitCodeApart) {
  auto text = exec(
      exec_open("main", {"/bin/sh", "-c", "echo out; echo err >&2; echo $MARK; exit 7"}, false));
  EXPECT_EQ(text.bytes, "out\nof-the-container\n");
  EXPECT_EQ(text.errors, "err\n");
  EXPECT_EQ(exit_code(text), 7);
}

TEST_F(ExecSystem, EndOfInputReachesTheProcess) {
  auto text = exec(exec_open("main", {"/bin/cat"}, false), [](link::StreamPtr stream) -> Task<> {
    co_await stream->write(std::string(300'000, 'x'));
    stream->finish();
  });
  EXPECT_EQ(text.bytes.size(), 300'000U);
  EXPECT_EQ(exit_code(text), 0);
}

TEST_F(ExecSystem, TerminalHasSizeTypeAndEcho) {
  auto text = exec(exec_open("main", {}, true), [](link::StreamPtr stream) -> Task<> {
    co_await stream->write(std::string("stty size; echo $TERM-$MARK\n"));
    co_await LinkedStreams::read_until(stream, "xterm-of-the-container\r\n");
    wire::StreamNote note;
    note.mutable_resize()->set_columns(120);
    note.mutable_resize()->set_rows(40);
    co_await stream->write(note);
    co_await stream->write(std::string("stty size; exit 3\n"));
  });
  EXPECT_NE(text.bytes.find("40 120\r\n"), std::string::npos) << text.bytes;
  EXPECT_EQ(exit_code(text), 3);
}

TEST_F(ExecSystem, FindsTheShellThatIsThere) {
  auto text = exec(exec_open("bare", {}, true), [](link::StreamPtr stream) -> Task<> {
    co_await stream->write(std::string("exit 5\n"));
  });
  EXPECT_EQ(exit_code(text), 5);
  EXPECT_EQ(text.bytes.find("no such file"), std::string::npos) << text.bytes;
  auto none = exec(exec_open("empty", {}, true));
  EXPECT_EQ(exit_code(none), 127);
  EXPECT_NE(none.notes.back().exit().message().find("/bin/ash"), std::string::npos);
  EXPECT_EQ(none.bytes, "");
}

TEST_F(ExecSystem, SaysThatAProgramIsMissing) {
  auto text = exec(exec_open("main", {"/bin/nothing"}, false));
  EXPECT_EQ(exit_code(text), 127);
  EXPECT_FALSE(text.notes.back().exit().message().empty());
}

TEST_F(ExecSystem, RefusesContainersOutsideKubernetes) {
  auto foreign = exec(exec_open("foreign", {}, true));
  ASSERT_TRUE(foreign.failure);
  EXPECT_EQ(foreign.failure->code, base::ErrorCode::kNotFound);
  auto bad = exec(exec_open("a/../b", {}, true));
  ASSERT_TRUE(bad.failure);
  EXPECT_EQ(bad.failure->code, base::ErrorCode::kInvalid);
}

/// Whether processes with `argument` among theirs come, or go, within 20 s: a fork is not yet its
/// program, and a process that was sent SIGKILL dies when it is next scheduled.
bool soon(bool wanted, const std::string& argument) {
  const auto pattern = "[" + argument.substr(0, 1) + "]" + argument.substr(1);
  const std::string look = "grep -lzx \"" + pattern + "\" /proc/[0-9]*/cmdline >/dev/null 2>&1";
  return shell(std::string("timeout 20 sh -c '") + (wanted ? "until " : "while ") + look +
               "; do sleep 0.05; done'") == 0;
}

TEST_F(ExecSystem, AResetKillsTheProcessAndItsChildren) {
  auto open = exec_open("main", {"/bin/sh", "-c", "sleep 5550 & echo begun; sleep 5550"}, false);
  exec(open, [](link::StreamPtr stream) -> Task<> {
    co_await LinkedStreams::read_until(stream, "begun");
    EXPECT_TRUE(soon(true, "5550"));
    // Without a word from the process: only the reset can tell.
    stream->reset({base::ErrorCode::kUnavailable, "the page was closed", {}});
  });
  EXPECT_TRUE(soon(false, "5550"));
}

TEST_F(ExecSystem, AProcessThatReadsNothingDoesNotHideAReset) {
  auto open = exec_open("main", {"/bin/sh", "-c", "echo begun; exec sleep 5560"}, false);
  exec(open, [](link::StreamPtr stream) -> Task<> {
    co_await LinkedStreams::read_until(stream, "begun");
    co_await stream->write(std::string(200'000, 'x'));
    stream->reset({base::ErrorCode::kUnavailable, "the page was closed", {}});
  });
  EXPECT_TRUE(soon(false, "5560"));
}

TEST_F(ExecSystem, ACancelledStartLeavesNoProcess) {
  LinkedStreams links;
  links.run([&](LinkedStreams& own, base::TaskScope&) -> Task<> {
    base::SystemClock clock;
    containers::Containerd runtime(socket());
    terminal::Terminal terminal(links.io.get_executor(), {.run_dir = dir_ / "run"}, runtime, clock);
    auto open = exec_open("main", {"/bin/sleep", "5570"}, false);
    auto pair = co_await own.open(open, true);
    co_await base::in_scope([&](base::TaskScope& serving) -> Task<> {
      serving.spawn("exec", terminal.serve(open.exec(), std::exchange(pair.agent, nullptr)));
      // The fifos are there: the start is on its way.
      while (!fs::exists(dir_ / "run") || fs::is_empty(dir_ / "run")) {
        co_await boost::asio::post(boost::asio::use_awaitable);
      }
    });
    EXPECT_EQ(terminal.sessions(), 0U);
  });
  EXPECT_TRUE(soon(false, "5570"));
  EXPECT_TRUE(fs::is_empty(dir_ / "run"));
}

TEST_F(ExecSystem, MovesMuchOutputWhole) {
  auto text = exec(exec_open(
      "main", {"/bin/sh", "-c", "dd if=/dev/zero bs=65536 count=512 2>/dev/null"}, false));
  EXPECT_EQ(text.bytes.size(), 512U * 65536U);
  EXPECT_EQ(exit_code(text), 0);
}

}  // namespace
}  // namespace slipway
