// SPDX-License-Identifier: Apache-2.0
#include "agent/admission/lookups.hpp"

#include <utility>

#include "protocol/base/with_timeout.hpp"
#include "protocol/net/percent.hpp"

namespace slipway::admission {
namespace {

using base::ErrorCode;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

/// All of a review's, so that its answer comes before the API server's patience ends.
constexpr auto kPatience = 3s;

/// nullopt: there is none.
Task<Result<std::optional<boost::json::value>>> find(kube::KubeApi& api, std::string path) {
  auto object = co_await kube::get_json(api, std::move(path));
  if (object) co_return std::optional(*std::move(object));
  if (object.error().code == ErrorCode::kNotFound) co_return std::nullopt;
  co_return base::fail(object);
}

Task<Result<policy::ResourceFacts>> ask(kube::KubeApi& api, std::string name_space,
                                        policy::Needed needed) {
  policy::ResourceFacts facts;
  const auto in = "/namespaces/" + net::percent_encoded(name_space);
  if (!needed.deployment.empty()) {
    auto found = co_await find(
        api, "/apis/apps/v1" + in + "/deployments/" + net::percent_encoded(needed.deployment));
    if (!found) co_return base::fail(found);
    facts.deployment = *std::move(found);
    if (facts.deployment && facts.deployment->is_object()) {
      needed.claims = policy::claims_of(facts.deployment->get_object());
    }
  }
  for (const auto& claim : needed.claims) {
    auto found = co_await find(
        api, "/api/v1" + in + "/persistentvolumeclaims/" + net::percent_encoded(claim));
    if (!found) co_return base::fail(found);
    if (*found) facts.claims[claim] = policy::modes_of_claim(**found);
  }
  if (!needed.storage_class.empty()) {
    auto found = co_await find(api, "/apis/storage.k8s.io/v1/storageclasses/" +
                                        net::percent_encoded(needed.storage_class));
    if (!found) co_return base::fail(found);
    if (*found) facts.classes[needed.storage_class] = policy::modes_of_class(**found);
  }
  co_return facts;
}

}  // namespace

Task<Result<policy::ResourceFacts>> look_up(kube::KubeApi& api, std::string name_space,
                                            policy::Needed needed) {
  if (needed.nothing()) return ask(api, {}, {});
  return base::with_timeout(kPatience, "the API server, about claims",
                            ask(api, std::move(name_space), std::move(needed)));
}

}  // namespace slipway::admission
