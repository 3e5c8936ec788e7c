// SPDX-License-Identifier: Apache-2.0
#include "agent/admission/lookups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::admission {
namespace {

using testing::ElementsAre;

constexpr auto kClaim = "GET /api/v1/namespaces/own/persistentvolumeclaims/data";
constexpr auto kClass = "GET /apis/storage.k8s.io/v1/storageclasses/fast";
constexpr auto kDeployment = "GET /apis/apps/v1/namespaces/own/deployments/web";

struct LookupsTest : testing::Test {
  base::Result<policy::ResourceFacts> look(policy::Needed needed) {
    return fakes::run_task(io, look_up(kube, "own", std::move(needed)));
  }
  boost::asio::io_context io;
  fakes::FakeKubeApi kube;
};

TEST_F(LookupsTest, WhereNothingIsNeededNobodyIsAsked) {
  kube.reachable = false;
  EXPECT_TRUE(look({}));
  EXPECT_TRUE(kube.asked().empty());
}

TEST_F(LookupsTest, ClaimsAndClassesAreAskedForByName) {
  kube.on(kClaim, 200, R"({"spec":{"accessModes":["ReadWriteOnce"]}})");
  kube.on(kClass, 200,
          R"({"metadata":{"annotations":{"slipway.io/access-modes":"ReadWriteMany"}}})");
  const auto facts = look({.claims = {"data"}, .storage_class = "fast"});
  ASSERT_TRUE(facts);
  EXPECT_THAT(facts->claims.at("data"), ElementsAre("ReadWriteOnce"));
  EXPECT_THAT(facts->classes.at("fast"), ElementsAre("ReadWriteMany"));
}

TEST_F(LookupsTest, AScaledDeploymentsClaimsComeFromItsTemplate) {
  kube.on(kDeployment, 200, R"({"spec":{"template":{"spec":{"volumes":[
      {"persistentVolumeClaim":{"claimName":"data"}}]}}}})");
  kube.on(kClaim, 200, R"({"spec":{"accessModes":["ReadWriteOnce"]}})");
  const auto facts = look({.deployment = "web"});
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->deployment);
  EXPECT_THAT(kube.asked(), ElementsAre(kDeployment, kClaim));
  EXPECT_EQ(facts->claims.size(), 1U);
}

TEST_F(LookupsTest, WhatIsNotThereIsUnknownAndAFailureIsSaid) {
  kube.on(kClaim, 404, R"({"message":"not found"})");
  const auto facts = look({.claims = {"data"}});
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->claims.empty());
  kube.reachable = false;
  EXPECT_FALSE(look({.claims = {"data"}}));
}

}  // namespace
}  // namespace slipway::admission
