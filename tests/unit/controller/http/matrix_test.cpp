// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/controller/http/tenants.hpp"

namespace slipway::http {
namespace {

/// Who gets what: for each route two signs, for what is one's own project's and for what is
/// another's, of the administrator, the department administrator, the member and the reader.
/// `+` is let through, `-` is refused (403), `n` is told that there is no such thing (404).
/// What lies in no project has the two signs for the cluster where one has a namespace and for
/// another. A route without a row fails: say here who may.
struct Row {
  const char* route;
  const char* expected;
};
constexpr char kAll[] = "++ ++ ++ ++";
constexpr char kAdministrators[] = "++ -- -- --";
constexpr char kKeepers[] = "++ +- -- --";  // of the department
constexpr char kReaders[] = "++ +- +- +-";
constexpr char kWriters[] = "++ +- +- --";
constexpr char kLists[] = "++ ++ +n +n";  // trimmed; a cluster without a namespace of one's own

constexpr Row kRows[] = {
    {"GET /healthz", kAll},
    {"GET /readyz", kAll},
    {"GET /metrics", kAll},
    {"POST /api/v1/login", kAll},
    {"POST /api/v1/logout", kAll},
    {"GET /api/v1/me", kAll},
    {"PUT /api/v1/me/password", kAll},
    {"GET /api/v1/sessions", kAll},
    {"DELETE /api/v1/sessions/{session}", kAll},
    {"GET /api/v1/tokens", kAll},
    {"POST /api/v1/tokens", kAll},
    {"DELETE /api/v1/tokens/{token}", kAll},
    {"GET /api/v1/audit", kAdministrators},
    {"GET /api/v1/audit/export", kAdministrators},
    {"GET /api/v1/users", "++ ++ -- --"},
    {"POST /api/v1/users", kAdministrators},
    {"GET /api/v1/users/{user}", "++ +n -- --"},
    {"PUT /api/v1/users/{user}", kAdministrators},
    {"DELETE /api/v1/users/{user}", kAdministrators},
    {"PUT /api/v1/users/{user}/password", kAdministrators},
    {"GET /api/v1/departments", kAll},
    {"POST /api/v1/departments", kAdministrators},
    {"GET /api/v1/departments/{department}", "++ +n +n +n"},
    {"PUT /api/v1/departments/{department}", kAdministrators},
    {"DELETE /api/v1/departments/{department}", kAdministrators},
    {"GET /api/v1/departments/{department}/budget", "++ +n +n +n"},
    {"PUT /api/v1/departments/{department}/budget", kAdministrators},
    {"GET /api/v1/projects", kAll},
    {"POST /api/v1/projects", kKeepers},
    {"GET /api/v1/projects/{project}", "++ +n +n +n"},
    {"PUT /api/v1/projects/{project}", kKeepers},
    {"DELETE /api/v1/projects/{project}", kKeepers},
    {"GET /api/v1/projects/{project}/budget", "++ +n +n +n"},
    {"PUT /api/v1/projects/{project}/budget", kKeepers},
    {"GET /api/v1/projects/{project}/members", kKeepers},
    {"PUT /api/v1/projects/{project}/members/{user}", kKeepers},
    {"DELETE /api/v1/projects/{project}/members/{user}", kKeepers},
    {"GET /api/v1/agent-releases", kAdministrators},
    {"GET /api/v1/ca-rotation", kAdministrators},
    {"POST /api/v1/ca-rotation", kAdministrators},
    {"DELETE /api/v1/ca-rotation", kAdministrators},
    {"POST /api/v1/ca-rotation/switch", kAdministrators},
    {"POST /api/v1/ca-rotation/finish", kAdministrators},
    {"GET /api/v1/key-pairs", kAdministrators},
    {"POST /api/v1/key-pairs", kAdministrators},
    {"DELETE /api/v1/key-pairs/{keyPair}", kAdministrators},
    {"GET /api/v1/machines", kAdministrators},
    {"GET /api/v1/machines/{machine}/console", kAdministrators},
    {"GET /api/v1/operations", kAdministrators},
    {"GET /api/v1/operations/{operation}", kAdministrators},
    {"POST /api/v1/operations/{operation}/retry", kAdministrators},
    {"GET /api/v1/shell-recordings", kAdministrators},
    {"GET /api/v1/shell-recordings/{recording}", kAdministrators},
    {"GET /api/v1/clusters", kAdministrators},
    {"POST /api/v1/clusters", kAdministrators},
    {"GET /api/v1/clusters/{cluster}", kAdministrators},
    {"DELETE /api/v1/clusters/{cluster}", kAdministrators},
    {"POST /api/v1/clusters/{cluster}/agent-upgrade", kAdministrators},
    {"POST /api/v1/clusters/{cluster}/publish", kAdministrators},
    {"GET /api/v1/clusters/{cluster}/nodes", kAdministrators},
    {"GET /api/v1/clusters/{cluster}/nodes/{node}", kAdministrators},
    {"POST /api/v1/clusters/{cluster}/nodes/{node}/retry", kAdministrators},
    {"POST /api/v1/clusters/{cluster}/nodes/{node}/replace", kAdministrators},
    {"POST /api/v1/clusters/{cluster}/nodes/{node}/reboot", kAdministrators},
    {"POST /api/v1/clusters/{cluster}/nodes/{node}/drain", kAdministrators},
    {"GET /api/v1/clusters/{cluster}/nodes/{node}/shell", kAdministrators},
    {"GET /api/v1/clusters/{cluster}/kubeconfig", "++ +- +n +n"},
    {"GET /api/v1/clusters/{cluster}/capabilities", kLists},
    {"GET /api/v1/namespaces", kAll},
    {"GET /api/v1/cluster-names", kAll},
    {"GET /api/v1/clusters/{cluster}/namespaces", kLists},
    {"POST /api/v1/clusters/{cluster}/namespaces", kKeepers},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}", kReaders},
    {"PUT /api/v1/clusters/{cluster}/namespaces/{namespace}", kKeepers},
    {"DELETE /api/v1/clusters/{cluster}/namespaces/{namespace}", kKeepers},
    {"PUT /api/v1/clusters/{cluster}/namespaces/{namespace}/project", kAdministrators},
    {"POST /api/v1/clusters/{cluster}/manifests", kWriters},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}/{name}", kReaders},
    {"POST /api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}", kWriters},
    {"PUT /api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}/{name}", kWriters},
    {"DELETE /api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}/{name}",
     kWriters},
    {"GET /api/v1/clusters/{cluster}/objects/{resource}/{name}", kAll},
    {"POST /api/v1/clusters/{cluster}/objects/{resource}", kAdministrators},
    {"PUT /api/v1/clusters/{cluster}/objects/{resource}/{name}", kAdministrators},
    {"DELETE /api/v1/clusters/{cluster}/objects/{resource}/{name}", kAdministrators},
    {"GET /api/v1/clusters/{cluster}/intents", kLists},
    // There is none, for nobody; whose one is: see intents_api_test.cpp.
    {"GET /api/v1/clusters/{cluster}/intents/{intent}", kAll},
    {"DELETE /api/v1/clusters/{cluster}/intents/{intent}", "++ ++ ++ --"},
    {"POST /api/v1/clusters/{cluster}/intents/{intent}/retry", "++ ++ ++ --"},
    {"POST /api/v1/clusters/{cluster}/intents/{intent}/undo", "++ ++ ++ --"},
    {"GET /api/v1/clusters/{cluster}/pods", kLists},
    {"GET /api/v1/clusters/{cluster}/deployments", kLists},
    {"GET /api/v1/clusters/{cluster}/replicasets", kLists},
    {"GET /api/v1/clusters/{cluster}/statefulsets", kLists},
    {"GET /api/v1/clusters/{cluster}/daemonsets", kLists},
    {"GET /api/v1/clusters/{cluster}/jobs", kLists},
    {"GET /api/v1/clusters/{cluster}/cronjobs", kLists},
    {"GET /api/v1/clusters/{cluster}/ingresses", kLists},
    {"GET /api/v1/clusters/{cluster}/configmaps", kLists},
    {"GET /api/v1/clusters/{cluster}/secrets", "++ ++ +n --"},
    {"GET /api/v1/clusters/{cluster}/persistentvolumeclaims", kLists},
    {"GET /api/v1/clusters/{cluster}/persistentvolumes", kLists},
    {"GET /api/v1/clusters/{cluster}/storageclasses", kLists},
    {"GET /api/v1/clusters/{cluster}/resourcequotas", kLists},
    {"GET /api/v1/clusters/{cluster}/limitranges", kLists},
    {"GET /api/v1/clusters/{cluster}/horizontalpodautoscalers", kLists},
    {"GET /api/v1/clusters/{cluster}/services", kLists},
    {"GET /api/v1/clusters/{cluster}/events", kLists},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/log", kReaders},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/log", kReaders},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/exec", kWriters},
    {"DELETE /api/v1/clusters/{cluster}/namespaces/{namespace}/pods/{pod}", kWriters},
    {"DELETE /api/v1/clusters/{cluster}/namespaces/{namespace}/workloads/{kind}/{name}", kWriters},
    {"POST /api/v1/clusters/{cluster}/namespaces/{namespace}/workloads/{kind}/{name}/{action}",
     kWriters},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/workloads/{kind}/{name}/revisions",
     kReaders},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/configmaps/{name}/used-by", kReaders},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/persistentvolumeclaims/{name}/used-by",
     kReaders},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/services/{name}/used-by", kReaders},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/secrets/{name}/used-by", kWriters},
    {"GET /api/v1/clusters/{cluster}/storageclasses/{name}/used-by", kAll},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/secrets/{name}/values", kWriters},
    {"POST /api/v1/clusters/{cluster}/namespaces/{namespace}/pull-secrets", kWriters},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/canaries/{deployment}", kReaders},
    {"POST /api/v1/clusters/{cluster}/namespaces/{namespace}/canaries/{deployment}", kWriters},
    {"DELETE /api/v1/clusters/{cluster}/namespaces/{namespace}/canaries/{deployment}", kWriters},
    {"POST /api/v1/clusters/{cluster}/namespaces/{namespace}/canaries/{deployment}/promote",
     kWriters},
    // Each object's own namespace is asked for anew: see workloads_test.cpp.
    {"POST /api/v1/clusters/{cluster}/workload-actions", "++ ++ +n --"},
    {"GET /api/v1/clusters/{cluster}/applications", kLists},
    {"POST /api/v1/clusters/{cluster}/namespaces/{namespace}/applications", kWriters},
    {"GET /api/v1/clusters/{cluster}/namespaces/{namespace}/applications/{application}", kReaders},
    {"PUT /api/v1/clusters/{cluster}/namespaces/{namespace}/applications/{application}", kWriters},
    {"DELETE /api/v1/clusters/{cluster}/namespaces/{namespace}/applications/{application}",
     kWriters},
    {"POST /api/v1/clusters/{cluster}/namespaces/{namespace}/applications/{application}/"
     "associations",
     kWriters},
    // Each application's own namespace is asked for anew: see applications_test.cpp.
    {"POST /api/v1/clusters/{cluster}/application-actions", "++ ++ +n --"},
    {"GET /api/v1/clusters/{cluster}/terminals", kLists},
    // None is theirs: the administrator's own is not there for them.
    // Whose it is its agent says, which is out of reach here; tenants_test has one that does.
    {"GET /api/v1/clusters/{cluster}/nodes/{node}/terminals/{terminal}", "++ ++ +n --"},
    {"DELETE /api/v1/clusters/{cluster}/nodes/{node}/terminals/{terminal}", "++ ++ +n --"},
    {"GET /api/v1/clusters/{cluster}/nodes/{node}/terminals/{terminal}/watch", kAdministrators},
    {"GET /api/v1/events", kAll},
    {"GET /api/v1/clusters/{cluster}/proxy/{path...}", kReaders},
    {"HEAD /api/v1/clusters/{cluster}/proxy/{path...}", kReaders},
    {"OPTIONS /api/v1/clusters/{cluster}/proxy/{path...}", kReaders},
    {"POST /api/v1/clusters/{cluster}/proxy/{path...}", kWriters},
    {"PUT /api/v1/clusters/{cluster}/proxy/{path...}", kWriters},
    {"PATCH /api/v1/clusters/{cluster}/proxy/{path...}", kWriters},
    {"DELETE /api/v1/clusters/{cluster}/proxy/{path...}", kWriters},
};

class MatrixWorld : public TenantsTest {
 public:
  MatrixWorld() {
    // What is let through ends at a cluster that is out of reach, and waits for nobody.
    agent->drop();
    EXPECT_TRUE(world.run(gone()));
  }
  void TestBody() override {}
  base::Task<bool> gone() {
    co_return co_await fakes::until([this] { return !world.links.facts(master).connected; });
  }

  std::map<std::string, std::string> words(bool own, bool in_namespace) {
    return {{"{namespace}", own ? "own" : "foreign"},
            {"{project}", (own ? shop : rockets).id.value},
            {"{department}", (own ? sales : lab).id.value},
            {"{user}", own ? "ann" : "max"},
            {"{cluster}", own || in_namespace ? "demo" : "other"},
            {"{node}", own || in_namespace ? "demo-master-1" : "other-master-1"},
            {"{pod}", "web"},
            {"{path...}", std::string("api/v1/namespaces/") + (own ? "own" : "foreign") + "/pods"}};
  }
  std::string fill(std::string text, const std::map<std::string, std::string>& words) {
    for (const auto& [key, word] : words) {
      for (auto at = text.find(key); at != std::string::npos; at = text.find(key)) {
        text.replace(at, key.size(), word);
      }
    }
    for (auto at = text.find('{'); at != std::string::npos; at = text.find('{')) {
      text.replace(at, text.find('}') - at + 1, "none");
    }
    return text;
  }

  net::HttpRequest request(const Route& route, const std::string& who, bool own) {
    const bool manifest = route.pattern.ends_with("/manifests");
    const bool making = route.method == "POST" && route.pattern.ends_with("/namespaces");
    const bool placed = manifest || making ||
                        route.pattern.find("{namespace}") != std::string::npos ||
                        route.pattern.find("{path...}") != std::string::npos;
    const auto filled = words(own, placed);
    std::string body = route.method == "POST" || route.method == "PUT" ? "{}" : "";
    if (making) body = R"({"name":"fresh","project":")" + filled.at("{project}") + "\"}";
    if (route.pattern == "/api/v1/projects" && route.method == "POST") {
      body = R"({"name":"fresh","department":")" + filled.at("{department}") + "\"}";
    }
    if (route.pattern.ends_with("/members/{user}")) body = R"({"role":"read_only"})";
    if (manifest) {
      body = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: " +
             filled.at("{namespace}") + "}\n";
    }
    auto made = as(who, route.method, fill(route.pattern, filled), body);
    if (manifest) made.headers.set("Content-Type", "application/yaml");
    return made;
  }

  int status(const Route& route, const std::string& who, bool own) {
    auto made = request(route, who, own);
    if (route.answer) return world.send(std::move(made)).status;
    made.headers.set("Connection", "Upgrade");
    made.headers.set("Upgrade", "websocket");
    auto decision = world.run(world.api.upgrade(std::move(made)));
    const auto* response = std::get_if<net::HttpResponse>(&decision);
    return response == nullptr ? 101 : response->status;
  }

  static char sign(int status, int administrators) {
    if (status == 401) return '0';
    if (status == 403) return '-';
    return status == 404 && administrators != 404 ? 'n' : '+';
  }
  /// As a row's signs. Who has least asks first, so that nothing is gone when others ask.
  std::string signs(const Route& route) {
    const std::vector<std::string> all{"admin", "dan", "ann", "ray"};
    std::map<std::string, std::pair<int, int>> got;
    for (auto who = all.rbegin(); who != all.rend(); ++who) {
      got[*who] = {status(route, *who, true), status(route, *who, false)};
    }
    std::string text;
    for (const auto& who : all) {
      text += text.empty() ? "" : " ";
      text += sign(got[who].first, got["admin"].first);
      text += sign(got[who].second, got["admin"].second);
    }
    return text;
  }
};

std::string name_of(const Route& route) {
  return route.method + " " + route.pattern;
}

TEST(Matrix, EveryRouteHasARowAndEveryRowARoute) {
  World world;
  std::set<std::string> rows;
  for (const auto& row : kRows) rows.insert(row.route);
  std::set<std::string> routes;
  for (const auto& route : world.api.routes()) routes.insert(name_of(route));
  EXPECT_EQ(routes, rows);
}

TEST(Matrix, EachRoleGetsWhatTheTableSays) {
  for (const auto& row : kRows) {
    MatrixWorld asked;
    for (const auto& route : asked.world.api.routes()) {
      if (name_of(route) == row.route) EXPECT_EQ(asked.signs(route), row.expected) << row.route;
    }
  }
}

TEST(Matrix, NobodyGetsNothing) {
  MatrixWorld asked;
  for (const auto& route : asked.world.api.routes()) {
    const bool open = route.pattern == "/api/v1/login" || !route.pattern.starts_with("/api/");
    EXPECT_EQ(asked.status(route, "", true) == 401, !open) << name_of(route);
  }
}

TEST(Matrix, WhoMustChangeTheirPasswordDoesNothingElse) {
  MatrixWorld asked;
  const auto ann = asked.users["ann"].id;
  ASSERT_TRUE(asked.world.run(asked.world.accounts.set_password(ann, {})));
  asked.tokens["ann"] = asked.world.accounts.tokens().add(ann, "t", std::chrono::hours(1))->text;
  const std::set<std::string> left{"GET /api/v1/me",      "PUT /api/v1/me/password",
                                   "POST /api/v1/logout", "POST /api/v1/login",
                                   "GET /healthz",        "GET /readyz",
                                   "GET /metrics"};
  for (const auto& route : asked.world.api.routes()) {
    const bool open = left.contains(name_of(route));
    EXPECT_EQ(asked.status(route, "ann", true) == 403, !open) << name_of(route);
  }
}

}  // namespace
}  // namespace slipway::http
