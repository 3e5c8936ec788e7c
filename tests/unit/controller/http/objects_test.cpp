// SPDX-License-Identifier: Apache-2.0
// Single objects in their own form, with an agent that answers for the cluster.
#include "controller/objects/secret_values.hpp"
#include "tests/unit/controller/http/played_cluster.hpp"

namespace slipway::http {
namespace {

namespace json = boost::json;

constexpr auto kOwn = "/clusters/demo/namespaces/own/objects/";
constexpr auto kSecret = R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s",
  "resourceVersion":"7","managedFields":[{}],"annotations":{"a":"b",
  "kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"k\":\"aHVzaA==\"}}"}},
  "data":{"k":"aHVzaA==","other":"dG9v"}})";

std::string config_map(const std::string& more = {}, const std::string& data = "1") {
  return R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c")" + more +
         R"(},"data":{"a":")" + data + "\"}}";
}

class ObjectsTest : public PlayedClusterTest {
 public:
  net::HttpResponse sent(const char* who, const char* method, const std::string& what,
                         const std::string& body = {}) {
    return send(who, method, kOwn + what, body);
  }
};

TEST_F(ObjectsTest, IsMadeInTheCallersNameInItsOwnForm) {
  answered = config_map(R"(,"resourceVersion":"8","managedFields":[{"manager":"slipway"}])");
  const auto made = sent("ann", "POST", "configmaps", config_map(R"(,"labels":{"x":"y"})"));
  ASSERT_EQ(made.status, 201) << made.text();
  EXPECT_EQ(last().who().user(), "slipway:" + users["ann"].id.value);
  EXPECT_EQ(last().request().method(), "POST");
  EXPECT_EQ(last().request().path(), "/api/v1/namespaces/own/configmaps?fieldManager=slipway");
  EXPECT_EQ(json::parse(last().request().body()).at_pointer("/metadata/labels/x"), "y");
  EXPECT_EQ(made.headers.get("Location"), "/api/v1" + std::string(kOwn) + "configmaps/c");
  const auto body = body_of(made);
  EXPECT_EQ(body.at("data").at("a"), "1");
  EXPECT_FALSE(body.at("metadata").as_object().contains("managedFields"));
}

TEST_F(ObjectsTest, ADryRunChangesNothingAndWaitsForNobody) {
  ASSERT_EQ(sent("ann", "POST", "configmaps?dryRun=true", config_map()).status, 200);
  EXPECT_TRUE(last().request().path().ends_with("&dryRun=All"));
  ASSERT_EQ(sent("ann", "DELETE", "configmaps/c?dryRun=true").status, 200);
  EXPECT_EQ(json::parse(last().request().body()).at("dryRun"), json::array{"All"});
  agent->drop();
  ASSERT_TRUE(world.run([](auto& test) -> base::Task<bool> {
    co_return co_await fakes::until([&] { return !test.world.links.facts(test.master).connected; });
  }(*this)));
  EXPECT_EQ(sent("ann", "POST", "configmaps?dryRun=true", config_map()).status, 503);
  EXPECT_EQ(sent("ann", "POST", "configmaps", config_map()).status, 202);
}

TEST_F(ObjectsTest, AChangeBearsTheVersionThatWasRead) {
  const auto bare = sent("ann", "PUT", "configmaps/c", config_map());
  EXPECT_EQ(bare.status, 422);
  EXPECT_EQ(text_of(body_of(bare), "field"), "metadata.resourceVersion");
  EXPECT_TRUE(agent->intents().empty());
  ASSERT_EQ(sent("ann", "PUT", "configmaps/c", config_map(R"(,"resourceVersion":"7")")).status,
            200);
  EXPECT_EQ(last().request().method(), "PUT");
  EXPECT_EQ(last().request().path(), "/api/v1/namespaces/own/configmaps/c?fieldManager=slipway");
}

TEST_F(ObjectsTest, AConflictHasBothVersionsAndWhatIsThere) {
  statuses = {409};
  objects["/api/v1/namespaces/own/configmaps/c"] = config_map(R"(,"resourceVersion":"9")", "new");
  const auto refused = sent("ann", "PUT", "configmaps/c", config_map(R"(,"resourceVersion":"7")"));
  EXPECT_EQ(refused.status, 409);
  const auto body = body_of(refused);
  EXPECT_EQ(text_of(body, "seen"), "7");
  EXPECT_EQ(text_of(body, "current"), "9");
  EXPECT_EQ(text_of(body, "rule"), "changed");
  EXPECT_EQ(body.at("present").at("data").at("a"), "new");
}

TEST_F(ObjectsTest, WhatIsThereAlreadyIsSaidInTheApiServersWords) {
  statuses = {409};
  const auto refused = sent("ann", "POST", "configmaps", config_map());
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(text_of(body_of(refused), "detail"), "the API server's words");
}

TEST_F(ObjectsTest, ARefusedFieldHasItsPlaceInTheText) {
  statuses = {422};
  field = "data.a";
  auto request = as("ann", "POST", "/api/v1" + std::string(kOwn) + "configmaps",
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: b\n");
  request.headers.set("Content-Type", "application/yaml");
  const auto body = body_of(world.send(std::move(request)));
  EXPECT_EQ(text_of(body, "field"), "data.a");
  EXPECT_EQ(body.at("line"), 5);
}

TEST_F(ObjectsTest, APairOfJsonsEscapesIsOneCharacter) {
  const auto made = sent("ann", "POST", "configmaps", config_map("", R"(\ud83d\ude00 \u00e9)"));
  ASSERT_EQ(made.status, 201) << made.text();
  const auto asked = json::parse(last().request().body());
  EXPECT_EQ(asked.at("data").at("a"), "\xf0\x9f\x98\x80 \xc3\xa9");
  EXPECT_EQ(sent("ann", "POST", "configmaps", config_map("", R"(\ud83d)")).status, 422);
}

TEST_F(ObjectsTest, WhatDoesNotFitThePathIsRefusedByField) {
  const std::vector<std::tuple<const char*, const char*, std::string, const char*>> cases{
      {"POST", "secrets", config_map(), "kind"},
      {"POST", "configmaps", config_map(R"(,"namespace":"foreign")"), "metadata.namespace"},
      {"PUT", "configmaps/d", config_map(R"(,"resourceVersion":"7")"), "metadata.name"},
      {"POST", "ingresses", R"({"apiVersion":"extensions/v1beta1","kind":"Ingress","metadata":
        {"name":"i"}})",
       "apiVersion"},
      {"POST", "configmaps", config_map() + "\n---\n" + config_map(), "body"},
      {"POST", "configmaps", R"({"kind":"ConfigMap","metadata":{"name":"c"}})", "apiVersion"}};
  for (const auto& [method, what, text, wrong] : cases) {
    const auto refused = sent("ann", method, what, text);
    EXPECT_EQ(refused.status, 422) << what << " " << refused.text();
    EXPECT_EQ(text_of(body_of(refused), "field"), wrong) << refused.text();
  }
  EXPECT_EQ(sent("ann", "POST", "configmaps", "{").status, 422);
  EXPECT_TRUE(agent->intents().empty());
}

TEST_F(ObjectsTest, TheRulesOfProjectsHold) {
  const auto refused = sent("ann", "POST", "pods", R"({"apiVersion":"v1","kind":"Pod","metadata":
    {"name":"p"},"spec":{"hostPID":true,"containers":[]}})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(text_of(body_of(refused), "field"), "spec.hostPID");
  EXPECT_TRUE(agent->intents().empty());
}

TEST_F(ObjectsTest, ASecretIsShownWithoutItsValuesAndKeepsThem) {
  objects["/api/v1/namespaces/own/secrets/s"] = kSecret;
  const auto shown = sent("ann", "GET", "secrets/s");
  ASSERT_EQ(shown.status, 200);
  EXPECT_FALSE(shown.text().contains("aHVzaA")) << shown.text();
  auto body = body_of(shown);
  EXPECT_TRUE(body.at("data").at("k").is_null());
  body["data"].as_object()["k"] = "bmV3";
  answered = kSecret;
  const auto changed = sent("ann", "PUT", "secrets/s", json::serialize(body));
  ASSERT_EQ(changed.status, 200) << changed.text();
  EXPECT_FALSE(changed.text().contains("aHVzaA"));
  const auto written = json::parse(last().request().body());
  EXPECT_EQ(written.at("data").at("k"), "bmV3");
  EXPECT_EQ(written.at("data").at("other"), "dG9v") << "null keeps what is there";
  EXPECT_TRUE(written.at_pointer("/metadata/annotations")
                  .as_object()
                  .contains("kubectl.kubernetes.io/last-applied-configuration"));
}

TEST_F(ObjectsTest, AValueThatIsNoBase64IsRefusedInOurWordsBeforeTheHiddenOnesAreFilledIn) {
  objects["/api/v1/namespaces/own/secrets/s"] = kSecret;
  auto body = body_of(sent("ann", "GET", "secrets/s"));
  for (const auto& wrong : std::vector<json::value>{"!", 7, "aGk"}) {
    body["data"].as_object()["k"] = wrong;
    const auto refused = sent("ann", "PUT", "secrets/s", json::serialize(body));
    EXPECT_EQ(refused.status, 422) << refused.text();
    EXPECT_EQ(text_of(body_of(refused), "field"), "data.k");
  }
  EXPECT_TRUE(agent->intents().empty());
}

TEST_F(ObjectsTest, WhatIsNestedDeeplyIsReadAndWritten) {
  const auto deep = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c",)"
                    R"("resourceVersion":"7"},"data":)" +
                    std::string(50, '[') + std::string(50, ']') + "}";
  objects["/api/v1/namespaces/own/configmaps/c"] = deep;
  answered = deep;
  const auto shown = sent("ann", "GET", "configmaps/c");
  EXPECT_EQ(shown.status, 200) << shown.text();
  EXPECT_EQ(shown.text(), deep);
  EXPECT_EQ(sent("ann", "PUT", "configmaps/c", shown.text()).text(), deep);
}

TEST_F(ObjectsTest, WhatStandsAlreadyMayBeChangedOtherwise) {
  const std::string spec =
      R"("spec":{"type":"LoadBalancer","ports":[{"port":1,"protocol":"UDP"}]})";
  const auto service = [&](const std::string& more) {
    return R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s","resourceVersion":"7")" +
           more + "}," + spec + "}";
  };
  EXPECT_EQ(sent("ann", "PUT", "services/s", service("")).status, 403);
  objects["/api/v1/namespaces/own/services/s"] = service("");
  const auto labelled = sent("ann", "PUT", "services/s", service(R"(,"labels":{"a":"b"})"));
  EXPECT_EQ(labelled.status, 200) << labelled.text();
}

TEST_F(ObjectsTest, AVersionThatIsNoneGoesIntoNoPath) {
  for (const auto* version : {"v1/x?y=", "v1%2Fnamespaces", "1", "v"}) {
    const auto refused = sent("ann", "POST", "configmaps",
                              R"({"apiVersion":")" + std::string(version) +
                                  R"(","kind":"ConfigMap","metadata":{"name":"c"}})");
    EXPECT_EQ(refused.status, 422) << refused.text();
    EXPECT_EQ(text_of(body_of(refused), "field"), "apiVersion");
  }
}

TEST_F(ObjectsTest, NullOfAKeyThatIsNotThereIsNothing) {
  json::object written{{"data", json::object{{"gone", nullptr}, {"k", "v"}}}};
  objects::keep_values(written, {});
  EXPECT_EQ(written, (json::object{{"data", json::object{{"k", "v"}}}}));
}

TEST_F(ObjectsTest, IsDeletedForTheVersionThatWasSeen) {
  ASSERT_EQ(sent("ann", "DELETE", "configmaps/c?dryRun=true").status, 200);
  EXPECT_TRUE(last().request().body().contains(R"("dryRun":["All"])")) << last().request().body();
  ASSERT_EQ(sent("ann", "DELETE", "configmaps/c?resourceVersion=7").status, 200);
  EXPECT_EQ(last().request().method(), "DELETE");
  EXPECT_EQ(json::parse(last().request().body()).at_pointer("/preconditions/resourceVersion"), "7");
}

TEST_F(ObjectsTest, KindsOfTheClustersOwnAreFoundByTheirGroup) {
  objects["/apis/example.org"] = R"({"preferredVersion":{"groupVersion":"example.org/v2"},
    "versions":[{"groupVersion":"example.org/v1"},{"groupVersion":"example.org/v2"}]})";
  objects["/apis/example.org/v2"] = R"({"resources":[]})";
  objects["/apis/example.org/v1"] =
      R"({"resources":[{"name":"widgets","kind":"Widget","namespaced":true}]})";
  objects["/apis/example.org/v1/namespaces/own/widgets/w"] = R"({"kind":"Widget"})";
  EXPECT_EQ(sent("ann", "GET", "widgets.example.org/w").status, 200);
  const auto unknown = sent("ann", "GET", "widgets/w");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_TRUE(text_of(body_of(unknown), "detail").contains("with their group"));
  EXPECT_EQ(sent("ann", "GET", "gadgets.example.org/w").status, 404);
  EXPECT_EQ(sent("ann", "GET", "nodes/n").status, 404) << "nodes are in no namespace";
  EXPECT_EQ(get("admin", "/clusters/demo/objects/configmaps/c").status, 404);
}

}  // namespace
}  // namespace slipway::http
