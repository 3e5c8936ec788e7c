// SPDX-License-Identifier: Apache-2.0
#include "controller/application_definition.hpp"

#include <algorithm>
#include <utility>

#include "controller/applications/definition.hpp"
#include "controller/http/intent_views.hpp"
#include "protocol/base/log.hpp"

namespace slipway::controller {

namespace {

constexpr char kApplications[] = "applications";

/// A gateway whose agent is older than this kind never tells of it.
bool is_told_of(const mirror::Mirror& mirror, const base::ClusterId& cluster) {
  const auto kinds = mirror.kinds(cluster);
  return std::ranges::find(kinds, kApplications) != kinds.end();
}

}  // namespace

ApplicationDefinition::ApplicationDefinition(base::asio::any_io_executor executor,
                                             http::Services& services)
    : services_(services),
      rounds_(std::move(executor), services,
              {.name = "definition of applications",
               .every = kDefinitionRound,
               .before = [this] { sent_.clear(); },
               .step = [this](base::ClusterId cluster) { return step(std::move(cluster)); },
               .retry = [this](const base::ClusterId& cluster) { return retry_after(cluster); }}) {}

void ApplicationDefinition::freshness_changed(const base::ClusterId& cluster,
                                              const std::string& kind) {
  if (kind == "namespaces") {  // it may be another one than it was
    sent_.erase(cluster);
    in_vain_.erase(cluster);
  }
  if (kind == "namespaces" || kind == kApplications) rounds_.look_at(cluster);
}

std::chrono::seconds ApplicationDefinition::retry_after(const base::ClusterId& cluster) const {
  const auto times = in_vain_.find(cluster);
  std::chrono::seconds wait = kRoundsRetry;
  for (unsigned i = 1; times != in_vain_.end() && i < times->second && wait < kDefinitionRetry;
       ++i) {
    wait *= 2;
  }
  return std::min<std::chrono::seconds>(wait, kDefinitionRetry);
}

base::Result<bool> ApplicationDefinition::failed(const base::ClusterId& cluster, base::Error why) {
  ++in_vain_[cluster];
  return std::unexpected(std::move(why));
}

base::Task<base::Result<bool>> ApplicationDefinition::step(base::ClusterId cluster) {
  // Whose API server is away has no answer to give; when it is back, this is asked again.
  if (!services_.mirror.freshness(cluster, "namespaces").live) co_return true;
  if (!services_.clusters.connected_gateway(cluster.value)) co_return true;
  const bool served = services_.mirror.freshness(cluster, kApplications).live;
  const bool missed = !served && is_told_of(services_.mirror, cluster);
  if (served) in_vain_.erase(cluster);
  if (sent_.contains(cluster) && !missed) co_return true;
  if (auto free = co_await rounds_.is_free(cluster); !free) co_return base::fail(free);
  wire::Intent intent;
  intent.mutable_apply()->set_yaml(applications::definition());
  auto sent = rounds_.take(
      cluster, co_await services_.intents.submit(cluster, std::move(intent), http::kIntentWait));
  if (!sent) co_return failed(cluster, std::move(sent.error()));
  sent_.insert(cluster);
  spdlog::info("definition of applications: sent to cluster {}", cluster.value);
  // What is watched says whether it is established; that it was taken does not.
  if (missed && !services_.mirror.freshness(cluster, kApplications).live) {
    co_return failed(cluster,
                     {base::ErrorCode::kUnavailable, "the API server does not serve them yet", {}});
  }
  in_vain_.erase(cluster);
  co_return false;
}

}  // namespace slipway::controller
