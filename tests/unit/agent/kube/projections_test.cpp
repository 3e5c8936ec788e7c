// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/projections.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "agent/kube/kinds.hpp"
#include "agent/kube/kube_api.hpp"

namespace slipway::kube {
namespace {

using testing::ElementsAre;

wire::MirrorRow row_of(std::string_view plural, const std::string& object) {
  for (const auto& kind : mirrored_kinds()) {
    if (kind.plural == plural) return project(kind, boost::json::parse(object));
  }
  ADD_FAILURE() << "no kind " << plural;
  return {};
}

std::string pod_status(const std::string& status, const std::string& more = "") {
  return row_of("pods", "{\"status\":" + status + more + "}").pod().status();
}

TEST(Projections, KeepMetadata) {
  auto row = row_of("pods", R"({"metadata":{"uid":"u","name":"n","namespace":"ns",
    "resourceVersion":"5","creationTimestamp":"2026-01-02T12:04:05Z","labels":{"a":"b"},
    "ownerReferences":[{"kind":"X","name":"x"},
      {"kind":"ReplicaSet","name":"rs","uid":"o","controller":true}]}})");
  EXPECT_EQ(row.meta().uid(), "u");
  EXPECT_EQ(row.meta().pod_namespace(), "ns");
  EXPECT_EQ(row.meta().created_utc_ms(), 1'767'355'445'000);
  EXPECT_EQ(row.meta().deleted_utc_ms(), 0);
  EXPECT_EQ(row.meta().labels().at("a"), "b");
  EXPECT_EQ(row.meta().owner_kind(), "ReplicaSet");
}

TEST(Projections, WordAPodsStatusAsKubectl) {
  EXPECT_EQ(pod_status(R"({"phase":"Running"})"), "Running");
  EXPECT_EQ(pod_status(R"({"phase":"Failed","reason":"Evicted"})"), "Evicted");
  EXPECT_EQ(pod_status(R"({"phase":"Running","containerStatuses":[
    {"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]})"),
            "CrashLoopBackOff");
  EXPECT_EQ(pod_status(R"({"phase":"Failed","containerStatuses":[
    {"state":{"terminated":{"exitCode":3}}}]})"),
            "ExitCode:3");
  EXPECT_EQ(pod_status(R"({"phase":"Running","containerStatuses":[
    {"state":{"terminated":{"reason":"Completed"}}},{"ready":true,"state":{"running":{}}}]})"),
            "NotReady");
  EXPECT_EQ(pod_status(R"({"phase":"Pending","initContainerStatuses":[
    {"state":{"terminated":{"exitCode":0}}},{"state":{"running":{}}}]})",
                       R"(,"spec":{"initContainers":[{},{},{}]})"),
            "Init:1/3");
  EXPECT_EQ(pod_status(R"({"phase":"Pending","initContainerStatuses":[
    {"state":{"waiting":{"reason":"ImagePullBackOff"}}}]})"),
            "Init:ImagePullBackOff");
  EXPECT_EQ(pod_status(R"({"phase":"Running"})",
                       R"(,"metadata":{"deletionTimestamp":"2026-01-02T12:04:05Z"})"),
            "Terminating");
}

TEST(Projections, CountAPodsContainers) {
  auto row = row_of("pods", R"({"spec":{"nodeName":"w1",
    "initContainers":[{"name":"i"}],"containers":[{"name":"b"},{"name":"a"},
      {"name":"c","image":"busybox"}]},"status":{"podIP":"10.0.0.9",
    "conditions":[{"type":"Ready","status":"True"}],
    "initContainerStatuses":[{"name":"i","restartCount":9}],
    "containerStatuses":[{"name":"a","restartCount":2,"ready":true,"state":{"running":{}}},
      {"name":"b","restartCount":1}]}})");
  EXPECT_TRUE(row.pod().ready());
  EXPECT_EQ(row.pod().restarts(), 3U);
  ASSERT_EQ(row.pod().containers_size(), 4);
  EXPECT_TRUE(row.pod().containers(0).init());
  EXPECT_EQ(row.pod().containers(1).name(), "b") << "the spec's order, not the statuses'";
  EXPECT_EQ(row.pod().containers(1).restarts(), 1U);
  EXPECT_EQ(row.pod().containers(2).state(), "running");
  EXPECT_EQ(row.pod().containers(3).image(), "busybox") << "not begun yet: from the spec";
}

TEST(Projections, ReadNodes) {
  auto row = row_of("nodes", R"({"metadata":{"labels":{"node-role.kubernetes.io/master":""}},
    "spec":{"podCIDR":"10.244.1.0/24","unschedulable":true},"status":{
    "nodeInfo":{"kubeletVersion":"v1.20.2"},
    "addresses":[{"type":"Hostname","address":"h"},{"type":"InternalIP","address":"10.0.0.4"}],
    "conditions":[{"type":"DiskPressure","status":"True"},{"type":"PIDPressure","status":"False"},
      {"type":"Ready","status":"True","reason":"KubeletReady"}]}})");
  EXPECT_TRUE(row.node().ready());
  EXPECT_TRUE(row.node().unschedulable());
  EXPECT_THAT(row.node().roles(), ElementsAre("master"));
  EXPECT_THAT(row.node().pressures(), ElementsAre("DiskPressure"));
  EXPECT_EQ(row.node().internal_ip(), "10.0.0.4");
}

TEST(Projections, ReadWorkloadsServicesAndEvents) {
  auto deployment = row_of("deployments", R"({"spec":{"replicas":3,"template":{"spec":{
    "containers":[{"image":"nginx:1"}]}}},"status":{"readyReplicas":2,"conditions":[
    {"type":"Progressing","status":"False","reason":"Late","message":"too slow"}]}})");
  EXPECT_EQ(deployment.workload().desired(), 3U);
  EXPECT_EQ(deployment.workload().condition(), "Late: too slow");
  EXPECT_THAT(deployment.workload().images(), ElementsAre("nginx:1"));
  auto service = row_of("services", R"({"spec":{"type":"NodePort","clusterIP":"10.96.0.7",
    "selector":{"app":"x"},"ports":[{"port":80,"targetPort":"http","nodePort":30080}]}})");
  EXPECT_EQ(service.service().ports(0).target(), "http");
  EXPECT_EQ(service.service().ports(0).node_port(), 30080U);
  auto event = row_of("events", R"({"type":"Warning","reason":"BackOff","count":4,
    "lastTimestamp":"2026-01-02T12:04:05Z","involvedObject":{"kind":"Pod","name":"p"}})");
  EXPECT_EQ(event.event().count(), 4U);
  EXPECT_EQ(event.event().last_utc_ms(), 1'767'355'445'000);
}

TEST(Projections, CutLongMessagesBetweenCharacters) {
  std::string wide = "x";  // so that a character stands across every even limit
  for (int i = 0; i < 4'000; ++i) wide += "\xc3\xa9";
  const auto event = row_of("events", R"({"message":")" + wide + "\"}");
  const auto job = row_of("cronjobs", R"({"spec":{"schedule":")" + wide + "\"}}");
  for (const auto& cut : {event.event().message(), job.cron_job().schedule()}) {
    ASSERT_GT(cut.size(), 1'000U);
    EXPECT_EQ(cut, wide.substr(0, cut.size()));
    EXPECT_EQ(cut.size() % 2, 1U) << "half a character, for which a whole batch would be refused";
  }
  EXPECT_EQ(message_of(wide).size() % 2, 1U);
  EXPECT_EQ(message_of("a\xff"), "a\xef\xbf\xbd");
}

TEST(Projections, ReadRoleBindings) {
  const auto row = row_of("rolebindings", R"({"roleRef":{"kind":"ClusterRole","name":"view"},
    "subjects":[{"kind":"Group","name":"g"},
      {"kind":"ServiceAccount","name":"s","namespace":"n"}]})");
  EXPECT_EQ(row.role_binding().role_kind(), "ClusterRole");
  EXPECT_EQ(row.role_binding().role(), "view");
  EXPECT_THAT(row.role_binding().subjects(), ElementsAre("Group g", "ServiceAccount n/s"));
}

TEST(Projections, OutliveObjectsOfAnyShape) {
  for (const auto* shape :
       {"null", "[]", "7", R"({"metadata":7,"spec":[],"status":"x"})",
        R"({"status":{"conditions":[7,null,{"type":[]}],"containerStatuses":{"a":1},
            "addresses":[[]]},"spec":{"ports":[null],"replicas":"3","selector":[1]}})",
        R"({"metadata":{"labels":{"a":1},"ownerReferences":[null],"creationTimestamp":"x"}})"}) {
    for (const auto& kind : mirrored_kinds()) project(kind, boost::json::parse(shape));
  }
}

}  // namespace
}  // namespace slipway::kube
