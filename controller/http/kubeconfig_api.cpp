// SPDX-License-Identifier: Apache-2.0
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "controller/http/encoding.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"

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
                   const std::string& ca_pem, const std::string& token) {
  YAML::Emitter out;
  const auto context = user + "@" + cluster;
  out << YAML::BeginMap << YAML::Key << "apiVersion" << YAML::Value << "v1";
  out << YAML::Key << "kind" << YAML::Value << "Config";
  out << YAML::Key << "clusters" << YAML::Value << YAML::BeginSeq << YAML::BeginMap;
  out << YAML::Key << "name" << YAML::Value << cluster;
  out << YAML::Key << "cluster" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << "server" << YAML::Value << server;
  out << YAML::Key << "certificate-authority-data" << YAML::Value << base64(ca_pem);
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
  out << YAML::EndMap << YAML::EndMap << YAML::EndSeq;
  out << YAML::Key << "current-context" << YAML::Value << context;
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

base::Task<Answer> kubeconfig(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto cluster = services.clusters.get(call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  auto host = authority(call.request.headers);
  if (!host) co_return base::fail(host);
  const auto& user = call.caller.user;
  auto made = services.accounts.tokens().add(user.id, "kubeconfig " + cluster->spec.name,
                                             access::kDefaultTokenLife);
  if (!made) co_return base::fail(made);
  const auto server = "https://" + *host + "/api/v1/clusters/" + cluster->spec.name + "/proxy";
  co_return text_response(
      200, render(cluster->spec.name, user.name, server, services.roots_pem(), made->text),
      "application/yaml");
}

}  // namespace

Routes kubeconfig_routes(Services& services) {
  return {{.method = "GET",
           .pattern = "/api/v1/clusters/{cluster}/kubeconfig",
           .action = "kubeconfig.create",
           .answer = [&services](Call call) { return kubeconfig(services, std::move(call)); }}};
}

}  // namespace slipway::http
