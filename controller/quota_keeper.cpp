// SPDX-License-Identifier: Apache-2.0
#include "controller/quota_keeper.hpp"

#include <utility>

#include "controller/http/intent_views.hpp"
#include "controller/http/places.hpp"
#include "controller/http/quota_enforcement.hpp"
#include "controller/quotas/upkeep.hpp"
#include "protocol/base/log.hpp"

namespace slipway::controller {

namespace {

using base::ErrorCode;
using base::fail;
using quotas::Maker;
using quotas::Upkeep;

bool is_compared(const std::string& kind) {
  return kind == "namespaces" || kind == http::kResourceQuotas || kind == http::kLimitRanges;
}

Maker maker_of(const http::Services& services, const base::IntentId& intent) {
  if (intent.empty()) return Maker::kNone;
  const auto found = services.intents.find(intent);
  if (!found) return Maker::kDone;  // so long ago that it was dropped
  if (found->state == intents::State::kPending) return Maker::kWaiting;
  const bool done = found->state == intents::State::kDone && found->answer.ok();
  return done ? Maker::kDone : Maker::kRefused;
}

std::map<std::string, wire::MirrorRow> namespaces_of(const mirror::Mirror& mirror,
                                                     const base::ClusterId& cluster) {
  std::map<std::string, wire::MirrorRow> by_name;
  for (auto& row : mirror.all(cluster, "namespaces")) {
    auto name = row.meta().name();
    by_name[std::move(name)] = std::move(row);
  }
  return by_name;
}

}  // namespace

QuotaKeeper::QuotaKeeper(base::asio::any_io_executor executor, http::Services& services)
    : services_(services),
      rounds_(std::move(executor), services,
              {.name = "quotas",
               .every = kQuotaRound,
               .before =
                   [this] {
                     own_.clear();
                     forget_clusters();
                   },
               .step = [this](base::ClusterId cluster) { return step(std::move(cluster)); }}) {}

const quotas::Amounts& QuotaKeeper::own_of(const base::ClusterId& cluster) {
  auto [found, fresh] = own_.try_emplace(cluster);
  if (fresh) found->second = http::made_by_kubernetes(services_, cluster);
  return found->second;
}

/// What a quota counts changes with each pod: that is no news here.
void QuotaKeeper::row_changed(const base::ClusterId& cluster, const std::string& kind,
                              const wire::MirrorRow& row) {
  if (kind == "namespaces") return rounds_.look_at(cluster);
  if (!is_compared(kind) || row.meta().name() != quotas::kQuotaName) return;
  const auto& in = row.meta().pod_namespace();
  const auto found = services_.quotas.find({cluster, in});
  if (!found) return;
  const auto wanted = http::wanted_objects(services_, *found, own_of(cluster));
  const auto there = http::quota_there(services_, cluster, in);
  const bool same = is_quota_as_wanted(wanted, there) && is_range_as_wanted(wanted, there);
  if (!same || !found->before.empty()) rounds_.look_at(cluster);
}

void QuotaKeeper::row_gone(const base::ClusterId& cluster, const std::string& kind,
                           const wire::MirrorRow&) {
  if (is_compared(kind)) rounds_.look_at(cluster);
}

void QuotaKeeper::freshness_changed(const base::ClusterId& cluster, const std::string& kind) {
  if (is_compared(kind)) rounds_.look_at(cluster);
}

void QuotaKeeper::forget_clusters() {
  for (const auto& cluster : services_.quotas.clusters()) {
    if (!services_.clusters.named(cluster.value)) services_.quotas.forget(cluster);
  }
}

/// By what the mirror shows of a row's namespace; nullptr: it does not.
void QuotaKeeper::keep_row(const quotas::Allotment& row, const wire::MirrorRow* shown) {
  const auto& where = row.where;
  const auto now = services_.clock.utc();
  const auto maker = maker_of(services_, row.intent);
  switch (upkeep_of(row, shown != nullptr, maker, now)) {
    case Upkeep::kMarkMade:
      services_.quotas.made(where);
      break;
    case Upkeep::kMarkSeen:
      services_.quotas.seen(where);
      break;
    case Upkeep::kRelease:
      services_.quotas.release(where);
      spdlog::info("quota of {}/{}: released, the namespace is gone", where.cluster.value,
                   where.name_space);
      break;
    case Upkeep::kKeep:
      break;
  }
  if (shown == nullptr) return;
  const auto place = http::place_of(services_, where.cluster, *shown);
  if (!follows(row, place.project, now)) return;
  services_.quotas.adopt(where, services_.accounts.tenancy().project(place.project));
  spdlog::info("quota of {}/{}: project {} -> {} (its label)", where.cluster.value,
               where.name_space, row.project.value, place.project.value);
}

void QuotaKeeper::keep_rows(const base::ClusterId& cluster) {
  auto spaces = namespaces_of(services_.mirror, cluster);
  for (const auto& row : services_.quotas.of(cluster)) {
    const auto shown = spaces.extract(row.where.name_space);
    keep_row(row, shown.empty() ? nullptr : &shown.mapped());
  }
  for (const auto& [name, row] : spaces) {
    const auto place = http::place_of(services_, cluster, row);
    if (place.project.empty() || row.meta().deleted_utc_ms() != 0) continue;
    services_.quotas.adopt({cluster, name}, services_.accounts.tenancy().project(place.project));
    spdlog::info("quota of {}/{}: taken in for project {}", cluster.value, name,
                 place.project.value);
  }
}

/// Of namespaces that are there; rows whose cluster has what they say are settled.
std::vector<QuotaKeeper::Difference> QuotaKeeper::differences(const base::ClusterId& cluster) {
  std::vector<Difference> all;
  for (const auto& row : services_.quotas.of(cluster)) {
    const auto& name = row.where.name_space;
    const auto shown = services_.mirror.find(cluster, "namespaces", "", name);
    if (!shown || shown->meta().deleted_utc_ms() != 0) continue;
    auto wanted = http::wanted_objects(services_, row, own_of(cluster));
    const auto there = http::quota_there(services_, cluster, name);
    if (is_quota_as_wanted(wanted, there) && is_range_as_wanted(wanted, there)) {
      services_.quotas.settle(row.where, row.version);
    } else if (all.size() < kMaxEnforced) {
      all.push_back({name, std::move(wanted)});
    }
  }
  return all;
}

base::Task<base::Result<>> QuotaKeeper::mend(base::ClusterId cluster, Difference difference) {
  if (auto free = co_await rounds_.is_free(cluster); !free) co_return free;
  const auto name = difference.name_space;
  auto outcome = co_await enforce(services_, cluster, name, std::move(difference.wanted), false);
  if (auto taken = rounds_.take(cluster, outcome); !taken) {
    co_return fail(taken.error().code, name + ": " + taken.error().message);
  }
  spdlog::info("quota of {}/{}: set as its row says", cluster.value, name);
  co_return base::Result<>{};
}

base::Task<base::Result<bool>> QuotaKeeper::step(base::ClusterId cluster) {
  // What cannot be seen is not compared; when it can be seen again, this is asked again.
  if (!services_.mirror.freshness(cluster, "namespaces").live) co_return true;
  keep_rows(cluster);
  for (const auto* kind : {http::kResourceQuotas, http::kLimitRanges}) {
    if (!services_.mirror.freshness(cluster, kind).live) co_return true;
  }
  if (!services_.clusters.connected_gateway(cluster.value)) co_return true;
  const auto work = differences(cluster);
  base::Result<bool> all = work.empty();
  for (const auto& difference : work) {
    auto mended = co_await mend(cluster, difference);
    if (mended) continue;
    all = fail(mended);
    if (mended.error().code == ErrorCode::kTimeout) break;  // the others would wait, too
  }
  co_return all;
}

}  // namespace slipway::controller
