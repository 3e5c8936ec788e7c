// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/object_rules.hpp"

#include <boost/json.hpp>

#include "controller/quotas/quantity.hpp"
#include "controller/workloads/object_reading.hpp"

namespace slipway::objects {

namespace json = boost::json;
using base::ErrorCode;
using workloads::member;
using workloads::Refusal;

namespace {

constexpr char kSize[] = "spec.resources.requests.storage";

struct Kind {
  Used what;
  std::string_view plural;
  std::string_view called;
};
constexpr Kind kKinds[] = {
    {Used::kConfigMap, "configmaps", "ConfigMap"},
    {Used::kSecret, "secrets", "Secret"},
    {Used::kClaim, "persistentvolumeclaims", "PersistentVolumeClaim"},
    {Used::kService, "services", "Service"},
    {Used::kStorageClass, "storageclasses", "StorageClass"},
};

std::string called(Used what) {
  for (const auto& kind : kKinds) {
    if (kind.what == what) return std::string(kind.called);
  }
  return {};
}

std::string size_in(const json::object& claim) {
  const auto& resources = member(member(claim, "spec"), "resources");
  return workloads::text_of(resources, "requests", "storage");
}

workloads::Ruled<void> refuse(ErrorCode code, std::string field, std::string rule,
                              std::string why) {
  return std::unexpected(Refusal{code, std::move(field), std::move(rule), std::move(why)});
}

/// Pods that run with a claim.
std::vector<User> holders_of(const Removal& asked) {
  std::vector<User> pods;
  for (const auto& user : asked.users) {
    if (asked.what == Used::kClaim && user.how == "pod") pods.push_back(user);
  }
  return pods;
}

/// Of a Service, what it selects does not need it; what routes to it does.
std::vector<User> hindered_by(const Removal& asked) {
  std::vector<User> users;
  for (const auto& user : asked.users) {
    if (user.how != "selector" && user.how != "finished") users.push_back(user);
  }
  return users;
}

}  // namespace

std::optional<Used> used_kind(std::string_view plural) {
  for (const auto& kind : kKinds) {
    if (kind.plural == plural) return kind.what;
  }
  return std::nullopt;
}

workloads::Ruled<void> check_removal(const Removal& asked) {
  const auto which = called(asked.what) + " " + asked.name;
  if (const auto pods = holders_of(asked); !pods.empty()) {
    return refuse(
        ErrorCode::kConflict, "name", "in-use",
        which + " is used by " + words_of(pods) + ": stop or delete what they belong to first");
  }
  const auto users = hindered_by(asked);
  if (users.empty() || asked.by_force) return {};
  return refuse(ErrorCode::kConflict, "force", "in-use",
                which + " is used by " + words_of(users) +
                    ": change them first, or delete it all the same with force=true");
}

workloads::Ruled<void> check_growth(const json::object& before, const json::object& after,
                                    const std::optional<Growth>& growth) {
  const auto old_size = size_in(before);
  const auto new_size = size_in(after);
  if (new_size == old_size) return {};
  const auto was =
      quotas::parse_quantity(old_size, quotas::Unit::kBytes, quotas::Finer::kRoundedUp);
  const auto is = quotas::parse_quantity(new_size, quotas::Unit::kBytes, quotas::Finer::kRoundedUp);
  if (!is) {
    return refuse(ErrorCode::kInvalid, kSize, "size",
                  std::string(kSize) + " " + is.error().message);
  }
  if (!was || *is == *was) return {};
  if (*is < *was) {
    return refuse(ErrorCode::kConflict, kSize, "shrink",
                  "a claim does not shrink: it has " + old_size + "; make a smaller one and copy");
  }
  if (growth && !growth->expandable) {
    return refuse(ErrorCode::kConflict, kSize, "not-expandable",
                  "volumes of storage class " + growth->storage_class +
                      " do not grow (allowVolumeExpansion): make a larger claim and copy");
  }
  return {};
}

}  // namespace slipway::objects
