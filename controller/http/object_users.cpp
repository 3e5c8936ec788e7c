// SPDX-License-Identifier: Apache-2.0
#include "controller/http/object_users.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "controller/http/kube_objects.hpp"
#include "controller/http/places.hpp"
#include "controller/objects/references.hpp"
#include "controller/workloads/object_reading.hpp"
#include "protocol/net/percent.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using objects::Used;
using objects::User;

constexpr std::size_t kMaxLonePods = 32;  // each is a request of its own
constexpr char kListed[] = "?limit=500";
/// Their templates are rows of the mirror.
constexpr std::array<std::string_view, 4> kTemplated{"ReplicaSet", "StatefulSet", "DaemonSet",
                                                     "Job"};

/// The oldest and least live of all.
void take_freshness(const mirror::Freshness& one, mirror::Freshness& all) {
  all.as_of = all.known ? std::min(all.as_of, one.as_of) : one.as_of;
  all.live = one.live && (all.live || !all.known);
  all.known = true;
  if (all.error.empty()) all.error = one.error;
}

void look_in_mirror(const Services& services, const UsersAsked& asked, FoundUsers& found) {
  const auto visible =
      visible_namespaces(services, asked.caller.rights, asked.cluster.id, Needs::kRead);
  for (const auto& kind : objects::user_kinds(asked.wanted.what)) {
    mirror::Query query;
    query.kind = kind.plural;
    query.name_space = asked.name_space;
    query.name_spaces = visible;
    query.limit = mirror::kMaxPage;
    query.where = [&](const wire::MirrorRow& row) {
      return !objects::how_used(row, asked.wanted).empty();
    };
    const auto page = services.mirror.list(asked.cluster.id, query);
    if (!page) continue;
    for (const auto& row : page->rows) {
      found.all.push_back(objects::user_of(row, kind.kind, objects::how_used(row, asked.wanted)));
    }
    if (!page->next.empty()) {
      found.incomplete.push_back("more than " + std::to_string(mirror::kMaxPage) + " " +
                                 query.kind);
    }
    if (page->freshness.known) {
      take_freshness(page->freshness, found.freshness);
    } else {
      found.incomplete.push_back(query.kind + " are not known yet");
    }
  }
}

/// Names of the pods whose template no row of the mirror has.
std::vector<std::string> lone_pods(const Services& services, const UsersAsked& asked) {
  mirror::Query query;
  query.kind = "pods";
  query.name_space = asked.name_space;
  query.limit = kMaxLonePods + 1;
  query.where = [](const wire::MirrorRow& row) {
    const auto& phase = row.pod().phase();
    return phase != "Succeeded" && phase != "Failed" &&
           std::ranges::find(kTemplated, row.meta().owner_kind()) == kTemplated.end();
  };
  std::vector<std::string> names;
  const auto page = services.mirror.list(asked.cluster.id, query);
  if (!page) return names;
  for (const auto& row : page->rows) names.push_back(row.meta().name());
  return names;
}

User user(const UsersAsked& asked, const char* kind, const json::object& object, std::string how) {
  return {.kind = kind,
          .name_space = asked.name_space,
          .name = workloads::text_of(object, "metadata", "name"),
          .how = std::move(how),
          .owner_kind = {},
          .owner_name = {}};
}

base::Task<> look_at_lone_pods(Services& services, const UsersAsked& asked, FoundUsers& found) {
  auto names = lone_pods(services, asked);
  if (names.size() > kMaxLonePods) {
    names.resize(kMaxLonePods);
    found.incomplete.push_back("more than " + std::to_string(kMaxLonePods) +
                               " pods that are of no workload");
  }
  for (const auto& name : names) {
    auto pod = co_await read_kube(
        services, asked.caller, asked.cluster.name,
        "api/v1/namespaces/" + asked.name_space + "/pods/" + net::percent_encoded(name));
    if (!pod && pod.error().code == base::ErrorCode::kNotFound) continue;
    if (!pod) {
      found.incomplete.push_back("pods that are of no workload: " + pod.error().message);
      co_return;
    }
    auto how = asked.wanted.what == Used::kSecret
                   ? objects::how_pod_uses_secret(*pod, asked.wanted.name)
                   : objects::how_pod_uses_config_map(*pod, asked.wanted.name);
    if (!how.empty()) found.all.push_back(user(asked, "Pod", *pod, std::move(how)));
  }
}

/// A kind that the mirror has no row of, or not with its Secrets.
struct ListedKind {
  const char* kind;
  const char* root;
  const char* plural;
  std::string (*how)(const json::object&, const std::string&);
};

base::Task<> look_at_list(Services& services, const UsersAsked& asked, ListedKind kind,
                          FoundUsers& found) {
  auto list = co_await read_kube(
      services, asked.caller, asked.cluster.name,
      std::string(kind.root) + "/namespaces/" + asked.name_space + "/" + kind.plural + kListed);
  if (!list) {
    found.incomplete.push_back(std::string(kind.plural) + ": " + list.error().message);
    co_return;
  }
  const auto* items = list->if_contains("items");
  if (items == nullptr || !items->is_array()) co_return;
  for (const auto& item : items->get_array()) {
    if (!item.is_object()) continue;
    auto how = kind.how(item.get_object(), asked.wanted.name);
    if (!how.empty()) {
      found.all.push_back(user(asked, kind.kind, item.get_object(), std::move(how)));
    }
  }
  if (!workloads::text_of(*list, "metadata", "continue").empty()) {
    found.incomplete.push_back("more than 500 " + std::string(kind.plural));
  }
}

bool has_ingresses(const Services& services, const UsersAsked& asked) {
  mirror::Query query;
  query.kind = "ingresses";
  query.name_space = asked.name_space;
  query.limit = 1;
  const auto page = services.mirror.list(asked.cluster.id, query);
  return page && !page->rows.empty();
}

}  // namespace

base::Task<FoundUsers> find_users(Services& services, UsersAsked asked) {
  FoundUsers found;
  look_in_mirror(services, asked, found);
  const auto what = asked.wanted.what;
  if (what == Used::kConfigMap || what == Used::kSecret) {
    co_await look_at_lone_pods(services, asked, found);
  }
  if (what == Used::kSecret) {
    co_await look_at_list(
        services, asked, {"ServiceAccount", "api/v1", "serviceaccounts", objects::how_account_uses},
        found);
    if (has_ingresses(services, asked)) {
      co_await look_at_list(
          services, asked,
          {"Ingress", "apis/networking.k8s.io/v1", "ingresses", objects::how_ingress_uses}, found);
    }
  }
  found.all = objects::folded(std::move(found.all));
  co_return found;
}

}  // namespace slipway::http
