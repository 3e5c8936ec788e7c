// SPDX-License-Identifier: Apache-2.0
#include "agent/link/console.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace slipway::agent_link {

Console::Console(Write write, const base::Clock& clock) : write_(std::move(write)), clock_(clock) {}

void Console::say(const wire::ConsoleWord& word) {
  const auto now = clock_.monotonic();
  if (said_) {
    const bool same = said_->reason == word.reason;
    const bool linked = word.reason == wire::kLinked;  // must not be missed: it ends the others
    if (same && linked) return;
    if (!linked && now - said_at_ < (same ? kSameReasonPause : kNewReasonPause)) return;
  }
  said_ = word;
  said_at_ = now;
  write_(wire::console_line(word));
}

void write_console(const std::string& line) {
  const int console = ::open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (console < 0) return;
  [[maybe_unused]] const auto written = ::write(console, line.data(), line.size());
  ::close(console);
}

}  // namespace slipway::agent_link
