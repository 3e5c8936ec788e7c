// SPDX-License-Identifier: Apache-2.0
#include "controller/http/quota_enforcement.hpp"

#include "controller/http/kube_asking.hpp"
#include "controller/quotas/upkeep.hpp"

namespace slipway::http {

namespace {

constexpr std::uint32_t kNotFound = 404;
constexpr std::uint32_t kConflict = 409;

quotas::Quantities quantities(const google::protobuf::Map<std::string, std::string>& from) {
  return {from.begin(), from.end()};
}

/// One of the two objects: what it is, how it shall be, whether it is there.
struct Keeping {
  const char* kind;
  std::string collection;  ///< path
  std::string name_space;
  std::string made;     ///< body; empty: it shall not be
  std::string patched;  ///< body
  bool there = false;
};

KubeAsking ask_for(const Keeping& of, const char* method, const std::string& query) {
  const auto one = of.collection + "/" + quotas::kQuotaName;
  const std::string verb = method;
  KubeAsking asking{.method = verb,
                    .path = (verb == "POST" ? of.collection : one) + query,
                    .kind = of.kind,
                    .name_space = of.name_space,
                    .name = quotas::kQuotaName,
                    .action = verb == "POST"    ? "created"
                              : verb == "PATCH" ? "configured"
                                                : "deleted"};
  if (verb == "DELETE") return asking;
  asking.content_type = verb == "PATCH" ? kMergePatch : "application/json";
  asking.body = verb == "PATCH" ? of.patched : of.made;
  return asking;
}

base::Result<intents::Outcome> nothing_to_do(const base::ClusterId& cluster) {
  intents::Outcome outcome{.cluster = cluster, .state = intents::State::kDone};
  outcome.answer.set_ok(true);
  outcome.answer.set_http_status(200);
  return outcome;
}

/// What the mirror shows may be old: an object that is there after all, or is not, is no refusal.
base::Task<base::Result<intents::Outcome>> keep(Services& services, base::ClusterId cluster,
                                                Keeping of, std::string query) {
  const bool shall_be = !of.made.empty();
  if (!shall_be && !of.there) co_return nothing_to_do(cluster);
  const char* first = !shall_be ? "DELETE" : of.there ? "PATCH" : "POST";
  auto outcome = co_await ask_cluster(services, cluster, ask_for(of, first, query));
  if (!outcome || outcome->state != intents::State::kDone) co_return outcome;
  const auto status = outcome->answer.http_status();
  if (!shall_be && status == kNotFound) {
    outcome->answer.set_ok(true);
    auto& object = *outcome->answer.mutable_objects(0);
    object.set_ok(true);
    object.set_action("unchanged");
  } else if (shall_be && status == (of.there ? kNotFound : kConflict)) {
    const char* other = of.there ? "POST" : "PATCH";
    co_return co_await ask_cluster(services, cluster, ask_for(of, other, query));
  }
  co_return outcome;
}

}  // namespace

quotas::Amounts made_by_kubernetes(const Services& services, const base::ClusterId& cluster) {
  const auto found = services.clusters.get(cluster.value);
  return quotas::made_by_kubernetes(found ? found->spec.kubernetes_version : "");
}

quotas::QuotaObjects wanted_objects(const Services& services, const quotas::Allotment& allotment,
                                    const quotas::Amounts& own) {
  return quotas::objects_for(services.quotas.in_force(allotment), own);
}

quotas::QuotaThere quota_there(const Services& services, const base::ClusterId& cluster,
                               const std::string& name_space) {
  quotas::QuotaThere there;
  const auto& mirror = services.mirror;
  if (const auto row = mirror.find(cluster, kResourceQuotas, name_space, quotas::kQuotaName)) {
    there.has_quota = true;
    there.hard = quantities(row->quota().hard());
  }
  if (const auto row = mirror.find(cluster, kLimitRanges, name_space, quotas::kQuotaName)) {
    there.has_range = true;
    for (const auto& item : row->limit_range().items()) {
      if (item.type() != "Container") continue;
      there.default_limits = quantities(item.default_limits());
      there.default_requests = quantities(item.default_requests());
      there.least = quantities(item.min());
    }
  }
  return there;
}

base::Task<base::Result<intents::Outcome>> enforce(Services& services, base::ClusterId cluster,
                                                   std::string name_space,
                                                   quotas::QuotaObjects wanted, bool dry_run) {
  const auto there = quota_there(services, cluster, name_space);
  const auto root = "/api/v1/namespaces/" + name_space + "/";
  const bool hard = !wanted.hard.empty();
  const bool defaults = !wanted.defaults.empty();
  const Keeping range{.kind = "LimitRange",
                      .collection = root + kLimitRanges,
                      .name_space = name_space,
                      .made = defaults ? range_body(wanted, false) : "",
                      .patched = range_body(wanted, true),
                      .there = there.has_range};
  const Keeping quota{.kind = "ResourceQuota",
                      .collection = root + kResourceQuotas,
                      .name_space = name_space,
                      .made = hard ? quota_body(wanted, false) : "",
                      .patched = quota_body(wanted, true),
                      .there = there.has_quota};
  const std::string query = std::string("?fieldManager=slipway") + (dry_run ? "&dryRun=All" : "");
  // The defaults first: a quota of limits without them refuses what says none.
  auto first = co_await keep(services, cluster, range, query);
  const bool done = first && first->state == intents::State::kDone && first->answer.ok();
  if (!done) co_return first;
  auto second = co_await keep(services, cluster, quota, query);
  if (!second || second->state != intents::State::kDone) co_return second;
  second->answer.mutable_objects()->MergeFrom(first->answer.objects());
  co_return second;
}

void release_if_gone(Services& services, const quotas::Where& where) {
  const auto row = services.quotas.find(where);
  if (!row || !row->intent.empty()) return;
  if (!services.mirror.freshness(where.cluster, "namespaces").live) return;
  const bool shown =
      services.mirror.find(where.cluster, "namespaces", "", where.name_space).has_value();
  const auto next = upkeep_of(*row, shown, quotas::Maker::kNone, services.clock.utc());
  if (next == quotas::Upkeep::kRelease) services.quotas.release(where);
}

}  // namespace slipway::http
