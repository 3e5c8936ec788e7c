// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/bootstrap.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <utility>

#include "agent/bootstrap/plan.hpp"
#include "agent/bootstrap/step_board.hpp"
#include "agent/bootstrap/step_runner.hpp"
#include "agent/bootstrap/steps.hpp"
#include "protocol/base/backoff.hpp"
#include "protocol/base/log.hpp"

namespace slipway::bootstrap {
namespace {

constexpr base::Backoff::Limits kRetryLimits{std::chrono::seconds(1), std::chrono::seconds(60)};
constexpr auto kBootMark = "/run/slipway/booted";  // goes with every boot
constexpr auto kQuiet = base::asio::as_tuple(base::asio::use_awaitable);

}  // namespace

struct Bootstrap::State {
  State(boost::asio::any_io_executor executor, Host& host, BootstrapOptions options,
        Listener listener)
      : host(host),
        options(std::move(options)),
        listener(std::move(listener)),
        board([this](const wire::StepReport& report) { on_report(report); }),
        runner(executor, host, board),
        wake(executor),
        backoff(kRetryLimits, this->options.seed) {}

  void on_report(const wire::StepReport& report);
  void save();
  void load();
  base::Task<RunEnd> attempt();
  base::Task<> wait(std::optional<base::Duration> limit);

  Host& host;
  BootstrapOptions options;
  Listener listener;
  StepBoard board;
  StepRunner runner;
  boost::asio::steady_timer wake;
  base::Backoff backoff;
  std::optional<wire::DesiredNode> desired;
  /// The controller's clock minus ours; it stays true when ours is set.
  std::optional<std::int64_t> clock_ms() const {
    if (!controller_began) return std::nullopt;
    const auto there = *controller_began + host.clock().monotonic().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(there - host.clock().utc())
        .count();
  }

  std::optional<base::UtcTime> controller_began;  // its time when our monotonic clock was at nought
  std::optional<std::int64_t> clock_seen_ms;      // by the last run
  bool bootstrapped = false;
  bool changed = false;  // since the present run began
  bool fresh = true;     // nothing has run since the machine booted
};

void Bootstrap::State::on_report(const wire::StepReport& report) {
  if (report.state() == wire::StepReport::DONE || report.state() == wire::StepReport::FAILED)
    save();
  if (listener) listener(report);
}

void Bootstrap::State::save() {
  wire::NodeState state;
  for (const auto& report : board.reports()) *state.add_steps() = report;
  state.set_bootstrapped(bootstrapped);
  const auto file = options.state_dir / "steps.pb";
  if (auto written = host.write(file, state.SerializeAsString(), 0600); !written)
    spdlog::warn("cannot keep the steps' state: {}", written.error().message);
}

void Bootstrap::State::load() {
  fresh = !host.exists(kBootMark);
  if (const auto bytes = host.read(options.state_dir / "steps.pb")) {
    wire::NodeState state;
    if (state.ParseFromString(*bytes)) {
      board.restore({state.steps().begin(), state.steps().end()});
      bootstrapped = state.bootstrapped();
    }
  }
  if (const auto bytes = host.read(options.state_dir / "desired.pb")) {
    wire::DesiredNode earlier;
    if (earlier.ParseFromString(*bytes)) desired = std::move(earlier);
  }
}

base::Task<RunEnd> Bootstrap::State::attempt() {
  changed = false;
  clock_seen_ms = clock_ms();
  const wire::DesiredNode now = *desired;
  const auto steps = plan(now);
  std::vector<std::string_view> names;
  for (const auto& step : steps) names.push_back(step.name);
  board.prepare(names, now.generation(), std::exchange(fresh, false));
  if (auto written = host.write(kBootMark, "", 0644); !written)
    spdlog::warn("cannot mark this boot: {}", written.error().message);
  if (auto usable = check(now); !usable) {
    board.begin(names.front(), host.clock().utc());
    board.failed(names.front(),
                 "the controller's instructions cannot be followed: " + usable.error().message,
                 host.clock().utc());
    co_return RunEnd::kFailed;
  }
  co_return co_await runner.run(steps, now, clock_seen_ms);
}

base::Task<> Bootstrap::State::wait(std::optional<base::Duration> limit) {
  if (changed) co_return;
  if (limit)
    wake.expires_after(*limit);
  else
    wake.expires_at(std::chrono::steady_clock::time_point::max());
  co_await wake.async_wait(kQuiet);
}

Bootstrap::Bootstrap(boost::asio::any_io_executor executor, Host& host, BootstrapOptions options,
                     Listener listener)
    : state_(std::make_unique<State>(executor, host, std::move(options), std::move(listener))) {
  state_->load();
}

Bootstrap::~Bootstrap() = default;

void Bootstrap::desire(wire::DesiredNode desired) {
  const bool same = state_->desired && state_->desired->generation() == desired.generation();
  if (same && state_->desired->SerializeAsString() == desired.SerializeAsString()) return;
  spdlog::info("desired node: generation {} -> {} (told by the controller)", generation(),
               desired.generation());
  const auto file = state_->options.state_dir / "desired.pb";
  if (auto written = state_->host.write(file, desired.SerializeAsString(), 0600); !written)
    spdlog::warn("cannot keep what the node shall be: {}", written.error().message);
  state_->desired = std::move(desired);
  state_->changed = true;
  state_->runner.stop();
  state_->wake.cancel();
}

void Bootstrap::retry() {
  state_->wake.cancel();
}

void Bootstrap::controller_clock(std::int64_t offset_ms) {
  const bool far = std::abs(offset_ms) > kMaxClockOffset.count();
  const bool was_far =
      state_->clock_seen_ms && std::abs(*state_->clock_seen_ms) > kMaxClockOffset.count();
  const auto& clock = state_->host.clock();
  state_->controller_began = std::chrono::time_point_cast<base::UtcTime::duration>(
      clock.utc() + std::chrono::milliseconds(offset_ms) - clock.monotonic().time_since_epoch());
  if (far == was_far || !state_->desired) return;
  state_->changed = true;
  state_->runner.stop();
  state_->wake.cancel();
}

std::vector<wire::StepReport> Bootstrap::steps() const {
  return state_->board.reports();
}
bool Bootstrap::bootstrapped() const {
  return state_->bootstrapped;
}
std::uint64_t Bootstrap::generation() const {
  return state_->desired ? state_->desired->generation() : 0;
}
const std::optional<wire::DesiredNode>& Bootstrap::desired() const {
  return state_->desired;
}

base::Task<> Bootstrap::run() {
  State& self = *state_;
  for (;;) {
    if (!self.desired) {
      co_await self.wait({});
      continue;
    }
    const auto started = self.host.clock().monotonic();
    const RunEnd end = co_await self.attempt();
    if (end == RunEnd::kOvertaken || self.changed) continue;
    if (end == RunEnd::kFailed) {
      const auto pause = self.backoff.next();
      spdlog::info("the bootstrap is tried again in {} ms", pause.count());
      co_await self.wait(pause);
      continue;
    }
    self.backoff = base::Backoff(kRetryLimits, self.options.seed);
    if (!std::exchange(self.bootstrapped, true)) {
      spdlog::info("bootstrapped in {} ms", std::chrono::duration_cast<std::chrono::milliseconds>(
                                                self.host.clock().monotonic() - started)
                                                .count());
      self.save();
    }
    co_await self.wait({});
  }
}

}  // namespace slipway::bootstrap
