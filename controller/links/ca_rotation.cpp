// SPDX-License-Identifier: Apache-2.0
#include "controller/links/ca_rotation.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "protocol/base/log.hpp"

namespace slipway::links {

using base::ErrorCode;
using base::fail;
using base::Result;

CaRotation::CaRotation(boost::asio::any_io_executor executor, store::Database& database,
                       Authority& authority, Links& links, const Roster& roster,
                       const base::Clock& clock)
    : database_(database),
      authority_(authority),
      links_(links),
      roster_(roster),
      clock_(clock),
      changed_(std::move(executor)) {
  authority_.on_change([this] {
    untold_ = true;
    changed_.notify();
  });
}

base::Task<> CaRotation::run() {
  for (;;) {
    write_down();
    if (std::exchange(untold_, false)) {
      co_await tell_all();
    } else {
      co_await changed_.wait();
    }
  }
}

/// Who links meanwhile is told by that; a change meanwhile makes another round.
base::Task<> CaRotation::tell_all() {
  std::size_t told = 0;
  for (const MachineId& machine : links_.connected()) {
    try {
      tell(machine);
    } catch (const std::exception& error) {  // the others are told all the same
      spdlog::error("{}: it is not told whom to trust: {}", machine.value, error.what());
    }
    if (++told % kToldInTurn > 0) continue;
    co_await base::asio::post(base::asio::use_awaitable);
    write_down();
  }
}

void CaRotation::tell(const MachineId& machine) {
  wire::Order order;
  auto& trust = *order.mutable_trust();
  trust.set_ca_pem(authority_.bundle_pem());
  trust.set_issuer_sha256(authority_.issuer_sha256());
  const auto sent = links_.send(machine, std::move(order));
  // A full queue means a peer that does not read: its link is of no use, and it asks anew.
  if (!sent && sent.error().code == ErrorCode::kExhausted) links_.cut(machine, sent.error());
}

void CaRotation::link_up(const MachineId& machine, const wire::NodeState& state) {
  if (state.has_trust()) hear(machine, state.trust());
  tell(machine);
}

void CaRotation::reported(const MachineId& machine, const wire::Report& report) {
  if (report.has_trust()) hear(machine, report.trust());
  if (report.has_state() && report.state().has_trust()) hear(machine, report.state().trust());
}

/// After a restart thousands come back and trust whom they trusted: that costs no write.
bool CaRotation::is_noted(const MachineId& machine, const Held& held) const {
  return database_
      .prepare("SELECT 1 FROM trust_held WHERE machine=? AND ca_sha256=? AND issuer_sha256=?")
      .bind(machine.value)
      .bind(held.digests)
      .bind(held.issuer)
      .step();
}

void CaRotation::note(const MachineId& machine, const Held& held) {
  database_
      .prepare(
          "INSERT OR REPLACE INTO trust_held (machine, ca_sha256, issuer_sha256, told_ms)"
          " VALUES (?, ?, ?, ?)")
      .bind(machine.value)
      .bind(held.digests)
      .bind(held.issuer)
      .bind(base::to_unix_ms(clock_.utc()))
      .run();
}

void CaRotation::hear(const MachineId& machine, const wire::TrustHeld& held) {
  Held told;
  const int most = std::min(held.ca_sha256_size(), 2);  // agents keep no more
  for (int i = 0; i < most; ++i) {
    told.digests += (told.digests.empty() ? "" : ",") + held.ca_sha256(i).substr(0, 64);
  }
  told.issuer = held.issuer_sha256().substr(0, 64);
  if (is_noted(machine, told)) {
    heard_.erase(machine);  // what it told before, where that is not written yet
    return;
  }
  heard_.insert_or_assign(machine, std::move(told));
  changed_.notify();
}

void CaRotation::write_down() {
  if (heard_.empty()) return;
  try {
    const auto noted = database_.note([&]() -> Result<> {
      for (const auto& [machine, held] : heard_) note(machine, held);
      return {};
    });
    if (noted) heard_.clear();
  } catch (const std::exception& error) {  // it is tried again when more is told or asked
    spdlog::error("it is not written whom {} machines trust: {}", heard_.size(), error.what());
  }
}

/// Why a machine is not ready for the next step; empty when it is.
std::string CaRotation::lacks(const std::string& held, const std::string& issuer) const {
  if (authority_.phase() == CaPhase::kSteady) return {};
  const std::string& next = authority_.next_sha256();
  if (held.find(next) == std::string::npos) return "does not hold the new CA";
  if (authority_.phase() == CaPhase::kSwitched && issuer != next) {
    return "has a certificate of the old CA";
  }
  return {};
}

std::vector<Missing> CaRotation::missing() {
  write_down();
  std::vector<Missing> all;
  if (authority_.phase() == CaPhase::kSteady) return all;
  auto rows = database_.prepare(
      "SELECT DISTINCT e.machine, coalesce(t.ca_sha256, ''), coalesce(t.issuer_sha256, '')"
      " FROM enrolments e LEFT JOIN trust_held t ON t.machine = e.machine"
      " WHERE e.state IN ('open', 'spent') ORDER BY e.machine");
  const auto names = roster_.node_names();
  while (rows.step()) {
    const MachineId machine{rows.text(0)};
    const auto name = names.find(machine);
    if (name == names.end()) continue;  // being deleted
    if (auto why = lacks(rows.text(1), rows.text(2)); !why.empty()) {
      all.push_back({machine, name->second, std::move(why)});
    }
  }
  return all;
}

Result<> CaRotation::nobody_missing() {
  const auto all = missing();
  if (!heard_.empty()) {
    return fail(ErrorCode::kUnavailable,
                "what machines told last could not be written down: see the controller's log");
  }
  if (all.empty()) return {};
  std::string names;
  for (std::size_t i = 0; i < std::min(all.size(), kNamedMissing); ++i) {
    names += (i == 0 ? "" : ", ") + all[i].node + " " + all[i].why;
  }
  if (all.size() > kNamedMissing) names += " …";
  return fail(ErrorCode::kConflict,
              std::to_string(all.size()) + " machine(s) are not ready for it: " + names +
                  ". Wait for them, delete them, or force it and tell them by hand",
              "missing");
}

Result<> CaRotation::switch_over(bool force) {
  if (auto ready = force ? Result<>{} : nobody_missing(); !ready) return ready;
  return authority_.switch_over();
}

Result<> CaRotation::finish(bool force) {
  if (auto ready = force ? Result<>{} : nobody_missing(); !ready) return ready;
  return authority_.finish();
}

}  // namespace slipway::links
