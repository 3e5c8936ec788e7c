// SPDX-License-Identifier: Apache-2.0
#include "agent/metrics/registration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::metrics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct RegistrationTest : testing::Test {
  base::Result<> keep() { return fakes::run_task(io, register_metrics(kube, "a CA")); }
  boost::asio::io_context io;
  fakes::FakeKubeApi kube;
};

TEST_F(RegistrationTest, TheServiceComesBeforeTheRegistrationThatNamesIt) {
  kube.on("POST ", 201, "{}");
  ASSERT_TRUE(keep().has_value());
  EXPECT_THAT(kube.asked(),
              ElementsAre("POST /api/v1/namespaces/kube-system/services?fieldManager=slipway",
                          "POST /apis/rbac.authorization.k8s.io/v1/clusterroles"
                          "?fieldManager=slipway",
                          "POST /apis/apiregistration.k8s.io/v1/apiservices?fieldManager=slipway"));
  EXPECT_THAT(kube.requests[2].body, HasSubstr(R"("caBundle":"YSBDQQ==")"));
}

TEST_F(RegistrationTest, WhatIsThereIsMadeLikeIt) {
  kube.on("POST ", 409, R"({"message":"already exists"})");
  kube.on("PATCH ", 200, "{}");
  ASSERT_TRUE(keep().has_value());
  ASSERT_EQ(kube.requests.size(), 6U);
  EXPECT_EQ(kube.requests[5].target,
            "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io"
            "?fieldManager=slipway");
  EXPECT_EQ(kube.requests[5].headers.get("Content-Type"), "application/merge-patch+json");
}

TEST_F(RegistrationTest, ARefusalIsSaidInTheApiServersWords) {
  kube.on("POST ", 404, R"({"message":"namespaces \"kube-system\" not found"})");
  const auto kept = keep();
  ASSERT_FALSE(kept.has_value());
  EXPECT_EQ(kept.error().message, "namespaces \"kube-system\" not found");
  EXPECT_EQ(kube.requests.size(), 1U);
}

}  // namespace
}  // namespace slipway::metrics
