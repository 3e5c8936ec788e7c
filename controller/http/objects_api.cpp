// SPDX-License-Identifier: Apache-2.0
// Single objects in Kubernetes' own form, of whatever kind: what forms and YAML editors read and
// write. Lists come from the mirror (mirror_api).
#include <boost/json.hpp>

#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/object_writes.hpp"
#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "controller/http/strict_json.hpp"
#include "controller/workloads/object_reading.hpp"

namespace slipway::http {

namespace {

using base::ErrorCode;
using base::Result;
using base::Task;
using What = ObjectWrite::What;

constexpr std::size_t kMaxNamespace = 63;
constexpr std::size_t kMaxVersion = 64;

/// What the path says. A kind without namespaces is reached by the path without one, and the
/// reverse.
Task<Result<ObjectPlace>> place_in(Services& services, const Call& call) {
  ObjectPlace place{.caller = call.caller, .cluster = call.argument("cluster")};
  auto cluster = visible_cluster(services, call.caller, place.cluster);
  if (!cluster) co_return base::fail(cluster);
  if (const auto in = call.path.find("namespace"); in != call.path.end()) {
    place.name_space = in->second;
    if (!clusters::is_dns_label(place.name_space, kMaxNamespace)) {
      co_return base::fail(ErrorCode::kNotFound, "no namespace can be called so", "namespace");
    }
  }
  if (const auto name = call.path.find("name"); name != call.path.end()) {
    place.name = name->second;
    if (!is_object_name(place.name)) {
      co_return base::fail(ErrorCode::kNotFound, "no object can be called so", "name");
    }
  }
  auto resource =
      co_await find_resource(services, call.caller, place.cluster, call.argument("resource"));
  if (!resource) co_return base::fail(resource);
  if (resource->namespaced != !place.name_space.empty()) {
    co_return base::fail(ErrorCode::kNotFound,
                         resource->plural + (resource->namespaced ? " are" : " are not") +
                             " in namespaces: take the path with" +
                             (resource->namespaced ? "" : "out") + " one",
                         "resource");
  }
  place.resource = std::move(*resource);
  co_return place;
}

base::Error wrong(const std::string& field, const std::string& why) {
  return {ErrorCode::kInvalid, field + " " + why, field};
}

/// Whether the object is of the kind and place that the path says.
std::optional<base::Error> misplaced(const ObjectPlace& place,
                                     const manifest::ManifestObject& object) {
  const auto group = [](const std::string& version) {
    const auto slash = version.find('/');
    return slash == std::string::npos ? std::string{} : version.substr(0, slash);
  };
  if (object.kind != place.resource.kind) {
    return wrong("kind", "must be " + place.resource.kind + " on this path");
  }
  if (group(object.api_version) != group(place.resource.api_version)) {
    return wrong("apiVersion", "must be one of " + place.resource.api_version + "'s group");
  }
  if (!is_version(object.api_version)) {
    return wrong("apiVersion", "must be VERSION or GROUP/VERSION, as v1 or apps/v1");
  }
  if (!object.pod_namespace.empty() && object.pod_namespace != place.name_space) {
    return wrong("metadata.namespace", "must be that of the path, or absent");
  }
  if (!place.name.empty() && object.name != place.name) {
    return wrong("metadata.name", "must be that of the path");
  }
  return std::nullopt;
}

bool is_object_text(std::string_view type) {
  type = type.substr(0, type.find(';'));
  return type == "application/json" || type == "text/yaml" || type == "application/yaml" ||
         type == "application/x-yaml";
}

/// JSON escapes what is beyond the basic plane as a pair, which YAML's reader refuses: such a text
/// is written anew without escapes. What is no JSON, or not clear, stays for that reader to refuse.
std::string without_pairs(const std::string& text) {
  namespace json = boost::json;
  if (!text.contains("\\ud") && !text.contains("\\uD")) return text;
  boost::system::error_code error;
  json::parse_options bounds;
  bounds.max_depth = manifest::kManifestDepth;
  const auto value = json::parse(text, error, {}, bounds);
  return error || ambiguity_in(text) ? text : json::serialize(value);
}

/// A fault with its place in the text.
Problem fault_at(const base::Error& error, const manifest::Place& at) {
  auto problem = problem_of(error);
  problem.line = at.line;
  problem.column = at.column;
  return problem;
}

Task<std::expected<manifest::ManifestObject, Problem>> read_body(Services& services,
                                                                 const Call& call,
                                                                 const ObjectPlace& place) {
  if (!is_object_text(call.request.headers.get("Content-Type"))) {
    co_return std::unexpected(problem_of(
        {ErrorCode::kInvalid, "must be application/json or application/yaml", "Content-Type"}));
  }
  const bool is_json = call.request.headers.get("Content-Type").starts_with("application/json");
  const auto text = is_json ? without_pairs(call.request.body) : call.request.body;
  auto objects = co_await services.manifests.read(text);
  if (!objects) co_return std::unexpected(fault_at(objects.error().error, objects.error().at));
  if (objects->size() != 1) {
    co_return std::unexpected(problem_of(
        {ErrorCode::kInvalid, "send one object here; several go to /manifests", "body"}));
  }
  auto& object = objects->front();
  if (auto fault = misplaced(place, object)) {
    co_return std::unexpected(fault_at(*fault, manifest::place_of(object, fault->field)));
  }
  co_return std::move(object);
}

Task<Answer> done(Services& services, ObjectWrite write) {
  const auto request_id = write.place.caller.request_id;
  auto answer = co_await write_object(services, std::move(write));
  if (!answer) co_return to_response(answer.error(), request_id);
  co_return std::move(*answer);
}

Task<Answer> put(Services& services, Call call, What what) {
  QueryReader query(call.query);
  const bool dry_run = query.flag("dryRun", false);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto place = co_await place_in(services, call);
  if (!place) co_return base::fail(place);
  auto object = co_await read_body(services, call, *place);
  if (!object) co_return to_response(object.error(), call.caller.request_id);
  if (what == What::kReplace &&
      workloads::text_of(object->body, "metadata", "resourceVersion").empty()) {
    co_return std::unexpected(
        wrong("metadata.resourceVersion",
              "is missing: read the object, change it and send it with the version that you read"));
  }
  place->name = object->name;
  place->resource.api_version = object->api_version;
  auto answer = co_await done(
      services, {.what = what, .place = *place, .object = std::move(*object), .dry_run = dry_run});
  if (answer && answer->status == 201) {
    answer->headers.set("Location", call.request.target.substr(0, call.request.target.find('?')) +
                                        "/" + place->name);
  }
  co_return answer;
}

Task<Answer> create(Services& services, Call call) {
  co_return co_await put(services, std::move(call), What::kCreate);
}

Task<Answer> replace(Services& services, Call call) {
  co_return co_await put(services, std::move(call), What::kReplace);
}

Task<Answer> remove(Services& services, Call call) {
  QueryReader query(call.query);
  ObjectWrite write{.what = What::kDelete};
  write.dry_run = query.flag("dryRun", false);
  write.by_force = query.flag("force", false);
  write.resource_version = query.text("resourceVersion");
  if (write.resource_version.size() > kMaxVersion) query.refuse("resourceVersion", "is too long");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto place = co_await place_in(services, call);
  if (!place) co_return base::fail(place);
  write.place = std::move(*place);
  co_return co_await done(services, std::move(write));
}

Task<Answer> read(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto place = co_await place_in(services, call);
  if (!place) co_return base::fail(place);
  auto object = co_await read_object(services, std::move(*place));
  if (!object) co_return base::fail(object);
  co_return json_response(200, *object);
}

}  // namespace

Routes objects_routes(Services& services) {
  Routes all;
  const std::string cluster = "/api/v1/clusters/{cluster}";
  const auto add = [&](const std::string& collection, Needs reads, Needs writes) {
    const auto one = collection + "/{name}";
    all.push_back(plain_route(services, "GET", one, reads, "", read));
    all.push_back(plain_route(services, "POST", collection, writes, "object.create", create));
    all.push_back(plain_route(services, "PUT", one, writes, "object.replace", replace));
    all.push_back(plain_route(services, "DELETE", one, writes, "object.delete", remove));
  };
  add(cluster + "/namespaces/{namespace}/objects/{resource}", Needs::kRead, Needs::kWrite);
  // What is in no namespace is the administrators' to change; who reads what, the cluster's RBAC
  // says.
  add(cluster + "/objects/{resource}", Needs::kLook, Needs::kAdminister);
  for (auto& route : all) {
    if (route.method == "POST" || route.method == "PUT") route.max_body_bytes = kMaxManifestBytes;
  }
  return all;
}

}  // namespace slipway::http
