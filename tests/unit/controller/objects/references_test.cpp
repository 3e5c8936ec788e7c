// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/references.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::objects {
namespace {

boost::json::object object(const char* text) {
  return boost::json::parse(text).as_object();
}

TEST(References, APodNamesThemWhereverItMay) {
  for (const auto* spec :
       {R"({"volumes":[{"emptyDir":{}},{"configMap":{"name":"it"}}]})",
        R"({"volumes":[{"projected":{"sources":[{"secret":{"name":"no"}},
           {"configMap":{"name":"it"}}]}}]})",
        R"({"containers":[{"envFrom":[{"configMapRef":{"name":"it"}}]}]})",
        R"({"initContainers":[{"env":[{"valueFrom":{"configMapKeyRef":{"name":"it"}}}]}]})"}) {
    const auto pod = object((std::string(R"({"spec":)") + spec + "}").c_str());
    EXPECT_EQ(how_pod_uses_config_map(pod, "it"), "pod") << spec;
    EXPECT_EQ(how_pod_uses_config_map(pod, "no"), "") << spec;
    EXPECT_EQ(how_pod_uses_secret(pod, "it"), "") << spec;
  }
  for (const auto* spec :
       {R"({"volumes":[{"secret":{"secretName":"it"}}]})",
        R"({"volumes":[{"projected":{"sources":[{"secret":{"name":"it"}}]}}]})",
        R"({"containers":[{"envFrom":[{"secretRef":{"name":"it"}}]}]})",
        R"({"containers":[{"env":[{},{"valueFrom":{"secretKeyRef":{"name":"it"}}}]}]})"}) {
    const auto pod = object((std::string(R"({"spec":)") + spec + "}").c_str());
    EXPECT_EQ(how_pod_uses_secret(pod, "it"), "pod") << spec;
    EXPECT_EQ(how_pod_uses_config_map(pod, "it"), "") << spec;
  }
}

TEST(References, PullSecretsAreSaidToBeThat) {
  const auto pod = object(R"({"spec":{"imagePullSecrets":[{"name":"registry"}]}})");
  EXPECT_EQ(how_pod_uses_secret(pod, "registry"), "imagePullSecrets");
  const auto account =
      object(R"({"imagePullSecrets":[{"name":"registry"}],"secrets":[{"name":"token"}]})");
  EXPECT_EQ(how_account_uses(account, "registry"), "imagePullSecrets");
  EXPECT_EQ(how_account_uses(account, "token"), "secrets");
  EXPECT_EQ(how_account_uses(account, "other"), "");
}

TEST(References, AnIngressNamesItsCertificates) {
  const auto ingress = object(R"({"spec":{"tls":[{"hosts":["a"]},{"secretName":"cert"}]}})");
  EXPECT_EQ(how_ingress_uses(ingress, "cert"), "tls");
  EXPECT_EQ(how_ingress_uses(ingress, "other"), "");
  for (const auto* odd :
       {"{}", R"({"spec":7})", R"({"spec":{"tls":{}}})", R"({"spec":{"tls":[7]}})"})
    EXPECT_EQ(how_ingress_uses(object(odd), "cert"), "");
}

TEST(References, AnIngressRoutesToServicesInBothForms) {
  const auto now = object(R"({"spec":{"defaultBackend":{"service":{"name":"rest"}},"rules":[
      {"host":"a"},{"http":{"paths":[{"backend":{"service":{"name":"web"}}},
      {"backend":{"resource":{}}},{"backend":{"service":{"name":"web"}}}]}}]}})");
  EXPECT_EQ(services_of(now), (std::set<std::string>{"rest", "web"}));
  const auto before = object(R"({"spec":{"backend":{"serviceName":"rest"},"rules":[
      {"http":{"paths":[{"backend":{"serviceName":"web"}}]}}]}})");
  EXPECT_EQ(services_of(before), services_of(now));
}

}  // namespace
}  // namespace slipway::objects
