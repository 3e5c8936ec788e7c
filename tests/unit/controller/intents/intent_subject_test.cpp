// SPDX-License-Identifier: Apache-2.0
#include "controller/intents/intent_subject.hpp"

#include <gtest/gtest.h>

namespace slipway::intents {
namespace {

wire::Intent asks(const std::string& method, const std::string& path, const std::string& summary,
                  const std::string& body = "{}") {
  wire::Intent intent;
  intent.set_summary(summary);
  auto& request = *intent.mutable_tenant()->mutable_request();
  request.set_method(method);
  request.set_path(path);
  request.set_body(body);
  return intent;
}

wire::IntentOutcome ends(std::uint32_t status, const std::string& message = "") {
  wire::IntentOutcome outcome;
  outcome.set_ok(status < 300);
  outcome.set_http_status(status);
  outcome.set_message(message);
  return outcome;
}

std::string told(const wire::Intent& intent, wire::IntentOutcome outcome = ends(200)) {
  const auto full = with_subject(intent, std::move(outcome));
  if (full.objects_size() != 1) return "none";
  const auto& object = full.objects(0);
  EXPECT_EQ(object.ok(), full.ok());
  EXPECT_EQ(object.http_status(), full.http_status());
  EXPECT_EQ(object.message(), full.message());
  return object.kind() + "|" + object.pod_namespace() + "|" + object.name() + "|" + object.action();
}

TEST(IntentSubject, IsReadOfPathBodyAndSummary) {
  EXPECT_EQ(told(asks("PATCH", "/apis/apps/v1/namespaces/x/deployments/web?fieldManager=slipway",
                      "scale Deployment web in x")),
            "Deployment|x|web|configured");
  EXPECT_EQ(told(asks("DELETE", "/api/v1/namespaces/x/configmaps/c", "delete ConfigMap c in x")),
            "ConfigMap|x|c|deleted");
  EXPECT_EQ(told(asks("POST", "/api/v1/namespaces/x/services", "create Service s in x",
                      R"({"kind":"Service","metadata":{"name":"s"}})")),
            "Service|x|s|created");
  EXPECT_EQ(told(asks("PUT", "/api/v1/nodes/n1", "replace Node n1")), "Node||n1|configured");
  EXPECT_EQ(told(asks("DELETE", "/api/v1/namespaces/x", "delete Namespace x")),
            "Namespace||x|deleted");
  EXPECT_EQ(told(asks("POST", "/apis/batch/v1/namespaces/x/jobs", "run CronJob nightly in x",
                      R"({"kind":"Job","metadata":{"name":"nightly-1"}})")),
            "Job|x|nightly-1|created")
      << "what is made, not what asked for it";
  EXPECT_EQ(told(asks("PATCH", "/apis/apps/v1/namespaces/x/deployments/web", "")),
            "deployments|x|web|configured")
      << "an older one's summary is empty";
}

TEST(IntentSubject, ARefusedOneIsNotDone) {
  EXPECT_EQ(told(asks("DELETE", "/api/v1/namespaces/x/pods/p", "delete Pod p in x"),
                 ends(403, "not yours")),
            "Pod|x|p|");
}

TEST(IntentSubject, ManifestsAndOurOwnNameTheirs) {
  wire::Intent manifest;
  manifest.mutable_tenant()->mutable_apply();
  EXPECT_EQ(told(manifest), "none");
  wire::Intent own;
  own.mutable_request()->set_path("/api/v1/namespaces");
  EXPECT_EQ(told(own), "none");
  auto named = ends(200);
  named.add_objects()->set_ok(true);
  named.mutable_objects(0)->set_http_status(200);
  EXPECT_EQ(told(asks("PUT", "/api/v1/nodes/n1", "replace Node n1"), named), "|||");
}

TEST(IntentSubject, AnOddPathIsNoFault) {
  for (const char* path : {"", "/", "/api", "//x//", "/api/v1/namespaces", "/apis/a", "?q"}) {
    EXPECT_NE(told(asks("POST", path, "", "not json")), "none") << path;
  }
}

}  // namespace
}  // namespace slipway::intents
