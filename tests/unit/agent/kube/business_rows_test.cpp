// SPDX-License-Identifier: Apache-2.0
// What the business view's lists show of each kind.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "agent/kube/kinds.hpp"
#include "agent/kube/quantity.hpp"

namespace slipway::kube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

wire::MirrorRow row_of(std::string_view plural, const std::string& object) {
  for (const auto& kind : mirrored_kinds()) {
    if (kind.plural == plural) return project(kind, boost::json::parse(object));
  }
  ADD_FAILURE() << "no kind " << plural;
  return {};
}

TEST(BusinessRows, ADeploymentThatItsQuotaHoldsBack) {
  const auto row = row_of("deployments", R"({"metadata":{"generation":4,"annotations":{
    "deployment.kubernetes.io/revision":"3"}},"spec":{"replicas":2,"strategy":{"type":"Recreate"},
    "selector":{"matchLabels":{"app":"web"}},"template":{
    "metadata":{"labels":{"app":"web","x":"y"}},
   
    "spec":{"containers":[{"image":"a:1"}]}}},"status":{"observedGeneration":3,"replicas":1,
    "conditions":[{"type":"ReplicaFailure","status":"True","reason":"FailedCreate",
      "message":"exceeded quota: q"},
      {"type":"Progressing","status":"False","reason":"DeadlineExceeded",
        "message":"m"}]}})");
  const auto& workload = row.workload();
  EXPECT_EQ(workload.condition(), "FailedCreate: exceeded quota: q");
  EXPECT_TRUE(workload.behind());
  EXPECT_EQ(workload.revision(), 3U);
  EXPECT_EQ(workload.strategy(), "Recreate");
  EXPECT_THAT(workload.selector(), ElementsAre(Pair("app", "web")));
  EXPECT_EQ(workload.pod_labels_size(), 2);
  EXPECT_FALSE(workload.stopped());
}

TEST(BusinessRows, StoppedWorkloads) {
  const auto deployment = row_of("deployments", R"({"metadata":{"annotations":{
    "slipway.io/stopped-replicas":"5"}},"spec":{"replicas":0}})");
  EXPECT_TRUE(deployment.workload().stopped());
  EXPECT_EQ(deployment.workload().stopped_replicas(), 5U);
  const auto nowhere = row_of("daemonsets", R"({"status":{"desiredNumberScheduled":0}})");
  EXPECT_FALSE(nowhere.workload().stopped()) << "no node fits it, but nobody stopped it";
  const auto stopped = row_of("daemonsets", R"({"spec":{"template":{"spec":{"nodeSelector":{
    "slipway.io/stopped":"true"}}}},"status":{"numberMisscheduled":1}})");
  EXPECT_TRUE(stopped.workload().stopped());
  EXPECT_EQ(stopped.workload().pods(), 1U) << "its last pod is not gone yet";
}

TEST(BusinessRows, AStatefulSetCountsWhatIsNew) {
  const auto rolling = row_of("statefulsets", R"({"spec":{"replicas":3},"status":{"replicas":3,
    "readyReplicas":3,"updatedReplicas":1,"currentReplicas":2,"currentRevision":"a",
    "updateRevision":"b"}})");
  EXPECT_EQ(rolling.workload().updated(), 1U);
  EXPECT_EQ(rolling.workload().available(), 3U) << "1.20 does not say";
  const auto done = row_of("statefulsets", R"({"spec":{"replicas":3},"status":{"replicas":3,
    "readyReplicas":3,"currentReplicas":3,"currentRevision":"b","updateRevision":"b"}})");
  EXPECT_EQ(done.workload().updated(), 3U);
}

TEST(BusinessRows, WhatATemplateUses) {
  const auto row = row_of("statefulsets", R"({"spec":{"template":{"spec":{
    "imagePullSecrets":[{"name":"pull"}],
    "volumes":[{"configMap":{"name":"files"}},{"secret":{"secretName":"tls"}},
      {"persistentVolumeClaim":{"claimName":"data"}},
      {"projected":{"sources":[{"configMap":{"name":"both"}},{"secret":{"name":"both"}}]}}],
    "initContainers":[{"envFrom":[{"configMapRef":{"name":"files"}}]}],
    "containers":[{"envFrom":[{"secretRef":{"name":"env"}}],
      "env":[{"valueFrom":{"secretKeyRef":{"name":"key"}}},
             {"valueFrom":{"configMapKeyRef":{"name":"one"}}},{"value":"plain"}]}]}}}})");
  const auto& uses = row.workload().uses();
  EXPECT_THAT(uses.config_maps(), ElementsAre("both", "files", "one"));
  EXPECT_THAT(uses.secrets(), ElementsAre("both", "env", "key", "pull", "tls"));
  EXPECT_THAT(uses.claims(), ElementsAre("data"));
  const auto pod = row_of("pods", R"({"spec":{"volumes":[{"emptyDir":{}},
    {"persistentVolumeClaim":{"claimName":"data"}}]}})");
  EXPECT_THAT(pod.pod().claims(), ElementsAre("data"));
}

TEST(BusinessRows, JobsAndCronJobs) {
  const auto failed = row_of("jobs", R"({"spec":{"completions":3},"status":{"failed":2,
    "startTime":"2026-01-02T12:04:05Z","conditions":[{"type":"Failed","status":"True",
    "reason":"BackoffLimitExceeded","message":"too often"}]}})");
  EXPECT_EQ(failed.job().status(), wire::JobRow::FAILED);
  EXPECT_EQ(failed.job().condition(), "BackoffLimitExceeded: too often");
  EXPECT_EQ(failed.job().parallelism(), 1U);
  EXPECT_EQ(failed.job().started_utc_ms(), 1'767'355'445'000);
  EXPECT_EQ(row_of("jobs", R"({"status":{"active":1}})").job().status(), wire::JobRow::RUNNING);
  EXPECT_EQ(row_of("jobs", R"({"spec":{"suspend":true}})").job().status(), wire::JobRow::SUSPENDED);
  EXPECT_EQ(row_of("jobs", R"({"status":{"conditions":[{"type":"Complete","status":"True"}]}})")
                .job()
                .status(),
            wire::JobRow::COMPLETE);
  const auto cron = row_of("cronjobs", R"({"spec":{"schedule":"*/5 * * * *","suspend":true,
    "concurrencyPolicy":"Forbid","jobTemplate":{"spec":{"template":{"spec":{
    "containers":[{"image":"a:1"}]}}}}},"status":{"active":[{},{}]}})");
  EXPECT_TRUE(cron.cron_job().suspended());
  EXPECT_EQ(cron.cron_job().active(), 2U);
  EXPECT_EQ(cron.cron_job().schedule(), "*/5 * * * *");
  EXPECT_THAT(cron.cron_job().images(), ElementsAre("a:1"));
}

TEST(BusinessRows, IngressesOfBothForms) {
  const auto now =
      row_of("ingresses", R"({"spec":{"ingressClassName":"nginx","tls":[{"hosts":["h"]}],
    "defaultBackend":{"service":{"name":"other","port":{"number":80}}},"rules":[{"host":"h","http":{
    "paths":[{"path":"/a","pathType":"Prefix","backend":{"service":{"name":"web",
      "port":{"name":"http"}}}}]}}]},"status":{"loadBalancer":{"ingress":[{"ip":"10.0.0.9"}]}}})");
  ASSERT_EQ(now.ingress().paths_size(), 2);
  EXPECT_EQ(now.ingress().paths(0).service(), "other");
  EXPECT_EQ(now.ingress().paths(0).port(), "80");
  EXPECT_EQ(now.ingress().paths(1).port(), "http");
  EXPECT_THAT(now.ingress().addresses(), ElementsAre("10.0.0.9"));
  const auto before = row_of("ingresses", R"({"metadata":{"annotations":{
    "kubernetes.io/ingress.class":"old"}},"spec":{"rules":[{"http":{"paths":[{"backend":{
    "serviceName":"web","servicePort":8080}}]}}]}})");
  EXPECT_EQ(before.ingress().ingress_class(), "old");
  EXPECT_EQ(before.ingress().paths(0).service(), "web");
  EXPECT_EQ(before.ingress().paths(0).port(), "8080");
}

TEST(BusinessRows, OfASecretNamesAndSizesAlone) {
  const auto row = row_of("secrets", R"({"type":"kubernetes.io/basic-auth","immutable":true,
    "data":{"username":"YWRtaW4=","password":"c2VjcmV0IQ==","empty":""},
    "stringData":{"x":"never there"}})");
  const auto& data = row.data();
  EXPECT_EQ(data.type(), "kubernetes.io/basic-auth");
  ASSERT_EQ(data.keys_size(), 3);
  EXPECT_EQ(data.keys(1).name(), "password");
  EXPECT_EQ(data.keys(1).bytes(), 7U);
  EXPECT_EQ(data.keys(2).bytes(), 5U);
  EXPECT_EQ(data.bytes(), 12U);
  EXPECT_TRUE(data.immutable());
  const auto bytes = row.SerializeAsString();
  for (const auto* value : {"YWRtaW4", "c2VjcmV0", "secret!"}) {
    EXPECT_THAT(bytes, Not(HasSubstr(value)));
  }
  std::string many;
  for (int i = 0; i < 100; ++i) many += (i ? "," : "") + ("\"k" + std::to_string(i)) + "\":\"v\"";
  const auto map = row_of("configmaps", R"({"binaryData":{"b":"AAE="},"data":{)" + many + "}}");
  EXPECT_EQ(map.data().keys_size(), 64);
  EXPECT_EQ(map.data().key_count(), 101U);
  EXPECT_EQ(map.data().bytes(), 102U);
}

TEST(BusinessRows, ClaimsVolumesAndClasses) {
  const auto pending = row_of("persistentvolumeclaims", R"({"metadata":{"annotations":{
    "volume.beta.kubernetes.io/storage-class":"fast"}},"spec":{"accessModes":["ReadWriteOnce"],
    "resources":{"requests":{"storage":"1Gi"}}},"status":{"phase":"Pending"}})");
  EXPECT_EQ(pending.claim().storage_class(), "fast");
  EXPECT_EQ(pending.claim().bytes(), 1ULL << 30);
  const auto bound = row_of("persistentvolumeclaims", R"({"spec":{"storageClassName":"fast",
    "volumeName":"pv1","resources":{"requests":{"storage":"2Gi"}}},"status":{"phase":"Bound",
    "capacity":{"storage":"1Gi"},"conditions":[{"type":"Resizing","status":"True"}]}})");
  EXPECT_EQ(bound.claim().bytes(), 1ULL << 30) << "what there is, not what is asked for";
  EXPECT_EQ(bound.claim().condition(), "Resizing");
  const auto volume = row_of("persistentvolumes", R"({"spec":{"capacity":{"storage":"5G"},
    "persistentVolumeReclaimPolicy":"Retain","claimRef":{"namespace":"a","name":"b"}},
    "status":{"phase":"Failed","reason":"Gone","message":"no such disk"}})");
  EXPECT_EQ(volume.volume().bytes(), 5'000'000'000U);
  EXPECT_EQ(volume.volume().claim_name(), "b");
  EXPECT_EQ(volume.volume().reason(), "Gone: no such disk");
  const auto storage = row_of("storageclasses", R"({"metadata":{"annotations":{
    "slipway.io/access-modes":"ReadWriteOnce,ReadWriteMany",
    "storageclass.kubernetes.io/is-default-class":"true"}},"provisioner":"p",
    "reclaimPolicy":"Delete","allowVolumeExpansion":true,"parameters":{"type":"ssd"}})");
  EXPECT_TRUE(storage.storage_class().is_default());
  EXPECT_TRUE(storage.storage_class().expandable());
  EXPECT_THAT(storage.storage_class().access_modes(),
              ElementsAre("ReadWriteOnce", "ReadWriteMany"));
  EXPECT_THAT(storage.storage_class().parameters(), ElementsAre(Pair("type", "ssd")));
}

TEST(BusinessRows, QuotasAndLimits) {
  const auto quota = row_of("resourcequotas", R"({"spec":{"hard":{"pods":"10","requests.cpu":"4"}},
    "status":{"hard":{"pods":"10"},"used":{"pods":"3"}}})");
  EXPECT_THAT(quota.quota().hard(),
              UnorderedElementsAre(Pair("pods", "10"), Pair("requests.cpu", "4")));
  EXPECT_THAT(quota.quota().used(), ElementsAre(Pair("pods", "3")));
  const auto range = row_of("limitranges", R"({"spec":{"limits":[{"type":"Container",
    "default":{"cpu":"1"},"defaultRequest":{"cpu":"500m"},"max":{"cpu":"2"}}]}})");
  ASSERT_EQ(range.limit_range().items_size(), 1);
  EXPECT_THAT(range.limit_range().items(0).default_limits(), ElementsAre(Pair("cpu", "1")));
  EXPECT_THAT(range.limit_range().items(0).default_requests(), ElementsAre(Pair("cpu", "500m")));
}

TEST(BusinessRows, AutoscalersOfBothForms) {
  const auto old = row_of("horizontalpodautoscalers", R"({"spec":{"maxReplicas":5,
    "targetCPUUtilizationPercentage":80,"scaleTargetRef":{"kind":"Deployment","name":"web"}},
    "status":{"currentReplicas":2,"currentCPUUtilizationPercentage":31}})");
  EXPECT_EQ(old.autoscaler().min(), 1U);
  EXPECT_EQ(old.autoscaler().max(), 5U);
  ASSERT_EQ(old.autoscaler().metrics_size(), 1);
  EXPECT_EQ(old.autoscaler().metrics(0).target(), "80%");
  EXPECT_EQ(old.autoscaler().metrics(0).current(), "31%");
  const auto now = row_of("horizontalpodautoscalers", R"({"spec":{"metrics":[
    {"type":"Resource","resource":{"name":"memory","target":{"averageValue":"200Mi"}}},
    {"type":"Pods","pods":{"metric":{"name":"rate"},"target":{"averageValue":"5"}}}]},
    "status":{"currentMetrics":[{"type":"Resource","resource":{"name":"memory",
      "current":{"averageUtilization":7,"averageValue":"14Mi"}}}],"conditions":[
      {"type":"ScalingLimited","status":"False","reason":"DesiredWithinRange"},
      {"type":"ScalingActive","status":"False","reason":"FailedGetMetric","message":"none"}]}})");
  ASSERT_EQ(now.autoscaler().metrics_size(), 2);
  EXPECT_EQ(now.autoscaler().metrics(0).target(), "200Mi");
  EXPECT_EQ(now.autoscaler().metrics(0).current(), "7%");
  EXPECT_EQ(now.autoscaler().metrics(1).name(), "rate");
  EXPECT_EQ(now.autoscaler().condition(), "FailedGetMetric: none");
}

TEST(BusinessRows, AnApplicationsDescriptionIsCutBetweenCharacters) {
  const std::string long_one(1023, 'a');
  const auto row = row_of("applications",
                          R"({"spec":{"descriptor":{"description":")" + long_one + R"(应用"}}})");
  EXPECT_EQ(row.application().description(), long_one);
  EXPECT_EQ(row_of("applications", R"({"spec":7})").application().description(), "");
}

TEST(Quantity, ReadsWhatTheApiServerWrites) {
  const std::pair<const char*, std::uint64_t> cases[] = {{"10Gi", 10ULL << 30},
                                                         {"1.5Gi", 3ULL << 29},
                                                         {"500m", 1},
                                                         {"1e3", 1000},
                                                         {"1E", 1'000'000'000'000'000'000},
                                                         {"2k", 2000},
                                                         {"0", 0},
                                                         {"-5", 0},
                                                         {"", 0},
                                                         {"Gi", 0},
                                                         {"1Xi", 0},
                                                         {"nan", 0},
                                                         {"99999Ei", ~0ULL},
                                                         {"1 Gi", 0}};
  for (const auto& [text, whole] : cases) EXPECT_EQ(whole_of(text), whole) << text;
}

}  // namespace
}  // namespace slipway::kube
