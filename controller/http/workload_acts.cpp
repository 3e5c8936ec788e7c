// SPDX-License-Identifier: Apache-2.0
#include "controller/http/workload_acts.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "controller/applications/application_rules.hpp"
#include "controller/applications/composition.hpp"
#include "controller/http/audit_lines.hpp"
#include "controller/http/encoding.hpp"
#include "controller/http/kube_objects.hpp"
#include "controller/http/object_change.hpp"
#include "controller/http/refusals.hpp"
#include "controller/workloads/kubernetes_features.hpp"
#include "controller/workloads/object_reading.hpp"
#include "protocol/base/json_text.hpp"
#include "protocol/net/percent.hpp"
#include "protocol/policy/resource_rules.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using base::Result;
using base::Task;
using workloads::Action;
using workloads::member;

constexpr std::size_t kMaxJobName = 63;
constexpr std::size_t kJobSuffix = 8;

/// Whether this Kubernetes can suspend Jobs, as it says itself; asked for Jobs alone.
Task<Result<bool>> jobs_suspend(Services& services, const WorkloadTarget& target) {
  if (target.kind->plural != "jobs") co_return false;
  auto version = co_await read_kube(services, target.caller, target.cluster, "version");
  if (!version) co_return base::fail(version);
  const auto known = workloads::version_in(workloads::text_in(*version, "gitVersion"));
  co_return known && !workloads::lack_of(workloads::kJobsSuspend, *known);
}

/// The root of the API that serves the kind: "apis/apps/v1". CronJobs are of batch/v1beta1 before
/// 1.21, which the API server itself says.
Task<Result<std::string>> api_root(Services& services, const WorkloadTarget& target) {
  const std::string group(target.kind->group);
  if (group.empty()) co_return std::string("api/v1");
  const auto first = "apis/" + group + "/v1";
  if (target.kind->plural != "cronjobs") co_return first;
  auto list = co_await read_kube(services, target.caller, target.cluster, first);
  if (!list) co_return base::fail(list);
  const auto* resources = list->if_contains("resources");
  const bool there =
      resources != nullptr && resources->is_array() &&
      std::ranges::any_of(resources->get_array(), [](const json::value& one) {
        return one.is_object() && workloads::text_in(one.get_object(), "name") == "cronjobs";
      });
  co_return there ? first : "apis/" + group + "/v1beta1";
}

std::string path_of(const std::string& root, const WorkloadTarget& target) {
  return root + "/namespaces/" + target.name_space + "/" + std::string(target.kind->plural) + "/" +
         net::percent_encoded(target.name);
}

workloads::Facts facts_of(const Services& services, const clusters::Cluster& cluster,
                          const WorkloadTarget& target, const json::object& object) {
  workloads::Facts facts;
  facts.single_node_claims = single_node_claims(services, cluster.id, target.name_space, object);
  mirror::Query query;
  query.kind = "horizontalpodautoscalers";
  query.name_space = target.name_space;
  query.limit = 1;
  query.where = [&](const wire::MirrorRow& row) {
    return row.autoscaler().target_kind() == target.kind->kind &&
           row.autoscaler().target_name() == target.name;
  };
  const auto found = services.mirror.list(cluster.id, query);
  if (found && !found->rows.empty()) facts.autoscaler = found->rows.front().meta().name();
  return facts;
}

std::string job_name(const std::string& of) {
  return of.substr(0, kMaxJobName - kJobSuffix - 1) + "-" + base::new_id().substr(0, kJobSuffix);
}

/// It is no longer of the application whose workloads are acted on.
std::optional<workloads::Refusal> left(const json::object& object, const std::string& application) {
  if (application.empty()) return std::nullopt;
  const auto& labels = member(member(object, "metadata"), "labels");
  const auto now = workloads::text_in(labels, applications::kApplicationLabel);
  if (now == application) return std::nullopt;
  return workloads::Refusal{base::ErrorCode::kConflict, "name", applications::kLeft,
                            "it is no longer of application " + application};
}

json::object view_of(const WorkloadTarget& target, const WorkloadOrder& order) {
  json::object out{{"kind", target.kind->kind},
                   {"namespace", target.name_space},
                   {"name", target.name},
                   {"action", workloads::name_of(order.action)},
                   {"ok", true}};
  if (order.dry_run) out["dryRun"] = true;
  return out;
}

WorkloadDone done_of(const WorkloadTarget& target, const WorkloadOrder& order,
                     const intents::Outcome& outcome) {
  WorkloadDone done{.status = 200, .view = view_of(target, order)};
  done.view["intent"] = outcome.id.value;
  if (outcome.state != intents::State::kDone) {
    done.status = 202;
    done.view["status"] = done.status;
    done.view["waiting"] = true;
    return done;
  }
  done.view["status"] = done.status;
  const auto body = base::read_json(outcome.answer.body());
  if (!body || !body->is_object()) return done;
  const auto version = workloads::text_of(body->get_object(), "metadata", "resourceVersion");
  if (!version.empty()) done.view["resourceVersion"] = version;
  if (order.action == Action::kRun) {
    done.view["made"] = workloads::text_of(body->get_object(), "metadata", "name");
  }
  return done;
}

/// The template of the revision that is asked for.
Task<std::expected<json::object, Problem>> earlier_template(Services& services,
                                                            const WorkloadTarget& target,
                                                            const WorkloadOrder& order) {
  auto history = co_await read_history(services, target);
  if (!history) co_return std::unexpected(http::problem_of(history.error()));
  auto revision = workloads::revision_at(history->revisions, order.revision);
  if (!revision) co_return std::unexpected(http::problem_of(revision.error()));
  co_return std::move(revision->pod_template);
}

}  // namespace

json::array changes_view(const json::value& from, const json::value& to) {
  json::array changes;
  for (const auto& one : workloads::differences(from, to)) {
    json::object change{{"path", one.path}};
    if (one.from) change["from"] = *one.from;
    if (one.to) change["to"] = *one.to;
    changes.push_back(std::move(change));
  }
  return changes;
}

std::vector<std::string> single_node_claims(const Services& services,
                                            const base::ClusterId& cluster,
                                            const std::string& name_space,
                                            const json::object& object) {
  std::vector<std::string> names;
  for (const auto& name : policy::claims_of(object)) {
    const auto row = services.mirror.find(cluster, "persistentvolumeclaims", name_space, name);
    if (!row) continue;
    const auto& modes = row->claim().access_modes();
    if (policy::is_single_node({modes.begin(), modes.end()})) names.push_back(name);
  }
  return names;
}

Task<std::expected<WorkloadDone, Problem>> act(Services& services, WorkloadTarget target,
                                               WorkloadOrder order) {
  const auto cluster = services.clusters.get(target.cluster);
  if (!cluster) co_return std::unexpected(http::problem_of(cluster.error()));
  auto root = co_await api_root(services, target);
  if (!root) co_return std::unexpected(http::problem_of(root.error()));
  workloads::Asked asked{.action = order.action,
                         .replicas = order.replicas,
                         .resource_version = order.resource_version,
                         .now = base::to_rfc3339(services.clock.utc()),
                         .job_name = job_name(target.name)};
  if (order.action == Action::kRollBack) {
    auto earlier = co_await earlier_template(services, target, order);
    if (!earlier) co_return std::unexpected(earlier.error());
    asked.pod_template = std::move(*earlier);
  }
  auto suspends = co_await jobs_suspend(services, target);
  if (!suspends) co_return std::unexpected(http::problem_of(suspends.error()));
  auto plan = [&](const json::object& object) -> workloads::Ruled<workloads::Change> {
    if (auto why = left(object, order.application)) return std::unexpected(std::move(*why));
    auto facts = facts_of(services, *cluster, target, object);
    facts.jobs_suspend = *suspends;
    return workloads::plan(*target.kind, object, facts, asked);
  };
  auto outcome = co_await change_object(
      services,
      {target.caller, cluster->id, path_of(*root, target), target.name_space,
       std::string(workloads::name_of(order.action)) + " " + std::string(target.kind->kind) + " " +
           target.name + " in " + target.name_space},
      std::move(plan), order.dry_run);
  if (!outcome) co_return std::unexpected(outcome.error());
  co_return done_of(target, order, *outcome);
}

Task<Result<std::string>> path_of(Services& services, WorkloadTarget target) {
  auto root = co_await api_root(services, target);
  if (!root) co_return root;
  co_return path_of(*root, target);
}

json::object refused_view(const WorkloadTarget& target, std::string_view action,
                          const Problem& why) {
  json::object out{{"kind", target.kind->kind},
                   {"namespace", target.name_space},
                   {"name", target.name},
                   {"action", action},
                   {"ok", false},
                   {"status", why.status},
                   {"message", why.detail}};
  put_text(out, "field", why.field);
  put_text(out, "rule", why.rule);
  put_text(out, "seen", why.seen);
  put_text(out, "current", why.current);
  return out;
}

void audit_act(Services& services, const WorkloadTarget& target, std::string_view action,
               const Problem* why) {
  services.audit.record(
      by(target.caller,
         {.action = "workload." + std::string(action),
          .object = "clusters/" + target.cluster + "/namespaces/" + target.name_space +
                    "/workloads/" + std::string(target.kind->plural) + "/" + target.name,
          .outcome = why == nullptr ? "ok" : why->code,
          .detail = why == nullptr ? "" : why->detail,
          .cluster = cluster_name(services, target.cluster),
          .name_space = target.name_space}));
}

Task<Result<WorkloadHistory>> read_history(Services& services, WorkloadTarget target) {
  auto root = co_await api_root(services, target);
  if (!root) co_return base::fail(root);
  auto object = co_await read_kube(services, target.caller, target.cluster, path_of(*root, target));
  if (!object) co_return base::fail(object);
  WorkloadHistory history;
  if (target.kind->group == "apps") {
    std::string selector;
    for (const auto& [key, value] :
         member(member(member(*object, "spec"), "selector"), "matchLabels")) {
      if (!value.is_string()) continue;
      selector +=
          (selector.empty() ? "" : ",") + std::string(key) + "=" + std::string(value.get_string());
    }
    const bool sets = target.kind->plural == "deployments";
    auto kept = co_await read_kube(services, target.caller, target.cluster,
                                   *root + "/namespaces/" + target.name_space + "/" +
                                       (sets ? "replicasets" : "controllerrevisions") +
                                       "?labelSelector=" + net::percent_encoded(selector));
    if (!kept) co_return base::fail(kept);
    const auto* items = kept->if_contains("items");
    if (items != nullptr && items->is_array()) {
      history.revisions = workloads::revisions_of(*object, items->get_array());
    }
  }
  history.object = std::move(*object);
  co_return history;
}

}  // namespace slipway::http
