// SPDX-License-Identifier: Apache-2.0
// Objects of Kubernetes' own form with a value of another type at each place of them in turn: what
// the caller sends, and what an API server says is there.
#include "tests/unit/controller/http/hostile.hpp"

namespace slipway::http {
namespace {

namespace json = boost::json;

constexpr char kIn[] = "/api/v1/clusters/demo/namespaces/own/";

struct Kind {
  const char* plural;
  const char* path;  ///< at the API server
  const char* text;
};
constexpr Kind kKinds[] = {
    {"deployments", "/apis/apps/v1/namespaces/own/deployments/web",
     R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"own",
     "uid":"u","resourceVersion":"7","labels":{"app.kubernetes.io/name":"shop"},
     "annotations":{"a":"b"},"ownerReferences":[{"kind":"Thing","name":"a"}]},
     "spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},"template":{
     "metadata":{"labels":{"app":"web"},"annotations":{"a":"b"}},"spec":{"hostNetwork":false,
     "nodeName":"","tolerations":[{"key":"a","operator":"Exists","effect":"NoSchedule"}],
     "securityContext":{"runAsUser":1000,"sysctls":[{"name":"a","value":"b"}]},
     "imagePullSecrets":[{"name":"s"}],"volumes":[{"name":"v","configMap":{"name":"c"}},
     {"name":"h","hostPath":{"path":"/"}},{"name":"p","persistentVolumeClaim":{"claimName":"p"}}],
     "initContainers":[{"name":"i","image":"a"}],"containers":[{"name":"main","image":"shop:1",
     "ports":[{"containerPort":80,"hostPort":0}],"env":[{"name":"A","valueFrom":{"secretKeyRef":
     {"name":"s","key":"k"}}}],"envFrom":[{"configMapRef":{"name":"c"}}],"securityContext":
     {"privileged":false,"capabilities":{"add":["NET_ADMIN"]}},"resources":{"requests":
     {"cpu":"1"}}}]}}},"status":{"replicas":1}})"},
    {"cronjobs", "/apis/batch/v1beta1/namespaces/own/cronjobs/web",
     R"({"apiVersion":"batch/v1beta1","kind":"CronJob","metadata":{"name":"web",
     "resourceVersion":"7"},"spec":{"schedule":"* * * * *","suspend":false,"jobTemplate":{"spec":
     {"template":{"spec":{"containers":[{"name":"a","image":"b"}]}}}}}})"},
    {"secrets", "/api/v1/namespaces/own/secrets/web",
     R"({"apiVersion":"v1","kind":"Secret","type":"Opaque","metadata":{"name":"web",
     "resourceVersion":"7"},"data":{"a":"YQ==","b":null},"stringData":{"c":"d"},
     "immutable":false})"},
    {"persistentvolumeclaims", "/api/v1/namespaces/own/persistentvolumeclaims/web",
     R"({"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"web",
     "resourceVersion":"7"},"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"fast",
     "volumeName":"v","resources":{"requests":{"storage":"1Gi"}}},"status":{"phase":"Bound",
     "capacity":{"storage":"1Gi"}}})"},
    {"services", "/api/v1/namespaces/own/services/web",
     R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"web","resourceVersion":"7"},
     "spec":{"type":"LoadBalancer","clusterIP":"10.0.0.1","externalIPs":["1.2.3.4"],
     "selector":{"app":"web"},"ports":[{"port":80,"protocol":"TCP","targetPort":8080,
     "nodePort":30000}],"loadBalancerSourceRanges":["0.0.0.0/0"]}})"},
    {"ingresses", "/apis/networking.k8s.io/v1/namespaces/own/ingresses/web",
     R"({"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web",
     "resourceVersion":"7"},"spec":{"ingressClassName":"a","tls":[{"hosts":["a"],
     "secretName":"s"}],"rules":[{"host":"a","http":{"paths":[{"path":"/","pathType":"Prefix",
     "backend":{"service":{"name":"web","port":{"number":80}}}}]}}]}})"},
    {"applications", "/apis/app.k8s.io/v1beta1/namespaces/own/applications/web",
     R"({"apiVersion":"app.k8s.io/v1beta1","kind":"Application","metadata":{"name":"web",
     "resourceVersion":"7"},"spec":{"selector":{"matchLabels":{"app.kubernetes.io/name":"web"}},
     "componentKinds":[{"group":"apps","kind":"Deployment"}],"descriptor":{"description":"d"}}})"}};

/// A value of each type.
const json::array& others() {
  static const json::array kAll{
      nullptr, true, -1, "", json::array{json::array{}}, json::object{{"", json::object{}}}};
  return kAll;
}

class HostileObjectsTest : public HostileTest {
 public:
  HostileObjectsTest() {
    objects["/apis/batch"] = R"({"kind":"APIGroup","preferredVersion":{"groupVersion":
        "batch/v1beta1"},"versions":[{"groupVersion":"batch/v1beta1"}]})";
    objects["/apis/batch/v1beta1"] =
        R"({"resources":[{"name":"cronjobs","kind":"CronJob","namespaced":true}]})";
  }

  /// Calls `use` with the whole, each place below `at` in turn being something else.
  template <class Use>
  void each_changed(json::value& whole, json::value& at, const Use& use) {
    if (auto* object = at.if_object()) {
      for (auto& [key, value] : *object) change(whole, value, use);
    } else if (auto* list = at.if_array()) {
      for (auto& value : *list) change(whole, value, use);
    }
  }
  template <class Use>
  void change(json::value& whole, json::value& at, const Use& use) {
    const auto kept = at;
    for (const auto& other : others()) {
      at = other;
      use(whole);
    }
    at = kept;
    each_changed(whole, at, use);
  }

  void bear(const std::string& method, const std::string& to, const std::string& body) {
    SCOPED_TRACE(method + " " + to + " " + body.substr(0, 2000));
    heap.begin();
    const auto response = world.send(as("admin", method, kIn + to, body));
    EXPECT_TRUE(response.status < 500 && response.status >= 200)
        << response.status << " " << words_of(response);
    EXPECT_FALSE(body_of(response).empty()) << words_of(response);
    EXPECT_LE(heap.at_most(), kMostHeap);
    ++asked;
  }

  std::size_t asked = 0;
};

TEST_F(HostileObjectsTest, WhateverStandsWhereInAnObjectIsJudged) {
  for (const auto& kind : kKinds) {
    auto whole = json::parse(kind.text);
    objects[kind.path] = kind.text;
    each_changed(whole, whole, [&](const json::value& sent) {
      bear("PUT", std::string("objects/") + kind.plural + "/web", json::serialize(sent));
    });
  }
  EXPECT_GE(asked, 800U);
}

TEST_F(HostileObjectsTest, WhateverAnApiServerSaysIsThereIsBorne) {
  for (const auto& kind : kKinds) {
    auto whole = json::parse(kind.text);
    const std::string one = std::string("objects/") + kind.plural + "/web";
    each_changed(whole, whole, [&](const json::value& there) {
      objects[kind.path] = json::serialize(there);
      bear("PUT", one, kind.text);
    });
  }
  EXPECT_GE(asked, 800U);
}

TEST_F(HostileObjectsTest, ActionsBearIt) {
  const auto& [plural, path, text] = kKinds[0];
  auto whole = json::parse(workload("web"));
  each_changed(whole, whole, [&](const json::value& there) {
    objects[path] = json::serialize(there);
    for (const auto* action : {"stop", "redeploy", "rollback"}) {
      bear("POST", std::string("workloads/deployments/web/") + action, R"({"dryRun":true})");
    }
    bear("POST", "canaries/web", R"({"images":{"main":"a:2"},"dryRun":true})");
    bear("GET", "canaries/web", "");
    bear("GET", std::string("objects/") + plural + "/web", "");
  });
  EXPECT_GE(asked, 800U);
}

}  // namespace
}  // namespace slipway::http
