// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/bootstrap/host.hpp"
#include "order.pb.h"
#include "protocol/base/task.hpp"

namespace slipway::bootstrap {

inline constexpr std::chrono::milliseconds kPollInterval{100};

/// What a step may ask of the run that it is part of.
class RunView {
 public:
  virtual ~RunView() = default;
  /// Another step failed, or the desired node changed: waiting on is pointless.
  virtual bool interrupted() const = 0;
  virtual bool done(std::string_view step) const = 0;
  virtual void log(std::string_view step, std::string_view line) = 0;
  /// What the step waits for now, and what it found last; empty: for nothing any more.
  virtual void waits_for(std::string_view step, std::string_view what) = 0;
};

/// What a step works with: the node as it shall be, the machine, and a place for its log.
class StepContext {
 public:
  StepContext(std::string_view step, const wire::DesiredNode& desired, Host& host, RunView& run,
              std::optional<std::int64_t> controller_clock_ms = {})
      : desired(desired),
        host(host),
        run(run),
        controller_clock_ms(controller_clock_ms),
        step_(step) {}

  const wire::DesiredNode& desired;
  Host& host;
  RunView& run;
  std::optional<std::int64_t> controller_clock_ms;  ///< the controller's clock minus ours

  void log(std::string_view line) const { run.log(step_, line); }
  void waits_for(std::string_view what) const { run.waits_for(step_, what); }
  std::string_view step() const { return step_; }

  /// Runs a program with its output in the log; a non-zero exit is an error with the last lines.
  base::Task<base::Result<std::string>> command(
      std::vector<std::string> argv,
      std::chrono::milliseconds timeout = std::chrono::seconds(60)) const;
  /// As command(), but its output stays out of the log and any exit is a success.
  base::Task<base::Result<base::Exit>> ask(std::vector<std::string> argv) const;
  /// Writes the file when its content differs; tells whether it did.
  base::Result<bool> ensure_file(const std::filesystem::path& path, const std::string& content,
                                 int mode, const std::string& owner = {}) const;

 private:
  std::string_view step_;
};

/// The last lines of a program's output in one, bounded, without what only says where to find more.
std::string last_words(std::string_view output);

/// A wait for something that other programs bring about: `while (co_await wait.more()) { … }`,
/// then `co_return wait.failure()`. Meanwhile the step's report says what is waited for.
class Wait {
 public:
  Wait(const StepContext& context, std::string what, std::chrono::milliseconds limit,
       std::chrono::milliseconds interval = kPollInterval);
  ~Wait();
  Wait(const Wait&) = delete;

  /// At once the first time, then after the interval; false when the limit has passed or the run
  /// was interrupted.
  base::Task<bool> more();
  /// What the last look found; said by failure().
  void found(std::string state);
  std::unexpected<base::Error> failure() const;

 private:
  void tell();

  const StepContext& context_;
  std::string what_;
  std::chrono::milliseconds limit_;
  std::chrono::milliseconds interval_;
  base::MonotonicTime started_;
  bool first_ = true;
  bool told_ = false;
  std::string found_;
};

/// A named, idempotent piece of the bootstrap. Starts when all that it needs is done, beside
/// others.
struct Step {
  std::string_view name;
  std::vector<std::string_view> needs;
  std::function<base::Task<base::Result<>>(const StepContext&)> run;
};

}  // namespace slipway::bootstrap
