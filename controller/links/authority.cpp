// SPDX-License-Identifier: Apache-2.0
#include "controller/links/authority.hpp"

#include "protocol/base/log.hpp"

namespace slipway::links {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr char kNext[] = "controller/next-ca";
constexpr char kSetting[] = "ca.rotation";

}  // namespace

std::string name_of(CaPhase phase) {
  switch (phase) {
    case CaPhase::kSteady:
      return "steady";
    case CaPhase::kIntroduced:
      return "introduced";
    case CaPhase::kSwitched:
      return "switched";
  }
  return "steady";
}

Authority::Authority(store::Database& database, secrets::Secrets& secrets, const base::Clock& clock)
    : database_(database), secrets_(secrets), clock_(clock) {}

Result<std::unique_ptr<Authority>> Authority::open(store::Database& database,
                                                   secrets::Secrets& secrets,
                                                   const base::Clock& clock) {
  std::unique_ptr<Authority> authority(new Authority(database, secrets, clock));
  if (auto loaded = authority->load(); !loaded) return fail(loaded);
  return authority;
}

Result<> Authority::load() {
  auto current = secrets_.controller_ca(clock_);
  if (!current) return fail(current);
  current_ = std::move(*current);
  next_ = {};
  phase_ = CaPhase::kSteady;
  pins_ = {pki::inspect(current_.certificate_pem)->sha256};
  auto row = database_.prepare("SELECT value FROM settings WHERE key = ?");
  if (!row.bind(kSetting).step()) return {};
  auto next = secrets_.pair(kNext);
  if (!next) return fail(next);
  next_ = std::move(*next);
  pins_.push_back(pki::inspect(next_.certificate_pem)->sha256);
  phase_ = row.text(0) == name_of(CaPhase::kSwitched) ? CaPhase::kSwitched : CaPhase::kIntroduced;
  return {};
}

std::string Authority::bundle_pem() const {
  return current_.certificate_pem + next_.certificate_pem;
}

void Authority::note_phase(const char* name) {
  database_.prepare("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)")
      .bind(kSetting)
      .bind(name)
      .run();
}

Result<> Authority::step(CaPhase from, const std::function<void()>& work) {
  if (phase_ != from) {
    return fail(ErrorCode::kConflict, "the change of the CA is " + name_of(phase_) +
                                          ", this step needs it " + name_of(from));
  }
  auto done = database_.transaction([&]() -> Result<> {
    work();
    return {};
  });
  if (!done) return done;
  if (auto loaded = load(); !loaded) return loaded;
  spdlog::info("controller's CA: {} -> {}", name_of(from), name_of(phase_));
  for (const auto& told : listeners_) told();
  return {};
}

Result<> Authority::introduce() {
  return step(CaPhase::kSteady, [this] {
    secrets_.put_pair(kNext, secrets::make_controller_ca(clock_));
    note_phase("introduced");
  });
}

Result<> Authority::abandon() {
  return step(CaPhase::kIntroduced, [this] {
    secrets_.remove_pair(kNext);
    database_.prepare("DELETE FROM settings WHERE key = ?").bind(kSetting).run();
  });
}

Result<> Authority::switch_over() {
  return step(CaPhase::kIntroduced, [this] { note_phase("switched"); });
}

Result<> Authority::finish() {
  return step(CaPhase::kSwitched, [this] {
    secrets_.put_controller_ca(next_);
    secrets_.remove_pair(kNext);
    database_.prepare("DELETE FROM settings WHERE key = ?").bind(kSetting).run();
  });
}

}  // namespace slipway::links
