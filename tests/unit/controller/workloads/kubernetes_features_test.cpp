// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/kubernetes_features.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace slipway::workloads {
namespace {

using testing::HasSubstr;

constexpr KubernetesVersion kOld{1, 20};
constexpr KubernetesVersion kNew{1, 35};

std::optional<Refusal> look(const char* object, KubernetesVersion version = kOld) {
  return lacking_field(boost::json::parse(object).as_object(), version);
}

TEST(KubernetesVersionTest, IsReadAsItIsWritten) {
  EXPECT_EQ(version_in("v1.20.2"), (KubernetesVersion{1, 20}));
  EXPECT_EQ(version_in("1.21+"), (KubernetesVersion{1, 21}));
  EXPECT_EQ(version_in("1.9"), (KubernetesVersion{1, 9}));
  for (const char* none : {"", "v", "1", "1.", "v.2", "one.two", "v1-20"}) {
    EXPECT_EQ(version_in(none), std::nullopt) << none;
  }
  EXPECT_LT((KubernetesVersion{1, 9}), (KubernetesVersion{1, 20}));
}

TEST(KubernetesFeaturesTest, AreThereFromAVersionOn) {
  for (const auto& feature : features()) {
    EXPECT_EQ(lack_of(feature.name, feature.since), std::nullopt) << feature.name;
    const KubernetesVersion before{feature.since.major, feature.since.minor - 1};
    const auto why = lack_of(feature.name, before);
    ASSERT_TRUE(why) << feature.name;
    EXPECT_THAT(*why, HasSubstr(std::string(feature.path)));
    EXPECT_THAT(*why, HasSubstr("1." + std::to_string(feature.since.minor) + " and later"));
    EXPECT_THAT(*why, HasSubstr("leave it out; " + std::string(feature.instead)));
  }
  EXPECT_EQ(lack_of("nothing of ours", kOld), std::nullopt);
}

TEST(KubernetesFeaturesTest, RefuseAFieldThatWouldBeDropped) {
  constexpr std::pair<const char*, const char*> kCases[] = {
      {R"({"kind":"StatefulSet","spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":2}}}})",
       "spec.updateStrategy.rollingUpdate.maxUnavailable"},
      {R"({"kind":"StatefulSet","spec":{"minReadySeconds":3}})", "spec.minReadySeconds"},
      {R"({"kind":"DaemonSet","spec":{"updateStrategy":{"rollingUpdate":{"maxSurge":1}}}})",
       "spec.updateStrategy.rollingUpdate.maxSurge"},
      {R"({"kind":"Job","spec":{"suspend":true}})", "spec.suspend"},
      {R"({"kind":"CronJob","spec":{"jobTemplate":{"spec":{"ttlSecondsAfterFinished":9}}}})",
       "spec.jobTemplate.spec.ttlSecondsAfterFinished"},
  };
  for (const auto& [object, field] : kCases) {
    const auto refused = look(object);
    ASSERT_TRUE(refused) << object;
    EXPECT_EQ(refused->field, field);
    EXPECT_EQ(refused->rule, "kubernetes-version");
    EXPECT_EQ(refused->code, base::ErrorCode::kInvalid);
    EXPECT_EQ(look(object, kNew), std::nullopt) << object;
  }
}

TEST(KubernetesFeaturesTest, LookIntoContainersWhereverTheyStand) {
  constexpr KubernetesVersion kWithout{1, 16};
  constexpr std::pair<const char*, const char*> kCases[] = {
      {R"({"kind":"Pod","spec":{"containers":[{},{"startupProbe":{}}]}})",
       "spec.containers[1].startupProbe"},
      {R"({"kind":"Deployment","spec":{"template":{"spec":{"containers":[{"startupProbe":{}}]}}}})",
       "spec.template.spec.containers[0].startupProbe"},
      {R"({"kind":"CronJob","spec":{"jobTemplate":{"spec":{"template":{"spec":
         {"initContainers":[{"startupProbe":{}}]}}}}}})",
       "spec.jobTemplate.spec.template.spec.initContainers[0].startupProbe"},
  };
  for (const auto& [object, field] : kCases) {
    const auto refused = look(object, kWithout);
    ASSERT_TRUE(refused) << object;
    EXPECT_EQ(refused->field, field);
    EXPECT_EQ(look(object), std::nullopt) << object;
  }
}

TEST(KubernetesFeaturesTest, LeaveAloneWhatEveryVersionHas) {
  for (const char* object : {
           "{}",
           R"({"kind":"StatefulSet","spec":{"updateStrategy":{"rollingUpdate":{"partition":1}}}})",
           R"({"kind":"DaemonSet","spec":{"updateStrategy":{"rollingUpdate":{"other":1}}}})",
           R"({"kind":"Deployment","spec":{"minReadySeconds":3,"suspend":1}})",
           R"({"kind":"CronJob","spec":{"suspend":true}})",
           R"({"kind":"Job","spec":{"template":7}})",
           R"({"kind":"StatefulSet","spec":[{"minReadySeconds":3}]})",
           R"({"kind":7,"spec":{"suspend":true}})",
           R"({"kind":"Pod","spec":{"containers":[7,[],{"startupProbe":{}}]}})",
       }) {
    EXPECT_EQ(look(object), std::nullopt) << object;
  }
}

}  // namespace
}  // namespace slipway::workloads
