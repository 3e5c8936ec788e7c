// SPDX-License-Identifier: Apache-2.0
#include "controller/access/kube_use.hpp"

#include <gtest/gtest.h>

namespace slipway::access {
namespace {

constexpr const char* kMethods[] = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"};
constexpr char kPod[] = "/api/v1/namespaces/a/pods/b";

TEST(KubeUse, ExecAndItsKinAreKnownByPathWhateverTheVerb) {
  const std::vector<std::pair<std::string, KubeUse>> paths{
      {std::string(kPod) + "/exec", KubeUse::kExec},
      {std::string(kPod) + "/exec/", KubeUse::kExec},
      {std::string(kPod) + "/Exec", KubeUse::kExec},
      {std::string(kPod) + "/attach", KubeUse::kAttach},
      {std::string(kPod) + "/portforward", KubeUse::kPortForward},
      {std::string(kPod) + "/proxy", KubeUse::kProxy},
      {std::string(kPod) + "/proxy/log", KubeUse::kProxy},
      {"/api/v1/namespaces/a/services/b:80/proxy/x", KubeUse::kProxy},
      {"/api/v1/nodes/n/proxy/exec/a/b/c", KubeUse::kProxy},
      {"/api/v1/proxy/namespaces/a/services/b", KubeUse::kProxy},
      {"/api/v1/watch/namespaces/a/pods/b/exec", KubeUse::kExec},
      {"/api/v1/namespaces/status/pods/b/exec", KubeUse::kExec},
      {"/apis/subresources.kubevirt.io/v1/namespaces/a/virtualmachineinstances/b/portforward",
       KubeUse::kPortForward}};
  for (const auto& [path, use] : paths) {
    for (const auto* method : kMethods) {
      for (const bool upgraded : {false, true}) {
        EXPECT_EQ(kube_use(method, path, upgraded), use) << method << " " << path;
      }
    }
  }
}

TEST(KubeUse, NamesThatLookLikeExecAreNone) {
  for (const auto* path :
       {"/api/v1/namespaces/exec/configmaps/exec", "/api/v1/namespaces/proxy/pods/attach",
        "/api/v1/pods", "/api/v1/namespaces/exec", "/api/v1/namespaces/a/pods/b/log",
        "/apis/apps/v1/namespaces/a/deployments/exec", "/version", "/", "/openapi/v2"}) {
    EXPECT_EQ(kube_use("GET", path, false), KubeUse::kRead) << path;
    EXPECT_EQ(kube_use("POST", path, false), KubeUse::kWrite) << path;
  }
}

TEST(KubeUse, AnUpgradeThatIsNoWatchIsMoreThanReading) {
  EXPECT_EQ(kube_use("GET", "/api/v1/pods", true), KubeUse::kRead);
  EXPECT_EQ(kube_use("GET", std::string(kPod) + "/log", true), KubeUse::kRead);
  EXPECT_EQ(kube_use("POST", "/api/v1/pods", true), KubeUse::kConnect);
  EXPECT_EQ(kube_use("GET", "/version", true), KubeUse::kConnect);
  EXPECT_EQ(kube_use("GET", "/apis/subresources.kubevirt.io/v1/namespaces/a/vms/b/console", true),
            KubeUse::kConnect);
}

TEST(KubeUse, WhoOnlyReadsOpensNothingByAnyVerb) {
  for (const auto use : {KubeUse::kRead, KubeUse::kWrite, KubeUse::kExec, KubeUse::kAttach,
                         KubeUse::kPortForward, KubeUse::kProxy, KubeUse::kConnect}) {
    EXPECT_TRUE(may_use(Role::kAdministrator, use));
    EXPECT_EQ(may_use(Role::kReadOnly, use), use == KubeUse::kRead) << name_of(use);
    EXPECT_FALSE(may_use(Role::kProjectMember, use));
    EXPECT_FALSE(may_use(Role::kDepartmentAdministrator, use));
  }
  for (const auto* method : kMethods) {
    EXPECT_FALSE(may_use(Role::kReadOnly, kube_use(method, std::string(kPod) + "/exec", true)));
  }
}

}  // namespace
}  // namespace slipway::access
