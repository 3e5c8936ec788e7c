// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "agent/kube/applier.hpp"
#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::kube {
namespace {

/// What a manifest meets that is there a moment later.
class ApplyWaits : public testing::Test {
 protected:
  ApplyWaits() {
    api_.on("GET /api/v1", 200,
            R"({"resources":[{"name":"pods","namespaced":true,"kind":"Pod"}]})");
  }

  wire::IntentOutcome apply(const std::string& yaml, bool dry_run = false) {
    wire::Intent intent;
    intent.mutable_apply()->set_yaml(yaml);
    intent.mutable_apply()->set_default_namespace("new");
    intent.mutable_apply()->set_dry_run(dry_run);
    Applier applier(api_, {.pause = {}});
    auto outcome = fakes::run_task(io_, applier.run(std::move(intent)));
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(wire::IntentOutcome{});
  }
  std::ptrdiff_t patches() const {
    return std::ranges::count_if(api_.requests, [](auto& one) { return one.method == "PATCH"; });
  }

  boost::asio::io_context io_;
  fakes::FakeKubeApi api_;
};

// Kubernetes makes a namespace's service account, and its token, a moment after the namespace.
TEST_F(ApplyWaits, WaitsForTheServiceAccountOfANewNamespace) {
  const std::string pod = "/api/v1/namespaces/new/pods/p";
  api_.on("PATCH " + pod, 403,
          R"({"message":"pods \"p\" is forbidden: error looking up service account new/default: )"
          R"(serviceaccount \"default\" not found"})");
  api_.on("PATCH " + pod, 500,
          R"({"message":"No API token found for service account \"default\", retry after the )"
          R"(token is automatically created and added to the service account"})");
  api_.on("PATCH " + pod, 201, R"({"metadata":{"resourceVersion":"1"}})");
  const auto outcome = apply("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: new}}\n");
  EXPECT_TRUE(outcome.ok()) << outcome.message();
  EXPECT_EQ(outcome.objects(0).action(), "created");
}

TEST_F(ApplyWaits, WaitsForServiceAccountsABoundedTimeAndNotInADryRun) {
  api_.on("PATCH /api/v1/namespaces/new/pods/", 403,
          R"({"message":"error looking up service account new/x: not found"})");
  const std::string pods =
      "{apiVersion: v1, kind: Pod, metadata: {name: p}}\n---\n"
      "{apiVersion: v1, kind: Pod, metadata: {name: q}}\n";
  const auto outcome = apply(pods);
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.http_status(), 403U);
  EXPECT_EQ(patches(), 2 + 8) << "the waits are the manifest's, not each object's";
  api_.requests.clear();
  EXPECT_FALSE(apply(pods, true).ok());
  EXPECT_EQ(patches(), 2);
}

}  // namespace
}  // namespace slipway::kube
