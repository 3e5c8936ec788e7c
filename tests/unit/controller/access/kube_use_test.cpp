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

constexpr KubeUse kAllUses[] = {KubeUse::kRead,       KubeUse::kWrite, KubeUse::kExec,
                                KubeUse::kAttach,     KubeUse::kProxy, KubeUse::kConnect,
                                KubeUse::kPortForward};
const Place kOwn{.cluster = "c", .project = {"p"}, .department = {"d"}};
const Place kForeign{.cluster = "c", .project = {"q"}, .department = {"e"}};

Rights member(Role role, Role in_project) {
  return {.role = role, .department = {}, .projects = {{{"p"}, in_project}}, .scope = {}};
}

TEST(KubeUse, WhoOnlyReadsOpensNothingByAnyVerb) {
  for (const auto& reader : {member(Role::kReadOnly, Role::kProjectMember),
                             member(Role::kProjectMember, Role::kReadOnly)}) {
    for (const auto use : kAllUses) {
      EXPECT_EQ(decide_kube(reader, use, "c", &kOwn).has_value(), use == KubeUse::kRead)
          << name_of(use);
    }
    for (const auto* method : kMethods) {
      for (const auto* what : {"/exec", "/attach", "/portforward", "/proxy"}) {
        const auto use = kube_use(method, kPod + std::string(what), true);
        EXPECT_FALSE(decide_kube(reader, use, "c", &kOwn)) << method << what;
      }
    }
  }
}

TEST(KubeUse, AMemberUsesTheOwnNamespaceAndNoOther) {
  const auto ann = member(Role::kProjectMember, Role::kProjectMember);
  for (const auto use : kAllUses) {
    const bool through = use == KubeUse::kProxy || use == KubeUse::kConnect;
    EXPECT_EQ(decide_kube(ann, use, "c", &kOwn).has_value(), !through) << name_of(use);
    EXPECT_FALSE(decide_kube(ann, use, "c", &kForeign)) << name_of(use);
    EXPECT_EQ(decide_kube(ann, use, "c", nullptr).has_value(),
              use == KubeUse::kRead || use == KubeUse::kExec || use == KubeUse::kAttach ||
                  use == KubeUse::kPortForward)
        << name_of(use) << ": without a namespace there is no such path but for reading";
    EXPECT_TRUE(decide_kube({.role = Role::kAdministrator}, use, "c", &kForeign));
    EXPECT_TRUE(decide_kube({.role = Role::kAdministrator}, use, "c", nullptr));
  }
}

TEST(KubeUse, ATokensLimitsHoldForAdministratorsToo) {
  Rights admin{.role = Role::kAdministrator};
  admin.scope.read_only = true;
  for (const auto use : kAllUses) {
    EXPECT_EQ(decide_kube(admin, use, "c", &kOwn).has_value(), use == KubeUse::kRead);
  }
  admin.scope = {.read_only = false, .cluster = "c", .project = {}};
  EXPECT_TRUE(decide_kube(admin, KubeUse::kWrite, "c", nullptr));
  EXPECT_FALSE(decide_kube(admin, KubeUse::kRead, "other", nullptr));
  admin.scope = {.read_only = false, .cluster = {}, .project = {"p"}, .department = {"d"}};
  EXPECT_TRUE(decide_kube(admin, KubeUse::kExec, "c", &kOwn));
  EXPECT_FALSE(decide_kube(admin, KubeUse::kExec, "c", &kForeign));
  EXPECT_FALSE(decide_kube(admin, KubeUse::kWrite, "c", nullptr));
}

TEST(KubeUse, TheNamespaceIsThatOfThePath) {
  const auto in = [](const std::string& path) {
    return read_kube_path("GET", path, false).name_space;
  };
  EXPECT_EQ(in("/api/v1/namespaces/a/pods/b/exec"), "a");
  EXPECT_EQ(in("/api/v1/watch/namespaces/a/pods"), "a");
  EXPECT_EQ(in("/apis/apps/v1/namespaces/a/deployments"), "a");
  EXPECT_EQ(in("/api/v1/namespaces/a"), "a") << "a namespace is in itself";
  EXPECT_EQ(in("/api/v1/namespaces/a/status"), "a");
  EXPECT_EQ(in("/api/v1/namespaces"), "");
  EXPECT_EQ(in("/api/v1/pods"), "");
  EXPECT_EQ(in("/version"), "");
}

TEST(KubeUse, AskingWhatOneMayDoIsReading) {
  const std::string group = "/apis/authorization.k8s.io/v1/";
  EXPECT_EQ(kube_use("POST", group + "selfsubjectaccessreviews", false), KubeUse::kRead);
  EXPECT_EQ(kube_use("POST", group + "selfsubjectrulesreviews", false), KubeUse::kRead);
  EXPECT_EQ(kube_use("POST", group + "subjectaccessreviews", false), KubeUse::kWrite);
  EXPECT_EQ(kube_use("DELETE", group + "selfsubjectaccessreviews", false), KubeUse::kWrite);
}

}  // namespace
}  // namespace slipway::access
