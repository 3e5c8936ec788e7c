// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/console_watch.hpp"

#include <algorithm>

#include "controller/rounds.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/parallel.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/wire/console.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::clusters {
namespace {

/// The last bytes of a text that may be anything, without control characters but line ends.
std::string clean_tail(std::string_view text) {
  if (text.size() > kMaxConsoleTail) text.remove_prefix(text.size() - kMaxConsoleTail);
  std::string tail;
  for (const char c : wire::clean_text(text)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
    if (!control || c == '\n' || c == '\t') tail += c;
  }
  return wire::head_of(tail, kMaxConsoleTail);
}

}  // namespace

Obstacle read_console_words(std::string_view console) {
  Obstacle obstacle;
  obstacle.log_tail = clean_tail(console);
  const auto word = wire::last_console_word(console);
  if (word && word->reason != wire::kLinked) obstacle.error = word->reason + ": " + word->message;
  return obstacle;
}

ConsoleWatch::ConsoleWatch(store::Database& database, cloud::Cloud& cloud, Agents& agents,
                           NodeWords& words, Operations& operations, Changes& changes,
                           const base::Clock& clock)
    : cloud_(cloud),
      agents_(agents),
      words_(words),
      operations_(operations),
      changes_(changes),
      clock_(clock),
      rows_(database) {}

bool ConsoleWatch::is_awaited(const MachineRow& machine) const {
  return !machine.bootstrapped && machine.cloud.known &&
         machine.cloud.state == cloud::MachineState::kRunning && !machine.resource.empty() &&
         !agents_.facts(machine.id).connected;
}

/// Who is awaited since an earlier round: most machines link within seconds and are never read.
std::vector<MachineRow> ConsoleWatch::choose() {
  std::map<MachineId, base::UtcTime> awaited;
  std::vector<MachineRow> due;
  for (MachineRow& machine : rows_.not_bootstrapped()) {
    if (!is_awaited(machine)) continue;
    const auto known = awaited_.find(machine.id);
    awaited[machine.id] = known == awaited_.end() ? clock_.utc() : known->second;
    if (known != awaited_.end()) due.push_back(std::move(machine));
  }
  for (const auto& [machine, since] : awaited_) {
    if (!awaited.contains(machine)) words_.set(machine, std::nullopt);
  }
  awaited_ = std::move(awaited);
  std::ranges::sort(due, {}, &MachineRow::id);
  const auto next = std::ranges::upper_bound(due, last_, {}, &MachineRow::id);
  std::ranges::rotate(due, next);
  if (due.size() > kConsolesARound) due.resize(kConsolesARound);
  if (!due.empty()) last_ = due.back().id;
  return due;
}

void ConsoleWatch::take(const MachineRow& machine, Obstacle obstacle) {
  // The cloud took its time: by now it may be linked.
  if (const auto now = rows_.machine(machine.id); !now || !is_awaited(*now)) return;
  obstacle.since = awaited_[machine.id];
  const Obstacle* before = words_.obstacle(machine.id);
  const bool same = before != nullptr && before->error == obstacle.error;
  if (before != nullptr && *before == obstacle) return;
  words_.set(machine.id, obstacle);
  if (!same) {
    if (!obstacle.error.empty()) spdlog::warn("node {}: {}", machine.name, obstacle.error);
    operations_.wake(machine.cluster);
  }
  changes_.publish({"node", machine.id.value, machine.cluster.value});
}

base::Task<base::Result<>> ConsoleWatch::look_at(MachineRow machine) {
  auto console = co_await base::with_timeout(kConsoleLimit, "the console of " + machine.name,
                                             cloud_.console(machine.resource, kConsoleLines));
  Obstacle obstacle = read_console_words(console.value_or(""));
  if (!console) obstacle.log_tail = "the cloud shows no console: " + console.error().message + "\n";
  // What the controller knows by itself counts more than what a machine says of itself.
  if (const auto own = agents_.suspicion(machine.id)) obstacle.error = *own;
  take(machine, std::move(obstacle));
  co_return base::Result<>{};
}

base::Task<> ConsoleWatch::look() {
  const auto due = choose();
  co_await base::in_parallel(due.size(), kConsolesAtOnce,
                             [&](std::size_t i) { return look_at(due[i]); });
}

base::Task<> ConsoleWatch::run() {
  for (;;) {
    co_await controller::outlive("consoles", look());
    co_await base::sleep_for(kConsoleInterval);
  }
}

}  // namespace slipway::clusters
