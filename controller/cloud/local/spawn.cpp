// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/spawn.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <system_error>

namespace slipway::cloud::local {
using base::ErrorCode;
using base::fail;

base::Result<int> spawn_and_wait(const std::vector<std::string>& argv, Stdio stdio,
                                 std::chrono::milliseconds limit) {
  Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return system_failure("/dev/null");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  int target = 0;
  for (int fd : {stdio.in, stdio.out, stdio.err}) {
    posix_spawn_file_actions_adddup2(&actions, fd < 0 ? null.get() : fd, target++);
  }
  posix_spawn_file_actions_addclosefrom_np(&actions, target);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t pid = -1;
  int failed = posix_spawnp(&pid, words[0], &actions, &attributes, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    return fail(failed == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInternal,
                argv[0] + ": " + std::generic_category().message(failed));
  }
  Fd handle(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  pollfd waited{handle.get(), POLLIN, 0};
  int ended = -1;
  do {
    ended = poll(&waited, 1, static_cast<int>(limit.count()));
  } while (ended < 0 && errno == EINTR);
  if (ended <= 0) kill(-pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (ended <= 0) return fail(ErrorCode::kTimeout, argv[0] + " did not end in time");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace slipway::cloud::local
