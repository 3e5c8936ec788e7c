// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::wire {

inline constexpr std::size_t kConsoleReasonBytes = 32;
inline constexpr std::size_t kConsoleMessageBytes = 480;

// Why an agent has no link, as one word; what the words after it mean to a person stands in them.
inline constexpr char kLinked[] = "linked";                      ///< all is well
inline constexpr char kNoNetwork[] = "no-network";               ///< no interface, address or route
inline constexpr char kNameNotResolved[] = "name-not-resolved";  ///< of the controller
inline constexpr char kRefused[] = "connection-refused";         ///< nobody listens there
inline constexpr char kNoAnswer[] = "no-answer";                 ///< in time, from whoever is there
inline constexpr char kPinMismatch[] = "pin-mismatch";           ///< it shows another authority
inline constexpr char kDenied[] = "denied";       ///< the controller says no, and why
inline constexpr char kNoLink[] = "no-link";      ///< any other end of a link
inline constexpr char kMachine[] = "machine";     ///< the machine itself is broken
inline constexpr char kUserData[] = "user-data";  ///< missing, or not to be read

/// What an agent says of its link on the machine's console, the one way to its controller while it
/// has no link. Holds no secret: whoever may see the machine in its cloud reads it.
struct ConsoleWord {
  std::string reason;   ///< one of the above: [a-z-], at most kConsoleReasonBytes
  std::string message;  ///< what is wrong and what to do, at most kConsoleMessageBytes
  bool operator==(const ConsoleWord&) const = default;
};

/// `slipway-agent: link REASON: MESSAGE`, one line with its end; control characters become spaces.
std::string console_line(const ConsoleWord& word);

/// The last word in a console's text. Anything may stand there, written by anybody on the machine:
/// what is not well-formed is passed over, and the message is valid UTF-8 of bounded length.
std::optional<ConsoleWord> last_console_word(std::string_view text);

}  // namespace slipway::wire
