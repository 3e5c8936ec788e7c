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
               .step = [this](base::ClusterId cluster) { return step(std::move(cluster)); }}) {}

void ApplicationDefinition::freshness_changed(const base::ClusterId& cluster,
                                              const std::string& kind) {
  if (kind == "namespaces") sent_.erase(cluster);  // it may be another one than it was
  if (kind == "namespaces" || kind == kApplications) rounds_.look_at(cluster);
}

base::Task<base::Result<bool>> ApplicationDefinition::step(base::ClusterId cluster) {
  // Whose API server is away has no answer to give; when it is back, this is asked again.
  if (!services_.mirror.freshness(cluster, "namespaces").live) co_return true;
  if (!services_.clusters.connected_gateway(cluster.value)) co_return true;
  const bool served = services_.mirror.freshness(cluster, kApplications).live;
  const bool missed = !served && is_told_of(services_.mirror, cluster);
  if (sent_.contains(cluster) && !missed) co_return true;
  if (auto free = co_await rounds_.is_free(cluster); !free) co_return base::fail(free);
  wire::Intent intent;
  intent.mutable_apply()->set_yaml(applications::definition());
  auto sent = rounds_.take(
      cluster, co_await services_.intents.submit(cluster, std::move(intent), http::kIntentWait));
  if (!sent) co_return base::fail(sent);
  sent_.insert(cluster);
  spdlog::info("definition of applications: sent to cluster {}", cluster.value);
  // What is watched says whether it is established; that it was taken does not.
  if (missed && !services_.mirror.freshness(cluster, kApplications).live) {
    co_return base::fail(base::ErrorCode::kUnavailable, "the API server does not serve them yet");
  }
  co_return false;
}

}  // namespace slipway::controller
