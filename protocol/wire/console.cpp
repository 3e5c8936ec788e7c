// SPDX-License-Identifier: Apache-2.0
#include "protocol/wire/console.hpp"

#include <algorithm>

#include "protocol/wire/text.hpp"

namespace slipway::wire {
namespace {

constexpr std::string_view kMark = "slipway-agent: link ";

bool is_reason(std::string_view text) {
  return !text.empty() && text.size() <= kConsoleReasonBytes &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

std::string one_line(std::string_view text) {
  std::string line(text.substr(0, kConsoleMessageBytes));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') c = ' ';
  }
  return head_of(clean_text(line), kConsoleMessageBytes);
}

std::optional<ConsoleWord> word_after(std::string_view text) {
  const auto colon = text.find(": ");
  if (colon == text.npos || !is_reason(text.substr(0, colon))) return std::nullopt;
  auto message = text.substr(colon + 2);
  while (message.ends_with('\r') || message.ends_with(' ')) message.remove_suffix(1);
  return ConsoleWord{std::string(text.substr(0, colon)), one_line(message)};
}

/// Another program's line may have been cut short before ours: the last mark that makes sense.
std::optional<ConsoleWord> word_of(std::string_view line) {
  for (auto at = line.rfind(kMark); at != line.npos; at = line.rfind(kMark, at - 1)) {
    if (auto word = word_after(line.substr(at + kMark.size()))) return word;
    if (at == 0) break;
  }
  return std::nullopt;
}

}  // namespace

std::string console_line(const ConsoleWord& word) {
  return std::string(kMark) + word.reason + ": " + one_line(word.message) + "\r\n";
}

std::optional<ConsoleWord> last_console_word(std::string_view text) {
  auto end = text.rfind('\n');  // what follows may be half of a line
  while (end != text.npos) {
    const auto before = end == 0 ? text.npos : text.rfind('\n', end - 1);
    const auto start = before == text.npos ? 0 : before + 1;
    if (auto word = word_of(text.substr(start, end - start))) return word;
    end = before;
  }
  return std::nullopt;
}

}  // namespace slipway::wire
