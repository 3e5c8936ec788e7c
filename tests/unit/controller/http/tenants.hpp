// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/http/places.hpp"
#include "tests/unit/controller/http/through_agent.hpp"

namespace slipway::http {

/// Two departments with a project each, whose namespaces `own` and `foreign` lie in the cluster
/// "demo" beside `default`, which is of no project; and somebody of each role, all of the first
/// department. The cluster "other" has no namespace of theirs.
class TenantsTest : public ThroughAgentTest {
 public:
  TenantsTest() {
    EXPECT_EQ(world.post("/api/v1/clusters", R"({"name":"other"})").status, 202);
    sales = *tenancy().add_department("sales");
    lab = *tenancy().add_department("lab");
    shop = *tenancy().add_project(sales, "shop");
    rockets = *tenancy().add_project(lab, "rockets");
    add("dan", access::Role::kDepartmentAdministrator, sales.id);
    add("ann", access::Role::kProjectMember, sales.id);
    add("ray", access::Role::kReadOnly, sales.id);
    add("max", access::Role::kProjectMember, lab.id);
    join(shop, "ann", access::Role::kProjectMember);
    join(shop, "ray", access::Role::kReadOnly);
    join(rockets, "max", access::Role::kProjectMember);
    tokens["admin"] = world.token;
    EXPECT_TRUE(world.run(mirror_all()));
  }

  access::Tenancy& tenancy() { return world.accounts.tenancy(); }

  void add(const std::string& name, access::Role role, const access::DepartmentId& department) {
    access::User user{.name = name, .role = role, .department = department};
    auto made = world.run(
        world.accounts.add_user(user, {.password = "secret of " + name, .must_change = false}));
    ASSERT_TRUE(made) << made.error().message;
    users[name] = made->user;
    tokens[name] = world.accounts.tokens().add(made->user.id, "t", std::chrono::hours(1))->text;
  }
  void join(const access::Project& project, const std::string& user, access::Role role) {
    ASSERT_TRUE(tenancy().set_member(project.id, users[user], role));
  }

  static wire::MirrorRow name_space(const std::string& name, const std::string& project) {
    wire::MirrorRow row;
    row.mutable_meta()->set_uid("ns-" + name);
    row.mutable_meta()->set_name(name);
    if (!project.empty()) (*row.mutable_meta()->mutable_labels())[kProjectLabel] = project;
    row.mutable_ns()->set_phase("Active");
    return row;
  }
  static wire::MirrorRow pod_in(const std::string& name_space) {
    auto row = mirror::pod("pod-" + name_space, "web", name_space);
    row.mutable_pod()->set_node("demo-master-1");
    row.mutable_pod()->add_containers()->set_name("main");
    return row;
  }

  /// As the gateway tells it: all rows of a kind.
  base::Task<bool> tell(std::string kind, std::vector<wire::MirrorRow> rows) {
    (void)co_await feed->write(mirror::framed(mirror::batch(rows, true, true, kind)));
    const auto count = rows.size();
    co_return co_await fakes::until([&] {
      return world.mirror.count(cluster, kind) == count &&
             world.mirror.freshness(cluster, kind).live;
    });
  }
  base::Task<bool> mirror_all() {
    const bool spaces = co_await tell(
        "namespaces", {name_space("default", ""), name_space("own", shop.id.value),
                       name_space("foreign", rockets.id.value), name_space("odd", "nobody"),
                       name_space("kube-system", shop.id.value)});
    co_return spaces&& co_await tell(
        "pods", {pod_in("default"), pod_in("own"), pod_in("foreign"), pod_in("kube-system")});
  }

  net::HttpRequest as(const std::string& who, const std::string& method, const std::string& target,
                      const std::string& body = {}) {
    auto request = world.request(method, target, body);
    if (!who.empty()) request.headers.set("Authorization", "Bearer " + tokens.at(who));
    return request;
  }
  net::HttpResponse get(const std::string& who, const std::string& target) {
    return world.send(as(who, "GET", "/api/v1" + target));
  }
  net::HttpResponse send(const std::string& who, const std::string& method,
                         const std::string& target, const std::string& body = {}) {
    return world.send(as(who, method, "/api/v1" + target, body));
  }
  /// The values of a field over the items of a list.
  std::set<std::string> listed(const std::string& who, const std::string& target,
                               const char* field) {
    auto response = get(who, target);
    EXPECT_EQ(response.status, 200) << who << " " << target << " " << response.text();
    std::set<std::string> values;
    auto body = body_of(response);
    for (const auto& item : body["items"].as_array()) {
      values.insert(text_of(item.as_object(), field));
    }
    return values;
  }

  access::Department sales;
  access::Department lab;
  access::Project shop;
  access::Project rockets;
  std::map<std::string, access::User> users;
  std::map<std::string, std::string> tokens;
};

}  // namespace slipway::http
