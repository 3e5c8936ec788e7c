// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/journal.hpp"

#include <charconv>
#include <utility>

namespace slipway::bootstrap {
namespace {

std::vector<std::string> journal_command(std::string unit) {
  return {"journalctl", "--unit",     std::move(unit), "--lines",
          "40",         "--no-pager", "--output",      "cat"};
}

base::Task<int> number_of(const StepContext& context, std::string unit, std::string property) {
  auto shown =
      co_await context.ask({"systemctl", "show", "--property=" + property, "--value", unit});
  int number = 0;
  if (shown && shown->code == 0)
    std::from_chars(shown->output.data(), shown->output.data() + shown->output.size(), number);
  co_return number;
}

/// systemd's lines about the unit say that it ended, and not why.
bool is_systemds(std::string_view line, std::string_view unit) {
  if (line.starts_with(unit)) return true;
  for (const std::string_view verb :
       {"Starting ", "Started ", "Stopping ", "Stopped ", "Failed to start "})
    if (line.starts_with(verb)) return true;
  return false;
}

}  // namespace

base::Task<base::Result<bool>> is_active(const StepContext& context, std::string unit) {
  auto exit = co_await context.ask({"systemctl", "is-active", unit});
  if (!exit) co_return base::fail(exit);
  co_return exit->code == 0;
}

base::Task<unsigned> restarts(const StepContext& context, std::string unit) {
  const int number = co_await number_of(context, std::move(unit), "NRestarts");
  co_return number > 0 ? static_cast<unsigned>(number) : 0;
}

base::Task<int> main_process(const StepContext& context, std::string unit) {
  co_return co_await number_of(context, std::move(unit), "MainPID");
}

base::Task<std::string> unit_words(const StepContext& context, std::string unit) {
  auto said = co_await context.command(journal_command(unit));
  if (!said) co_return "its journal cannot be read: " + said.error().message;
  std::string own;
  std::string_view text = *said;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    if (!is_systemds(line, unit)) own += std::string(line) + '\n';
  }
  auto words = last_words(own.empty() ? *said : own);
  co_return words.empty() ? "it said nothing" : words;
}

base::Task<> log_journal(const StepContext& context, std::string unit) {
  (void)co_await context.command(journal_command(std::move(unit)));
}

}  // namespace slipway::bootstrap
