// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/kube_asking.hpp"
#include "controller/http/lists.hpp"
#include "controller/http/namespace_views.hpp"
#include "controller/http/places.hpp"
#include "controller/http/quota_enforcement.hpp"
#include "controller/http/quota_views.hpp"
#include "controller/http/resources.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxNamespaceName = 63;
constexpr std::size_t kMaxProjectId = 64;
constexpr std::chrono::seconds kSeenWait{2};

/// The project that a namespace shall be of, and that the caller keeps namespaces of; empty where
/// none is named, which is an administrator's to do.
base::Result<std::optional<access::Project>> choose_project(const Services& services,
                                                            const Caller& caller,
                                                            const std::string& id) {
  auto project = services.accounts.tenancy().project({id});
  const auto place = project ? place_of(*project) : access::Place{};
  const auto may = access::decide(caller.rights, Needs::kKeepNamespaces, true, &place);
  if (!may && id.empty()) {
    return base::fail(base::ErrorCode::kInvalid,
                      "project is missing: only administrators make namespaces of no project",
                      "project");
  }
  if (!may) return base::fail(may);
  if (!id.empty() && !project) {
    return base::fail(base::ErrorCode::kInvalid, "no project " + id, "project");
  }
  return project;
}

boost::json::object labels_of(const std::optional<access::Project>& project) {
  boost::json::object labels{{kProjectLabel, nullptr}, {kDepartmentLabel, nullptr}};
  if (!project) return labels;  // null takes a label away
  labels[kProjectLabel] = project->id.value;
  labels[kDepartmentLabel] = project->department.id.value;
  return labels;
}

base::Error of_kubernetes(const std::string& name) {
  return {base::ErrorCode::kInvalid,
          "namespace " + name + " is Kubernetes' own and can be of no project", "project"};
}

/// Waits, was refused, or is done.
Answer answer_of(const base::Result<intents::Outcome>& outcome, int status) {
  if (!outcome) return base::fail(outcome);
  if (outcome->state != intents::State::kDone) return json_response(202, view(*outcome));
  if (!outcome->answer.ok()) return std::unexpected(refusal_of(outcome->answer));
  return json_response(status, view(*outcome));
}

/// Whether the cluster will not do it, or did not.
bool is_refused(const base::Result<intents::Outcome>& outcome) {
  return !outcome || (outcome->state == intents::State::kDone && !outcome->answer.ok());
}

/// A namespace that shall be.
struct NewNamespace {
  std::string name;
  std::optional<access::Project> project;
  quotas::Amounts amounts;
  bool dry_run = false;
};

base::Result<NewNamespace> read_new(const Services& services, const Call& call) {
  QueryReader query(call.query);
  NewNamespace wanted{.dry_run = query.flag("dryRun", false)};
  if (auto fault = query.fault()) return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) return base::fail(body);
  ObjectReader in(*body);
  wanted.name = in.text("name", kMaxNamespaceName);
  if (!clusters::is_dns_label(wanted.name, kMaxNamespaceName)) {
    in.refuse("name", "must be a DNS label: a-z, 0-9 and -, at most 63 characters");
  }
  const auto id = in.optional_text("project", kMaxProjectId);
  wanted.amounts = read_amounts(in, "quota");
  if (auto fault = in.fault()) return std::unexpected(*fault);
  auto project = choose_project(services, call.caller, id);
  if (!project) return base::fail(project);
  wanted.project = std::move(*project);
  const bool governed = wanted.project || !wanted.amounts.empty();
  if (governed && is_of_kubernetes(wanted.name)) {
    return std::unexpected(of_kubernetes(wanted.name));
  }
  return wanted;
}

KubeAsking to_make(const NewNamespace& wanted) {
  boost::json::object metadata{{"name", wanted.name}};
  if (wanted.project) metadata["labels"] = labels_of(wanted.project);
  return {.method = "POST",
          .path = std::string("/api/v1/namespaces") + (wanted.dry_run ? "?dryRun=All" : ""),
          .content_type = "application/json",
          .body = boost::json::serialize(boost::json::object{
              {"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", std::move(metadata)}}),
          .kind = "Namespace",
          .name = wanted.name,
          .action = "created"};
}

/// Rights in a namespace go by the mirror: who made it shall not be told that it is not theirs. The
/// mirror is milliseconds behind; one that is not live is not waited for.
base::Task<> until_seen(Services& services, const base::ClusterId& cluster,
                        const std::string& name) {
  auto subscription = services.changes.subscribe();
  if (!subscription) co_return;  // whoever hurries is told to come back
  const auto seen = [&]() -> base::Task<base::Result<>> {
    while (services.mirror.freshness(cluster, "namespaces").live &&
           !services.mirror.find(cluster, "namespaces", "", name)) {
      if ((co_await (*subscription)->next()).empty()) break;
    }
    co_return base::Result<>{};
  };
  (void)co_await base::with_timeout(kSeenWait, "the namespace in the mirror", seen());
}

/// First the row, which is weighed; then the namespace; then its objects. What is lost between two
/// of them, the quota keeper finds.
base::Task<Answer> create_namespace(Services& services, Call call) {
  auto wanted = read_new(services, call);
  if (!wanted) co_return base::fail(wanted);
  auto cluster = services.clusters.named(call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  if (wanted->dry_run) {  // it must not wait for a cluster that comes back
    auto gateway = services.clusters.connected_gateway(cluster->id.value);
    if (!gateway) co_return base::fail(gateway);
  }
  const quotas::Where where{cluster->id, wanted->name};
  const base::IntentId id{base::new_id()};
  release_if_gone(services, where);
  auto allotted = services.quotas.allot({.where = where,
                                         .project = wanted->project,
                                         .amounts = wanted->amounts,
                                         .only_weigh = wanted->dry_run},
                                        id);
  if (!allotted) co_return refusal_response(allotted.error(), call.caller.request_id);
  auto outcome = co_await ask_cluster(services, cluster->id, to_make(*wanted), id);
  if (wanted->dry_run || is_refused(outcome) || outcome->state != intents::State::kDone) {
    if (!wanted->dry_run && is_refused(outcome)) services.quotas.release(where);
  } else {
    services.quotas.made(where);
    const auto objects =
        wanted_objects(services, *allotted, made_by_kubernetes(services, cluster->id));
    if (objects != quotas::QuotaObjects{}) {
      auto kept = co_await enforce(services, cluster->id, wanted->name, objects, false);
      if (kept) outcome->answer.mutable_objects()->MergeFrom(kept->answer.objects());
    }
    co_await until_seen(services, cluster->id, wanted->name);
  }
  if (is_refused(outcome)) co_return answer_of(outcome, 0);
  auto body = view(*outcome);
  body["quota"] = quota_view(services, cluster->id, *allotted);
  const bool done = outcome->state == intents::State::kDone;
  auto answer = json_response(!done ? 202 : wanted->dry_run ? 200 : 201, body);
  if (!wanted->dry_run) {
    answer.headers.set(
        "Location", "/api/v1/clusters/" + call.argument("cluster") + "/namespaces/" + wanted->name);
  }
  co_return answer;
}

/// Gives a namespace that is there to a project, or takes it out of all. Its quota goes with it
/// from one budget to the other.
base::Task<Answer> set_project(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  const auto wanted = in.optional_text("project", kMaxProjectId);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  const auto& name = call.argument("namespace");
  if (!clusters::is_dns_label(name, kMaxNamespaceName)) {
    co_return base::fail(base::ErrorCode::kNotFound, "no such namespace", "namespace");
  }
  const auto project = choose_project(services, call.caller, wanted);
  if (!project) co_return base::fail(project);
  if (*project && is_of_kubernetes(name)) co_return std::unexpected(of_kubernetes(name));
  auto cluster = services.clusters.named(call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  const quotas::Where where{cluster->id, name};
  const base::IntentId id{base::new_id()};
  const auto was = services.quotas.find(where);
  const auto moved = services.quotas.move(where, *project, id);
  if (!moved) co_return refusal_response(moved.error(), call.caller.request_id);
  auto outcome = co_await ask_cluster(
      services, cluster->id,
      {.method = "PATCH",
       .path = "/api/v1/namespaces/" + name,
       .content_type = kMergePatch,
       .body = boost::json::serialize(
           boost::json::object{{"metadata", boost::json::object{{"labels", labels_of(*project)}}}}),
       .kind = "Namespace",
       .name = name,
       .action = "configured"},
      id);
  if (is_refused(outcome)) {
    services.quotas.undo_move(where, was);
  } else if (outcome->state == intents::State::kDone) {
    services.quotas.made(where);
  }
  co_return answer_of(outcome, 200);
}

base::Task<Answer> remove(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  const auto& name = call.argument("namespace");
  if (!clusters::is_dns_label(name, kMaxNamespaceName)) {
    co_return base::fail(base::ErrorCode::kNotFound, "no such namespace");
  }
  auto cluster = services.clusters.named(call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  auto outcome = co_await ask_cluster(services, cluster->id,
                                      {.method = "DELETE",
                                       .path = "/api/v1/namespaces/" + name,
                                       .kind = "Namespace",
                                       .name = name,
                                       .action = "deleted"});
  co_return answer_of(outcome, 200);
}

/// A namespace of one of the clusters.
struct Placed {
  clusters::ClusterName cluster;
  wire::MirrorRow row;
};

std::string key_of(const Placed& placed) {
  return placed.cluster.name + "/" + placed.row.meta().name();
}

std::vector<Placed> all_visible(const Services& services, const Caller& caller,
                                const std::string& only) {
  std::vector<Placed> all;
  for (const auto& cluster : services.clusters.names()) {
    if (!only.empty() && only != cluster.id.value && only != cluster.name) continue;
    const auto visible = visible_namespaces(services, caller.rights, cluster.id);
    for (auto& row : services.mirror.all(cluster.id, "namespaces")) {
      if (is_visible(visible, row.meta().name())) all.push_back({cluster, std::move(row)});
    }
  }
  return all;
}

const ListColumns<Placed>& columns() {
  using Column = ListColumn<Placed>;
  static const ListColumns<Placed> all{
      {"name", [](const auto& one) { return one.row.meta().name(); }, Column::kSearch},
      {"cluster", [](const auto& one) { return one.cluster.name; }, Column::kSearch},
      {"status", [](const auto& one) { return one.row.ns().phase(); }},
      {"created", [](const auto& one) {
         return sortable(base::from_unix_ms(one.row.meta().created_utc_ms()));
       }}};
  return all;
}

const ListColumns<clusters::Cluster>& cluster_columns() {
  using Column = ListColumn<clusters::Cluster>;
  static const ListColumns<clusters::Cluster> all{
      {"name", [](const auto& one) { return one.spec.name; }, Column::kSearch},
      {"version", [](const auto& one) { return one.spec.kubernetes_version; }}};
  return all;
}

base::Task<Answer> list_everywhere(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  const auto cluster = query.text("cluster");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return list_response(all_visible(services, call.caller, cluster), asked, columns(), key_of,
                          [&](const Placed& placed) {
                            return placed_view(services, call.caller, placed.cluster, placed.row);
                          });
}

/// Where namespaces are or can be: names alone, for who has no management view.
base::Task<Answer> list_cluster_names(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, cluster_columns());
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto all = services.clusters.list();
  std::erase_if(all, [&](const auto& cluster) {
    return !visible_cluster(services, call.caller, cluster.id.value);
  });
  co_return list_response(
      std::move(all), asked, cluster_columns(),
      [](const auto& cluster) { return cluster.id.value; },
      [](const auto& cluster) {
        boost::json::object out{{"id", cluster.id.value}, {"name", cluster.spec.name}};
        out["kubernetesVersion"] = cluster.spec.kubernetes_version;
        out["reachable"] = cluster.reachable;
        return out;
      });
}

}  // namespace

Routes namespaces_routes(Services& services) {
  const std::string of_cluster = "/api/v1/clusters/{cluster}/namespaces";
  const std::string one = of_cluster + "/{namespace}";
  return {
      plain_route(services, "GET", "/api/v1/namespaces", Needs::kLook, "", list_everywhere),
      plain_route(services, "GET", "/api/v1/cluster-names", Needs::kLook, "", list_cluster_names),
      plain_route(services, "POST", of_cluster, Needs::kKeepNamespaces, "namespace.create",
                  create_namespace),
      plain_route(services, "PUT", one + "/project", Needs::kAdminister, "namespace.move",
                  set_project),
      plain_route(services, "DELETE", one, Needs::kKeepNamespaces, "namespace.delete", remove)};
}

}  // namespace slipway::http
