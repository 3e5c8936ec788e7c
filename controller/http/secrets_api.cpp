// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/http/audit_lines.hpp"
#include "controller/http/kube_objects.hpp"
#include "controller/http/object_writes.hpp"
#include "controller/http/places.hpp"
#include "controller/http/refusals.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "controller/objects/pull_secret.hpp"
#include "controller/objects/secret_values.hpp"
#include "controller/workloads/object_reading.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxRegistry = 512;
constexpr std::size_t kMaxPassword = 16 << 10;  // some registries give signed tokens
constexpr std::size_t kMaxKeys = 64;
const KubeResource kSecrets{.api_version = "v1", .plural = "secrets", .kind = "Secret"};

/// "a,b"; none: all.
std::vector<std::string> read_keys(QueryReader& query) {
  std::vector<std::string> keys;
  const auto text = query.text("keys");
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto end = std::min(text.find(',', begin), text.size());
    if (end > begin) keys.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (keys.size() > kMaxKeys) query.refuse("keys", "must name at most 64 keys, or none for all");
  return keys;
}

std::string words_of(const json::object& values) {
  std::string text;
  for (const auto& [key, value] : values)
    text += (text.empty() ? "keys " : ", ") + std::string(key);
  return text.empty() ? "no keys" : text;
}

/// Whoever was shown which values is in the audit log, before the answer leaves.
void audit_values(Services& services, const Call& call, const std::string& outcome,
                  const std::string& detail) {
  const auto& name_space = call.argument("namespace");
  const auto& cluster = call.argument("cluster");
  services.audit.record(by(call.caller, {.action = "secret.values",
                                         .object = "clusters/" + cluster + "/namespaces/" +
                                                   name_space + "/secrets/" + call.argument("name"),
                                         .outcome = outcome,
                                         .detail = detail,
                                         .cluster = cluster_name(services, cluster),
                                         .name_space = name_space}));
}

base::Task<Answer> show_values(Services& services, Call call) {
  QueryReader query(call.query);
  const auto keys = read_keys(query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto secret =
      co_await read_kube(services, call.caller, call.argument("cluster"),
                         object_path(kSecrets, call.argument("namespace"), call.argument("name")));
  if (!secret) {
    audit_values(services, call, std::string(base::name_of(secret.error().code)),
                 secret.error().message);
    co_return base::fail(secret);
  }
  auto values = objects::values_of(*secret, keys);
  if (!values) {
    audit_values(services, call, std::string(base::name_of(values.error().code)),
                 values.error().message);
    co_return to_response(problem_of(values.error()), call.caller.request_id);
  }
  audit_values(services, call, "ok", words_of(*values));
  json::object out{{"name", call.argument("name")},
                   {"type", workloads::text_in(*secret, "type")},
                   {"resourceVersion", workloads::text_of(*secret, "metadata", "resourceVersion")},
                   {"values", std::move(*values)}};
  co_return json_response(200, out);
}

struct NewPullSecret {
  std::string name;
  objects::RegistryAccount account;
  bool dry_run = false;
};

base::Result<NewPullSecret> read_pull_secret(const Call& call) {
  QueryReader query(call.query);
  NewPullSecret asked;
  asked.dry_run = query.flag("dryRun", false);
  if (auto fault = query.fault()) return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) return base::fail(body);
  ObjectReader in(*body);
  asked.name = in.text("name", kMaxName);
  if (!is_object_name(asked.name)) in.refuse("name", "must be the name of an object");
  asked.account.registry = in.text("registry", kMaxRegistry);
  asked.account.user = in.text("user", kMaxRegistry);
  asked.account.password = in.text("password", kMaxPassword);
  if (auto fault = in.fault()) return std::unexpected(*fault);
  return asked;
}

/// A Secret as any other, but for its form.
base::Task<Answer> make_pull_secret(Services& services, Call call) {
  auto asked = read_pull_secret(call);
  if (!asked) co_return base::fail(asked);
  auto secret =
      objects::pull_secret(asked->name, call.argument("namespace"), std::move(asked->account));
  if (!secret) co_return to_response(problem_of(secret.error()), call.caller.request_id);
  // A password waits for no cluster that is out of reach.
  auto gateway = services.clusters.connected_gateway(call.argument("cluster"));
  if (!gateway) co_return base::fail(gateway);
  ObjectWrite write{.place = {.caller = call.caller,
                              .cluster = call.argument("cluster"),
                              .resource = kSecrets,
                              .name_space = call.argument("namespace"),
                              .name = asked->name},
                    .dry_run = asked->dry_run};
  write.object = {.api_version = kSecrets.api_version,
                  .kind = kSecrets.kind,
                  .name = asked->name,
                  .body = std::move(*secret)};
  auto answer = co_await write_object(services, std::move(write));
  if (!answer) co_return to_response(answer.error(), call.caller.request_id);
  if (answer->status == 201) {
    answer->headers.set("Location", "/api/v1/clusters/" + call.argument("cluster") +
                                        "/namespaces/" + call.argument("namespace") +
                                        "/objects/secrets/" + asked->name);
  }
  co_return std::move(*answer);
}

}  // namespace

Routes secrets_routes(Services& services) {
  const std::string in = "/api/v1/clusters/{cluster}/namespaces/{namespace}";
  return {
      plain_route(services, "GET", in + "/secrets/{name}/values", Needs::kWrite, "", show_values),
      plain_route(services, "POST", in + "/pull-secrets", Needs::kWrite, "secret.create",
                  make_pull_secret)};
}

}  // namespace slipway::http
