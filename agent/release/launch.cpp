// SPDX-License-Identifier: Apache-2.0
#include "agent/release/launch.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "protocol/base/descriptor.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::agent_release {

namespace {

/// Set for the release that the image's program becomes: it is not to choose again.
constexpr char kChosen[] = "SLIPWAY_AGENT_RELEASE";

void say(const std::string& line) {
  std::fprintf(stderr, "slipway-agent: %s\n", line.c_str());
}

bool is_whole(const SlotStore& slots, const std::string& sha256) {
  if (sha256.empty()) return true;
  const auto found = pki::sha256_of_file(slots.program(sha256));
  return found && *found == sha256;
}

std::string starts_of(unsigned count) {
  return "the release ended by itself " + std::to_string(count) +
         " times before it had held its link: see the journal of slipway-agent";
}

/// Detached, so that the program that it guards has no child to reap.
void start_guard(SlotStore& slots, const Candidate& what, std::chrono::seconds limit) {
  const base::Descriptor self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  const pid_t between = self ? ::fork() : -1;
  if (between < 0) {
    say("no guard for the trial: " + std::generic_category().message(errno));
    return;
  }
  if (between > 0) {
    ::waitpid(between, nullptr, 0);
    return;
  }
  if (::fork() != 0) ::_exit(0);
  ::prctl(PR_SET_NAME, "trial-guard");
  ::_exit(guard(slots, what, limit, self.get()) ? 0 : 1);
}

}  // namespace

Choice choose(SlotStore& slots) {
  Choice choice;
  const auto written = slots.update([&](Slots& now) {
    if (now.trial && now.trial->starts >= kMaxStarts) now.give_up(starts_of(now.trial->starts));
    if (now.trial && !is_whole(slots, now.trial->what.sha256)) {
      now.give_up("the release's program on disk is damaged");
    }
    if (now.trial) ++now.trial->starts;
    choice = now.trial ? Choice{now.trial->what.sha256, true} : Choice{now.current, false};
  });
  // What cannot be counted is not tried: it might be begun for ever.
  if (!written) choice = {slots.read().current, false};
  if (!is_whole(slots, choice.sha256)) {
    say("the program " + choice.sha256 + " on disk is damaged; the image's runs instead");
    choice = {};
  }
  return choice;
}

bool guard(SlotStore& slots, const Candidate& what, std::chrono::seconds limit, int watched_pidfd) {
  pollfd ended{watched_pidfd, POLLIN, 0};
  const auto wait = std::chrono::milliseconds(limit).count();
  int found = 0;
  do {
    found = ::poll(&ended, 1, static_cast<int>(wait));
  } while (found < 0 && errno == EINTR);
  if (found != 0) return found > 0;
  bool lost = false;
  const auto written = slots.update([&](Slots& now) {
    lost = now.trial && now.trial->what == what;
    if (!lost) return;
    now.give_up("the release did not hold a link to the controller within " +
                std::to_string(limit.count()) + " s: see the journal of slipway-agent");
  });
  if (!lost) return written.has_value();
  say("the trial's time is over: the program of before comes back");
  return ::syscall(SYS_pidfd_send_signal, watched_pidfd, SIGKILL, nullptr, 0) == 0;
}

Running launch(SlotStore& slots, char** argv, std::chrono::seconds trial_limit) {
  if (const char* chosen = std::getenv(kChosen)) {
    Running running{chosen, false};
    ::unsetenv(kChosen);
    return running;
  }
  const Choice choice = choose(slots);
  if (choice.on_trial) {
    if (const auto trial = slots.read().trial) start_guard(slots, trial->what, trial_limit);
  }
  if (!choice.sha256.empty()) {
    const auto program = slots.program(choice.sha256);
    ::setenv(kChosen, choice.sha256.c_str(), 1);
    ::execv(program.c_str(), argv);
    const std::string why = std::generic_category().message(errno);
    ::unsetenv(kChosen);
    say("cannot start " + program.string() + ": " + why);
    (void)slots.update([&](Slots& now) { now.give_up("cannot start the release: " + why); });
    if (choice.on_trial) return launch(slots, argv, trial_limit);
  }
  return {pki::sha256_of_file("/proc/self/exe").value_or(""), true};
}

}  // namespace slipway::agent_release
