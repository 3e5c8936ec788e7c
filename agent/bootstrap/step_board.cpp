// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/step_board.hpp"

#include <algorithm>
#include <utility>

#include "protocol/wire/text.hpp"

namespace slipway::bootstrap {

using Report = wire::StepReport;

StepBoard::StepBoard(Listener listener) : listener_(std::move(listener)) {}

void StepBoard::restore(std::vector<Report> reports) {
  reports_ = std::move(reports);
}

void StepBoard::prepare(const std::vector<std::string_view>& names, std::uint64_t generation,
                        bool fresh) {
  std::vector<Report> before = std::move(reports_);
  reports_.clear();
  logs_.clear();
  for (const auto name : names) {
    const auto old = std::ranges::find(before, name, &Report::name);
    Report report;
    if (old != before.end() && !(fresh && old->state() == Report::DONE)) report = *old;
    report.set_name(std::string(name));
    report.clear_waiting_for();  // of a process that ended while it waited
    report.set_generation(generation);
    if (report.state() != Report::DONE && report.state() != Report::FAILED)
      report.set_state(Report::WAITING);
    reports_.push_back(std::move(report));
    if (reports_.back().state() == Report::WAITING) tell(reports_.back());
  }
}

void StepBoard::begin(std::string_view name, base::UtcTime now) {
  Report& step = report(name);
  logs_[step.name()] = {};
  if (step.state() == Report::DONE) return;  // looked at again: shown only if it fails
  step.set_state(Report::RUNNING);
  step.set_attempts(step.attempts() + 1);
  step.set_started_utc_ms(base::to_unix_ms(now));
  step.set_ended_utc_ms(0);
  step.clear_error();
  step.clear_waiting_for();
  tell(step);
}

void StepBoard::waits_for(std::string_view name, std::string_view what) {
  Report& step = report(name);
  if (step.state() != Report::RUNNING) return;
  step.set_waiting_for(wire::head_of(wire::clean_text(what), kWaitsForBytes));
  logs_[step.name()].waits_for_other = true;
}

void StepBoard::log(std::string_view name, std::string_view line) {
  Log& log = logs_[std::string(name)];
  log.tail.add(line);
  log.grown = true;
}

void StepBoard::done(std::string_view name, base::UtcTime now) {
  Report& step = report(name);
  const bool again = step.state() == Report::DONE;
  step.set_state(Report::DONE);
  step.clear_waiting_for();
  step.clear_error();
  if (!again) step.set_ended_utc_ms(base::to_unix_ms(now));
  tell(step);
}

void StepBoard::failed(std::string_view name, const std::string& error, base::UtcTime now) {
  Report& step = report(name);
  if (step.state() == Report::DONE) step.set_attempts(step.attempts() + 1);
  step.set_state(Report::FAILED);
  step.clear_waiting_for();
  step.set_error(error);
  step.set_ended_utc_ms(base::to_unix_ms(now));
  tell(step);
}

void StepBoard::waiting(std::string_view name) {
  Report& step = report(name);
  if (step.state() == Report::DONE) return;
  step.set_state(Report::WAITING);
  step.clear_waiting_for();
  tell(step);
}

void StepBoard::flush() {
  for (auto& step : reports_) {
    const auto log = logs_.find(step.name());
    if (log == logs_.end() || !(log->second.grown || log->second.waits_for_other)) continue;
    if (step.state() == Report::RUNNING) tell(step);
  }
}

Report::State StepBoard::state(std::string_view name) const {
  const auto found = std::ranges::find(reports_, name, &Report::name);
  return found == reports_.end() ? Report::STATE_UNSPECIFIED : found->state();
}

bool StepBoard::all_done() const {
  return !reports_.empty() && std::ranges::all_of(reports_, [](const Report& report) {
    return report.state() == Report::DONE;
  });
}

Report& StepBoard::report(std::string_view name) {
  const auto found = std::ranges::find(reports_, name, &Report::name);
  if (found != reports_.end()) return *found;
  reports_.emplace_back().set_name(std::string(name));
  return reports_.back();
}

void StepBoard::tell(Report& report) {
  if (const auto log = logs_.find(report.name()); log != logs_.end()) {
    // an empty log of a second look does not wipe the one that says how it was made
    if (log->second.grown) report.set_log_tail(log->second.tail.text());
    log->second.grown = log->second.waits_for_other = false;
  }
  if (listener_) listener_(report);
}

}  // namespace slipway::bootstrap
