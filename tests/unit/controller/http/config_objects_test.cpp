// SPDX-License-Identifier: Apache-2.0
// Who uses a ConfigMap, a Secret, a claim, a Service or a storage class; and what a Secret holds.
#include "tests/unit/controller/http/played_cluster.hpp"

namespace slipway::http {
namespace {

namespace json = boost::json;

constexpr char kSecret[] = R"({"type":"Opaque","metadata":{"name":"keys","resourceVersion":"5"},
    "data":{"user":"YW5u","password":"czNjcmV0"}})";
constexpr char kSecretPath[] = "/api/v1/namespaces/own/secrets/keys";
constexpr char kAccounts[] = "/api/v1/namespaces/own/serviceaccounts";

class ConfigObjectsTest : public PlayedClusterTest {
 public:
  static wire::MirrorRow row(const char* name, const char* in = "own") {
    wire::MirrorRow made;
    made.mutable_meta()->set_uid(std::string(in) + name);
    made.mutable_meta()->set_name(name);
    made.mutable_meta()->set_pod_namespace(in);
    return made;
  }
  static wire::MirrorRow data(const char* name) {
    auto made = row(name);
    made.mutable_data()->set_type("Opaque");
    return made;
  }
  static wire::MirrorRow workload(const char* name) {
    auto made = row(name);
    made.mutable_workload()->set_desired(1);
    made.mutable_workload()->set_pods(1);
    return made;
  }
  void told(const char* kind, std::vector<wire::MirrorRow> rows) {
    ASSERT_TRUE(world.run(tell(kind, std::move(rows))));
  }
  void told_none(std::initializer_list<const char*> kinds) {
    for (const auto* kind : kinds) told(kind, {});
  }
  json::object used_by(const char* who, const std::string& path, int status = 200) {
    auto answer = get(who, "/clusters/demo/" + path + "/used-by");
    EXPECT_EQ(answer.status, status) << answer.text();
    return body_of(answer);
  }
  /// "Deployment web template, …"
  static std::string words(const json::object& body) {
    std::string text;
    for (const auto& item : body.at("items").as_array()) {
      const auto& one = item.as_object();
      text += (text.empty() ? "" : ", ") + text_of(one, "kind") + " " + text_of(one, "name") + " " +
              text_of(one, "how");
    }
    return text;
  }
};

TEST_F(ConfigObjectsTest, AConfigMapsUsersAreTemplatesAndPodsOfNoWorkload) {
  auto web = workload("web");
  web.mutable_workload()->mutable_uses()->add_config_maps("settings");
  told("configmaps", {data("settings"), data("idle")});
  told("deployments", {web, workload("api")});
  told_none({"statefulsets", "daemonsets", "replicasets", "jobs"});
  objects["/api/v1/namespaces/own/pods/web"] =
      R"({"metadata":{"name":"web"},"spec":{"volumes":[{"configMap":{"name":"settings"}}]}})";
  const auto found = used_by("ray", "namespaces/own/configmaps/settings");
  EXPECT_EQ(words(found), "Deployment web template, Pod web pod");
  EXPECT_EQ(json::serialize(found.at("incomplete")), R"(["cronjobs are not known yet"])");
  EXPECT_FALSE(found.contains("stale"));
  EXPECT_TRUE(found.contains("asOf"));
  EXPECT_FALSE(found.at("removal").at("allowed").as_bool());
  EXPECT_EQ(found.at("removal").at("rule"), "in-use");
  const auto idle = used_by("ray", "namespaces/own/configmaps/idle");
  EXPECT_EQ(words(idle), "");
  EXPECT_TRUE(idle.at("removal").at("allowed").as_bool());
  EXPECT_EQ(text_of(used_by("ray", "namespaces/own/configmaps/none", 404), "field"), "name");
}

TEST_F(ConfigObjectsTest, ASecretsUsersAreAccountsAndIngressesToo) {
  told("secrets", {data("keys")});
  auto front = row("front");
  front.mutable_ingress()->add_tls_hosts("example.org");
  told("ingresses", {front});
  objects["/api/v1/namespaces/own/pods/web"] =
      R"({"metadata":{"name":"web"},"spec":{"imagePullSecrets":[{"name":"keys"}]}})";
  objects[kAccounts] = R"({"items":[{"metadata":{"name":"builder"},"imagePullSecrets":[
      {"name":"keys"}]},{"metadata":{"name":"default"}}]})";
  objects["/apis/networking.k8s.io/v1/namespaces/own/ingresses"] =
      R"({"items":[{"metadata":{"name":"front"},"spec":{"tls":[{"secretName":"keys"}]}}]})";
  EXPECT_EQ(words(used_by("ann", "namespaces/own/secrets/keys")),
            "Ingress front tls, Pod web imagePullSecrets, ServiceAccount builder imagePullSecrets");
  used_by("ray", "namespaces/own/secrets/keys", 403);
}

TEST_F(ConfigObjectsTest, WhatWasNotLookedAtIsSaid) {
  told("secrets", {data("keys")});
  told_none({"deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs"});
  objects["/api/v1/namespaces/own/pods/web"] = R"({"metadata":{"name":"web"}})";
  const auto found = used_by("ann", "namespaces/own/secrets/keys");
  ASSERT_EQ(found.at("incomplete").as_array().size(), 1U);
  EXPECT_EQ(found.at("incomplete").at(0), "serviceaccounts: no such object");
}

TEST_F(ConfigObjectsTest, AServiceIsUsedByWhatItSelectsAndWhatRoutesToIt) {
  auto service = row("web");
  (*service.mutable_service()->mutable_selector())["app"] = "web";
  told("services", {service});
  auto web = workload("web");
  (*web.mutable_workload()->mutable_pod_labels())["app"] = "web";
  auto foreign = web;
  foreign.mutable_meta()->set_uid("f");
  foreign.mutable_meta()->set_pod_namespace("foreign");
  told("statefulsets", {web, foreign});
  auto front = row("front");
  front.mutable_ingress()->add_paths()->set_service("web");
  told("ingresses", {front});
  EXPECT_EQ(words(used_by("ray", "namespaces/own/services/web")),
            "Ingress front backend, StatefulSet web selector");
}

TEST_F(ConfigObjectsTest, OfASharedClassEachSeesTheirOwnClaims) {
  told("storageclasses", {row("fast", "")});
  std::vector<wire::MirrorRow> claims{row("data"), row("data", "foreign")};
  for (auto& claim : claims) claim.mutable_claim()->set_storage_class("fast");
  told("persistentvolumeclaims", claims);
  EXPECT_EQ(used_by("ann", "storageclasses/fast").at("items").as_array().size(), 1U);
  EXPECT_EQ(used_by("admin", "storageclasses/fast").at("items").as_array().size(), 2U);
}

TEST_F(ConfigObjectsTest, ValuesAreShownToWhoMayWriteAndAudited) {
  objects[kSecretPath] = kSecret;
  const auto path = "/clusters/demo/namespaces/own/secrets/keys/values";
  const auto one = get("ann", std::string(path) + "?keys=password");
  ASSERT_EQ(one.status, 200) << one.text();
  EXPECT_EQ(json::serialize(body_of(one).at("values")), R"({"password":"czNjcmV0"})");
  EXPECT_EQ(reader, "slipway:" + users["ann"].id.value) << "in the caller's name";
  EXPECT_EQ(one.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(get("ann", path).status, 200);
  EXPECT_EQ(get("ann", std::string(path) + "?keys=other").status, 404);
  EXPECT_EQ(get("ray", path).status, 403);
  EXPECT_EQ(get("max", path).status, 403);
  const auto lines =
      world.audit.list({.before = {}, .limit = 100, .action = "secret.values", .actor = {}});
  ASSERT_EQ(lines.size(), 3U);
  std::set<std::string> details;
  for (const auto& line : lines) {
    details.insert(line.entry.outcome + ": " + line.entry.detail);
    EXPECT_EQ(line.entry.actor, "ann");
    EXPECT_EQ(line.entry.object, "clusters/demo/namespaces/own/secrets/keys");
    EXPECT_EQ(line.entry.detail.find("czNjcmV0"), std::string::npos);
  }
  EXPECT_EQ(details, (std::set<std::string>{
                         "ok: keys password", "ok: keys user, password",
                         "not_found: the Secret has no key other; it has user, password"}));
}

TEST_F(ConfigObjectsTest, APullSecretIsMadeInTheCallersName) {
  const auto path = "/clusters/demo/namespaces/own/pull-secrets";
  const auto body = R"({"name":"registry","registry":"r.example.org:5000","user":"ann",
                        "password":"s3cret-word"})";
  answered = R"({"kind":"Secret","metadata":{"name":"registry"},"data":{"k":"s3cret-word"}})";
  const auto made = send("ann", "POST", path, body);
  ASSERT_EQ(made.status, 201) << made.text();
  EXPECT_EQ(made.text().find("s3cret-word"), std::string::npos);
  EXPECT_TRUE(made.headers.get("Location").ends_with("/own/objects/secrets/registry"));
  EXPECT_EQ(last().who().user(), "slipway:" + users["ann"].id.value);
  EXPECT_EQ(last().request().path(), "/api/v1/namespaces/own/secrets?fieldManager=slipway");
  EXPECT_EQ(json::parse(last().request().body()).at("type"), "kubernetes.io/dockerconfigjson");
  EXPECT_EQ(send("ann", "POST", std::string(path) + "?dryRun=true", body).status, 200);
  EXPECT_TRUE(last().request().path().ends_with("&dryRun=All"));
  const auto wrong = send("ann", "POST", path, R"({"name":"r","registry":"https://r","user":"a",
                                                   "password":"p"})");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_EQ(text_of(body_of(wrong), "field"), "registry");
  EXPECT_EQ(text_of(body_of(send("ann", "POST", path, R"({"name":"r","registry":"r","user":"a"})")),
                    "field"),
            "password");
}

TEST_F(ConfigObjectsTest, WhatIsInUseIsDeletedByForceAlone) {
  auto web = workload("web");
  web.mutable_workload()->mutable_uses()->add_config_maps("settings");
  told("deployments", {web});
  const auto path = "/clusters/demo/namespaces/own/objects/configmaps/settings";
  const auto refused = send("ann", "DELETE", path);
  ASSERT_EQ(refused.status, 409) << refused.text();
  EXPECT_EQ(text_of(body_of(refused), "rule"), "in-use");
  EXPECT_EQ(text_of(body_of(refused), "field"), "force");
  EXPECT_NE(text_of(body_of(refused), "detail").find("Deployment web"), std::string::npos);
  EXPECT_TRUE(agent->intents().empty());
  EXPECT_EQ(send("ann", "DELETE", std::string(path) + "?force=true").status, 200);
  EXPECT_EQ(last().request().method(), "DELETE");
  EXPECT_EQ(send("ann", "DELETE", "/clusters/demo/namespaces/own/objects/configmaps/idle").status,
            200);
}

TEST_F(ConfigObjectsTest, AClaimIsHeldByItsPodsAndNeverShrinks) {
  auto pod = pod_in("own");
  pod.mutable_pod()->add_claims("data");
  told("pods", {pod});
  auto claim = row("data");
  claim.mutable_claim()->set_storage_class("fixed");
  told("persistentvolumeclaims", {claim});
  auto fixed = row("fixed", "");
  fixed.mutable_storage_class()->set_expandable(false);
  told("storageclasses", {fixed});
  const std::string path = "/clusters/demo/namespaces/own/objects/persistentvolumeclaims/data";
  const auto held = send("ann", "DELETE", path + "?force=true");
  ASSERT_EQ(held.status, 409) << held.text();
  EXPECT_NE(text_of(body_of(held), "detail").find("Pod web"), std::string::npos);
  const auto of_size = [](const char* size) {
    return std::string(R"({"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":)"
                       R"("data","resourceVersion":"7"},"spec":{"resources":{"requests":)"
                       R"({"storage":")") +
           size + "\"}}}}";
  };
  objects["/api/v1/namespaces/own/persistentvolumeclaims/data"] = of_size("2Gi");
  EXPECT_EQ(text_of(body_of(send("ann", "PUT", path, of_size("1Gi"))), "rule"), "shrink");
  EXPECT_EQ(text_of(body_of(send("ann", "PUT", path, of_size("3Gi"))), "rule"), "not-expandable");
  EXPECT_EQ(send("ann", "PUT", path, of_size("2Gi")).status, 200);
}

TEST_F(ConfigObjectsTest, AnObjectIsJudgedByTheClaimsThatThereAre) {
  auto claim = row("data");
  claim.mutable_claim()->add_access_modes("ReadWriteOnce");
  told("persistentvolumeclaims", {claim});
  auto block = row("block", "");
  block.mutable_storage_class()->add_access_modes("ReadWriteOnce");
  block.mutable_storage_class()->set_is_default(true);
  told("storageclasses", {block});
  const auto post = [&](const char* kind, const std::string& body) {
    return body_of(
        send("ann", "POST", std::string("/clusters/demo/namespaces/own/objects/") + kind, body));
  };
  const auto shared = post("deployments", R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":
      {"name":"d"},"spec":{"replicas":2,"template":{"spec":{"volumes":[{"name":"v",
      "persistentVolumeClaim":{"claimName":"data"}}]}}}})");
  EXPECT_EQ(text_of(shared, "field"), "spec.replicas");
  EXPECT_EQ(shared.at("refusals").at(0).at("rule"), "single-node-claim");
  const auto many = post("persistentvolumeclaims", R"({"apiVersion":"v1","kind":
      "PersistentVolumeClaim","metadata":{"name":"m"},"spec":{"accessModes":["ReadWriteMany"]}})");
  EXPECT_EQ(text_of(many, "field"), "spec.accessModes[0]") << "of the default class";
  const auto voice = post("services", R"({"apiVersion":"v1","kind":"Service","metadata":
      {"name":"s"},"spec":{"type":"LoadBalancer","ports":[{"port":53,"protocol":"UDP"}]}})");
  EXPECT_EQ(text_of(voice, "field"), "spec.ports[0].protocol");
  EXPECT_TRUE(agent->intents().empty());
}

TEST_F(ConfigObjectsTest, AnIngressToNowhereIsMadeWithAWarning) {
  told("services", {row("web")});
  const auto post = [&](const std::string& service) {
    return send("ann", "POST", "/clusters/demo/namespaces/own/objects/ingresses",
                R"({"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"i"},
                "spec":{"defaultBackend":{"service":{"name":")" +
                    service + R"(","port":{"number":80}}}}})");
  };
  const auto lost = post("none");
  EXPECT_EQ(lost.status, 201) << lost.text();
  EXPECT_EQ(lost.headers.get("Warning"),
            "299 slipway \"it routes to what is not there: Service none of this namespace\"");
  EXPECT_FALSE(post("web").headers.has("Warning"));
}

}  // namespace
}  // namespace slipway::http
