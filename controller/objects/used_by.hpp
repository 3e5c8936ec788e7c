// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report.pb.h"

namespace slipway::objects {

/// What others may use.
enum class Used { kConfigMap, kSecret, kClaim, kService, kStorageClass };

using Selector = std::map<std::string, std::string>;

/// The object whose users are looked for.
struct Wanted {
  Used what = Used::kConfigMap;
  std::string name;
  Selector selector = {};  ///< of a Service
};

/// One that uses it.
struct User {
  std::string kind;  ///< "Deployment"
  std::string name_space;
  std::string name;
  std::string how;         ///< "template", "pod", "finished", "selector", "backend", "class" …
  std::string owner_kind;  ///< of a pod, a ReplicaSet or a Job
  std::string owner_name;
  bool operator==(const User&) const = default;
};

/// A kind of the mirror whose rows may use such objects.
struct UserKind {
  std::string_view plural;
  std::string_view kind;
};
std::span<const UserKind> user_kinds(Used what);

/// How a row uses it; empty: it does not. Pods of workloads are told for claims and Services alone:
/// for the rest their workload's template speaks.
std::string_view how_used(const wire::MirrorRow& row, const Wanted& wanted);
User user_of(const wire::MirrorRow& row, std::string_view kind, std::string_view how);

/// Without those that only follow another one of the list: ReplicaSets of a Deployment, Jobs of a
/// CronJob. Sorted by kind and name.
std::vector<User> folded(std::vector<User> users);

/// "Deployment web, Pod web-1 and 3 more"
std::string words_of(const std::vector<User>& users);

}  // namespace slipway::objects
