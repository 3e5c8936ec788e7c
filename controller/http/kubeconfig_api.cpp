// SPDX-License-Identifier: Apache-2.0
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "controller/objects/base64.hpp"

namespace slipway::http {

namespace {

/// The authority that the caller reached us by; what is none would break the file.
base::Result<std::string> authority(const net::Headers& headers) {
  std::string host(headers.get("Host"));
  const bool good = !host.empty() && std::ranges::all_of(host, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
  if (!good) return base::fail(base::ErrorCode::kInvalid, "the request has no good Host", "Host");
  return host;
}

std::string render(const std::string& cluster, const std::string& user, const std::string& server,
                   const std::string& ca_pem, const std::string& token,
                   const std::string& name_space) {
  YAML::Emitter out;
  const auto context = user + "@" + cluster;
  out << YAML::BeginMap << YAML::Key << "apiVersion" << YAML::Value << "v1";
  out << YAML::Key << "kind" << YAML::Value << "Config";
  out << YAML::Key << "clusters" << YAML::Value << YAML::BeginSeq << YAML::BeginMap;
  out << YAML::Key << "name" << YAML::Value << cluster;
  out << YAML::Key << "cluster" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << "server" << YAML::Value << server;
  out << YAML::Key << "certificate-authority-data" << YAML::Value << objects::base64(ca_pem);
  out << YAML::EndMap << YAML::EndMap << YAML::EndSeq;
  out << YAML::Key << "users" << YAML::Value << YAML::BeginSeq << YAML::BeginMap;
  out << YAML::Key << "name" << YAML::Value << user;
  out << YAML::Key << "user" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << "token" << YAML::Value << token;
  out << YAML::EndMap << YAML::EndMap << YAML::EndSeq;
  out << YAML::Key << "contexts" << YAML::Value << YAML::BeginSeq << YAML::BeginMap;
  out << YAML::Key << "name" << YAML::Value << context;
  out << YAML::Key << "context" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << "cluster" << YAML::Value << cluster;
  out << YAML::Key << "user" << YAML::Value << user;
  if (!name_space.empty()) out << YAML::Key << "namespace" << YAML::Value << name_space;
  out << YAML::EndMap << YAML::EndMap << YAML::EndSeq;
  out << YAML::Key << "current-context" << YAML::Value << context;
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

/// Who does not see the whole cluster begins in a namespace of theirs: "default" is not.
base::Result<std::string> first_namespace(const Services& services, const Caller& caller,
                                          const base::ClusterId& cluster) {
  const auto visible = visible_namespaces(services, caller.rights, cluster);
  if (!visible) return std::string{};
  for (const auto& name : *visible) {
    const auto row = services.mirror.find(cluster, "namespaces", "", name);
    if (row && row->meta().deleted_utc_ms() == 0) return name;  // not one that is on its way out
  }
  return base::fail(base::ErrorCode::kDenied,
                    "your projects have no namespace in this cluster; your department's "
                    "administrators and administrators can make one");
}

base::Task<Answer> kubeconfig(Services& services, Call call) {
  QueryReader query(call.query);
  const auto wanted = query.text("namespace");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  auto first = first_namespace(services, call.caller, cluster->id);
  if (!first) co_return base::fail(first);
  if (!wanted.empty()) {
    const auto visible = visible_namespaces(services, call.caller.rights, cluster->id);
    if (!is_visible(visible, wanted) ||
        !services.mirror.find(cluster->id, "namespaces", "", wanted)) {
      co_return base::fail(base::ErrorCode::kNotFound, "no namespace " + wanted, "namespace");
    }
    *first = wanted;
  }
  auto host = authority(call.request.headers);
  if (!host) co_return base::fail(host);
  const auto& user = call.caller.user;
  const auto& name = cluster->name;
  // Good for this cluster's API server and namespaces, and for nothing else.
  auto scope = call.caller.rights.scope;
  scope.cluster = cluster->id.value;
  auto made = services.accounts.tokens().add(user.id, "kubeconfig " + name,
                                             access::kDefaultTokenLife, scope);
  if (!made) co_return base::fail(made);
  const auto server = "https://" + *host + "/api/v1/clusters/" + name + "/proxy";
  co_return text_response(200,
                          render(name, user.name, server, services.roots_pem(), made->text, *first),
                          "application/yaml");
}

}  // namespace

Routes kubeconfig_routes(Services& services) {
  // A GET that makes a token: who may make none gets none by it.
  return {plain_route(services, "GET", "/api/v1/clusters/{cluster}/kubeconfig", Needs::kMakeToken,
                      "kubeconfig.create", kubeconfig)};
}

}  // namespace slipway::http
