// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/intent_views.hpp"
#include "controller/http/mirror_views.hpp"
#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxNamespaceName = 63;
constexpr std::size_t kMaxProjectId = 64;

/// Sends one request to the API server as an intent; the answer is an ApplyResult of one object.
base::Task<Answer> submit(Services& services, std::string cluster_name, wire::KubeRequest request,
                          std::string name, int status, std::string action) {
  auto cluster = services.clusters.get(cluster_name);
  if (!cluster) co_return base::fail(cluster);
  wire::Intent intent;
  *intent.mutable_request() = std::move(request);
  auto outcome = co_await services.intents.submit(cluster->id, std::move(intent), kIntentWait);
  if (!outcome) co_return base::fail(outcome);
  if (outcome->state != intents::State::kDone) co_return json_response(202, view(*outcome));
  if (!outcome->answer.ok()) co_return std::unexpected(refusal_of(outcome->answer));
  if (outcome->answer.objects().empty()) {
    auto* object = outcome->answer.add_objects();
    object->set_kind("Namespace");
    object->set_name(name);
    object->set_ok(true);
    object->set_http_status(outcome->answer.http_status());
    object->set_action(action);
  }
  co_return json_response(status, view(*outcome));
}

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

base::Task<Answer> create_namespace(Services& services, Call call) {
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  auto name = in.text("name", kMaxNamespaceName);
  if (!clusters::is_dns_label(name, kMaxNamespaceName)) {
    in.refuse("name", "must be a DNS label: a-z, 0-9 and -, at most 63 characters");
  }
  const auto wanted = in.optional_text("project", kMaxProjectId);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  const auto project = choose_project(services, call.caller, wanted);
  if (!project) co_return base::fail(project);
  if (*project && is_of_kubernetes(name)) co_return std::unexpected(of_kubernetes(name));
  boost::json::object metadata{{"name", name}};
  if (*project) metadata["labels"] = labels_of(*project);
  wire::KubeRequest request;
  request.set_method("POST");
  request.set_path("/api/v1/namespaces");
  request.set_content_type("application/json");
  request.set_body(boost::json::serialize(boost::json::object{
      {"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", std::move(metadata)}}));
  auto answer =
      co_await submit(services, call.argument("cluster"), std::move(request), name, 201, "created");
  if (answer) {
    answer->headers.set("Location",
                        "/api/v1/clusters/" + call.argument("cluster") + "/namespaces/" + name);
  }
  co_return answer;
}

/// Gives a namespace that is there to a project, or takes it out of all.
base::Task<Answer> set_project(Services& services, Call call) {
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
  wire::KubeRequest request;
  request.set_method("PATCH");
  request.set_path("/api/v1/namespaces/" + name);
  request.set_content_type("application/merge-patch+json");
  request.set_body(boost::json::serialize(
      boost::json::object{{"metadata", boost::json::object{{"labels", labels_of(*project)}}}}));
  co_return co_await submit(services, call.argument("cluster"), std::move(request), name, 200,
                            "configured");
}

base::Task<Answer> remove(Services& services, Call call) {
  const auto& name = call.argument("namespace");
  if (!clusters::is_dns_label(name, kMaxNamespaceName)) {
    co_return base::fail(base::ErrorCode::kNotFound, "no such namespace");
  }
  wire::KubeRequest request;
  request.set_method("DELETE");
  request.set_path("/api/v1/namespaces/" + name);
  co_return co_await submit(services, call.argument("cluster"), std::move(request), name, 200,
                            "deleted");
}

boost::json::object named(const std::string& id, const std::string& name) {
  return {{"id", id}, {"name", name}};
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
    mirror::Query query;
    query.kind = "namespaces";
    query.limit = mirror::kMaxPage;
    query.where = [&](const wire::MirrorRow& row) {
      return is_visible(visible, row.meta().name());
    };
    do {
      const auto page = services.mirror.list(cluster.id, query);
      if (!page) break;
      for (const auto& row : page->rows) all.push_back({cluster, row});
      query.cursor = page->next;
    } while (!query.cursor.empty());
  }
  return all;
}

boost::json::object whole_view(const Services& services, const Caller& caller,
                               const Placed& placed) {
  auto out = view(placed.row);
  out["cluster"] = named(placed.cluster.id.value, placed.cluster.name);
  const auto place = place_of(services, placed.cluster.id, placed.row);
  if (const auto project = services.accounts.tenancy().project(place.project)) {
    out["project"] = named(project->id.value, project->name);
    out["department"] = named(project->department.id.value, project->department.name);
  }
  if (const auto role = access::role_in(caller.rights, place)) {
    out["role"] = access::name_of(*role);
  }
  return out;
}

base::Task<Answer> list_everywhere(Services& services, Call call) {
  QueryReader query(call.query);
  const auto page = read_page(query);
  const auto cluster = query.text("cluster");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return page_response(
      all_visible(services, call.caller, cluster), page, key_of,
      [&](const Placed& placed) { return whole_view(services, call.caller, placed); });
}

/// Where namespaces are or can be: names alone, for who has no management view.
base::Task<Answer> list_cluster_names(Services& services, Call call) {
  QueryReader query(call.query);
  const auto page = read_page(query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto all = services.clusters.list();
  std::erase_if(all, [&](const auto& cluster) {
    return !visible_cluster(services, call.caller, cluster.id.value);
  });
  co_return page_response(
      all, page, [](const auto& cluster) { return cluster.id.value; },
      [](const auto& cluster) {
        auto out = named(cluster.id.value, cluster.spec.name);
        out["kubernetesVersion"] = cluster.spec.kubernetes_version;
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
