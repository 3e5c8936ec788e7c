// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/step.hpp"

#include <fmt/format.h>

#include <utility>

#include "protocol/wire/text.hpp"

namespace slipway::bootstrap {
namespace {

constexpr std::size_t kReasonLines = 3;
constexpr std::size_t kReasonLineBytes = 400;

}  // namespace

std::string last_words(std::string_view output) {
  std::string words;
  for (std::size_t lines = 0; !output.empty() && lines < kReasonLines;) {
    while (output.ends_with('\n')) output.remove_suffix(1);
    const auto start = output.rfind('\n');
    const auto line = start == output.npos ? output : output.substr(start + 1);
    output = start == output.npos ? std::string_view{} : output.substr(0, start);
    if (line.empty() || line.starts_with("To see the stack trace")) continue;
    const auto head = wire::head_of(line, kReasonLineBytes);
    words = words.empty() ? head : fmt::format("{} / {}", head, words);
    ++lines;
  }
  return words;
}

base::Task<base::Result<std::string>> StepContext::command(
    std::vector<std::string> argv, std::chrono::milliseconds timeout) const {
  base::Command command;
  command.argv = std::move(argv);
  command.timeout = timeout;
  const StepContext* self = this;
  command.on_line = [self](std::string_view line) { self->log(line); };
  const std::string program = command.argv.front();
  auto exit = co_await host.run(std::move(command));
  if (!exit) co_return base::fail(exit);
  if (exit->code != 0) {
    co_return base::fail(
        base::ErrorCode::kInternal,
        fmt::format("{} ended with {}: {}", program, exit->code, last_words(exit->output)));
  }
  co_return std::move(exit->output);
}

base::Task<base::Result<base::Exit>> StepContext::ask(std::vector<std::string> argv) const {
  base::Command command;
  command.argv = std::move(argv);
  co_return co_await host.run(std::move(command));
}

base::Result<bool> StepContext::ensure_file(const std::filesystem::path& path,
                                            const std::string& content, int mode,
                                            const std::string& owner) const {
  const auto present = host.read(path);
  if (present && *present == content) return false;
  if (auto written = host.write(path, content, mode, owner); !written) return base::fail(written);
  log("wrote " + path.string());
  return true;
}

Wait::Wait(const StepContext& context, std::string what, std::chrono::milliseconds limit,
           std::chrono::milliseconds interval)
    : context_(context),
      what_(std::move(what)),
      limit_(limit),
      interval_(interval),
      started_(context.host.clock().monotonic()) {}

Wait::~Wait() {
  if (told_) context_.waits_for({});
}

base::Task<bool> Wait::more() {
  if (std::exchange(first_, false)) co_return true;
  if (context_.run.interrupted()) co_return false;
  if (context_.host.clock().monotonic() - started_ >= limit_) co_return false;
  if (!told_) tell();
  co_await context_.host.sleep(interval_);
  co_return !context_.run.interrupted();
}

void Wait::found(std::string state) {
  if (state == found_) return;
  found_ = std::move(state);
  context_.log(fmt::format("waiting for {}: {}", what_, found_));
  tell();
}

void Wait::tell() {
  told_ = true;
  context_.waits_for(found_.empty() ? what_ : fmt::format("{}: {}", what_, found_));
}

std::unexpected<base::Error> Wait::failure() const {
  if (context_.run.interrupted())
    return base::fail(base::ErrorCode::kConflict, "stopped waiting for " + what_);
  return base::fail(base::ErrorCode::kTimeout,
                    fmt::format("waited {} s for {}{}{}",
                                std::chrono::duration_cast<std::chrono::seconds>(limit_).count(),
                                what_, found_.empty() ? "" : ": ", found_));
}

}  // namespace slipway::bootstrap
