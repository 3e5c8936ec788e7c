// SPDX-License-Identifier: Apache-2.0
#include "protocol/manifest/written.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::manifest {
namespace {

namespace json = boost::json;

std::string of(const std::string& text) {
  return written_text(json::parse(text).as_object());
}

TEST(Written, LeavesOutWhatStandsThereWithoutAnybodysDoing) {
  const auto made = of(R"({"kind":"Deployment","metadata":{"name":"web","generation":1,
    "resourceVersion":"5"},"spec":{"replicas":2}})");
  EXPECT_EQ(made, of(R"({"status":{"replicas":2},"spec":{"replicas":2},"kind":"Deployment",
    "metadata":{"name":"web","generation":2,"resourceVersion":"9","managedFields":[{}],
    "selfLink":"/x","annotations":{"deployment.kubernetes.io/revision":"1"}}})"));
  EXPECT_EQ(of(R"({"metadata":{"annotations":{"mine":"1"}}})"),
            of(R"({"metadata":{"annotations":{"autoscaling.alpha.kubernetes.io/conditions":"[]",
              "mine":"1","autoscaling.alpha.kubernetes.io/current-metrics":"[]"}}})"));
}

TEST(Written, ShowsWhatSomebodyWrote) {
  const auto made = of(R"({"kind":"A","metadata":{"name":"a"},"spec":{"b":1}})");
  for (const char* other : {
           R"({"kind":"A","metadata":{"name":"a","labels":{"x":""}},"spec":{"b":1}})",
           R"({"kind":"A","metadata":{"name":"a","annotations":{"x":""}},"spec":{"b":1}})",
           R"({"kind":"A","metadata":{"name":"a","finalizers":["x/y"]},"spec":{"b":1}})",
           R"({"kind":"A","metadata":{"name":"a","ownerReferences":[{}]},"spec":{"b":1}})",
           R"({"kind":"A","metadata":{"name":"a","deletionTimestamp":"t"},"spec":{"b":1}})",
           R"({"kind":"A","metadata":{"name":"a"},"spec":{"b":2}})",
           R"({"kind":"A","metadata":{"name":"a"},"spec":{"b":1},"data":{}})",
       }) {
    EXPECT_NE(of(other), made) << other;
  }
}

TEST(Written, WhereAPodWasPutIsNobodysDoing) {
  EXPECT_EQ(of(R"({"kind":"Pod","metadata":{},"spec":{"nodeName":"n","a":1}})"),
            of(R"({"kind":"Pod","metadata":{},"spec":{"a":1}})"));
  EXPECT_NE(of(R"({"kind":"Mine","metadata":{},"spec":{"nodeName":"n"}})"),
            of(R"({"kind":"Mine","metadata":{},"spec":{}})"));
}

TEST(Written, AServiceAccountsOwnTokenIsNobodysDoing) {
  const auto made = of(R"({"kind":"ServiceAccount","metadata":{"name":"ci"}})");
  EXPECT_EQ(made, of(R"({"kind":"ServiceAccount","metadata":{"name":"ci"},
    "secrets":[{"name":"ci-token-x7b2q"}]})"));
  EXPECT_NE(made, of(R"({"kind":"ServiceAccount","metadata":{"name":"ci"},
    "secrets":[{"name":"ci-token-x7b2q"},{"name":"own"}]})"));
}

TEST(Written, OddObjectsAreReadAsTheyAre) {
  for (const char* odd :
       {"{}", R"({"metadata":7,"status":1})", R"({"metadata":{"annotations":[]}})",
        R"({"kind":"ServiceAccount","metadata":{},"secrets":[1,{"name":2}]})",
        R"({"kind":7,"metadata":{"name":{}},"secrets":{}})", R"({"kind":"Pod","spec":1})"}) {
    EXPECT_FALSE(of(odd).empty()) << odd;
  }
}

}  // namespace
}  // namespace slipway::manifest
