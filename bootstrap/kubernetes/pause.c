// SPDX-License-Identifier: Apache-2.0
// The first process of a pod: holds its namespaces until it is told to end, and buries processes that lost their parent.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void leave(int number) {
  (void)number;
  _exit(0);
}

static void bury(int number) {
  (void)number;
  while (waitpid(-1, 0, WNOHANG) > 0) {
  }
}

int main(void) {
  struct sigaction action = {.sa_handler = leave};
  if (sigaction(SIGINT, &action, 0) || sigaction(SIGTERM, &action, 0)) return 1;
  action.sa_handler = bury;
  action.sa_flags = SA_NOCLDSTOP;
  if (sigaction(SIGCHLD, &action, 0)) return 1;
  for (;;) pause();
}
