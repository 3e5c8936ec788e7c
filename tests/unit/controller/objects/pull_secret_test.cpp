// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/pull_secret.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::objects {
namespace {

TEST(PullSecret, IsWhatKubeletReads) {
  const auto made = pull_secret("registry", "own", {"r.example.org:5000", "ann", "s3cret"});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->at("type"), kPullSecretType);
  EXPECT_EQ(made->at("metadata").at("namespace"), "own");
  // {"auths":{"r.example.org:5000":{"username":"ann","password":"s3cret","auth":"YW5uOnM…"}}}
  EXPECT_EQ(made->at("data").at(".dockerconfigjson"),
            "eyJhdXRocyI6eyJyLmV4YW1wbGUub3JnOjUwMDAiOnsidXNlcm5hbWUiOiJhbm4iLCJwYXNzd29yZCI6InMzY3"
            "JldCIsImF1dGgiOiJZVzV1T25NelkzSmxkQT09In19fQ==");
}

TEST(PullSecret, ARegistryIsNamedAsItsImagesNameIt) {
  for (const auto* good : {"r.example.org", "r:5000", "[fe80::1]:5000", "r.example.org/team/a_b"})
    EXPECT_TRUE(pull_secret("n", "own", {good, "ann", "p"})) << good;
  for (const auto* bad : {"https://r.example.org", "", "/team", "r example", "r.example.org/a?b"}) {
    const auto made = pull_secret("n", "own", {bad, "ann", "p"});
    ASSERT_FALSE(made) << bad;
    EXPECT_EQ(made.error().field, "registry");
  }
  EXPECT_EQ(pull_secret("n", "own", {"r", "a:b", "p"}).error().field, "user");
}

}  // namespace
}  // namespace slipway::objects
