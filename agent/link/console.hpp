// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "protocol/base/clock.hpp"
#include "protocol/wire/console.hpp"

namespace slipway::agent_link {

// How often the console is written to, at most: it is small, and others write there too.
inline constexpr std::chrono::seconds kNewReasonPause{1};    ///< before another reason is told
inline constexpr std::chrono::seconds kSameReasonPause{30};  ///< before the same one is told again

/// Says on the machine's console what stands between it and its controller.
class Console {
 public:
  using Write = std::function<void(const std::string& line)>;
  Console(Write write, const base::Clock& clock);

  /// Writes the word where its turn has come; a link is told of once.
  void say(const wire::ConsoleWord& word);

 private:
  Write write_;
  const base::Clock& clock_;
  std::optional<wire::ConsoleWord> said_;
  base::MonotonicTime said_at_;
};

/// To /dev/console, without waiting for it; a machine without one is none the worse.
void write_console(const std::string& line);

}  // namespace slipway::agent_link
