// SPDX-License-Identifier: Apache-2.0
#include "controller/tenant_borders.hpp"

#include "protocol/base/with_timeout.hpp"
#include "tests/unit/controller/http/tenants.hpp"

namespace slipway::http {
namespace {

class TenantBordersTest : public TenantsTest {
 public:
  /// A binding as the mirror shows it.
  static wire::MirrorRow binding(const std::string& in, const std::string& name,
                                 const std::string& role, const std::vector<std::string>& groups) {
    wire::MirrorRow row;
    row.mutable_meta()->set_uid(in + name);
    row.mutable_meta()->set_name(name);
    row.mutable_meta()->set_pod_namespace(in);
    row.mutable_role_binding()->set_role_kind("ClusterRole");
    row.mutable_role_binding()->set_role(role);
    for (const auto& group : groups) row.mutable_role_binding()->add_subjects("Group " + group);
    return row;
  }
  std::vector<wire::MirrorRow> complete(const std::string& in, const access::Project& of) {
    const auto& project = of.id.value;
    const auto& department = of.department.id.value;
    return {binding(in, "slipway:project-members", "slipway:project-member",
                    {"slipway:" + project + ":project_member",
                     "slipway:" + department + ":department_administrator"}),
            binding(in, "slipway:project-readers", "slipway:project-reader",
                    {"slipway:" + project + ":read_only", "slipway:" + department + ":read_only"})};
  }

  /// One comparison, while the agent answers each intent that comes with `ok`.
  base::Result<bool> step(bool ok = true) {
    over = false;
    agrees = ok;
    auto answer = [](TenantBordersTest& test) -> base::Task<> {
      while (!test.over) {
        const auto all = test.agent->intents();
        for (; test.answered < all.size(); ++test.answered) {
          wire::Report report;
          report.mutable_outcome()->set_intent_id(all[test.answered].id());
          report.mutable_outcome()->set_ok(test.agrees);
          report.mutable_outcome()->set_http_status(test.agrees ? 200 : 403);
          report.mutable_outcome()->set_message(test.agrees ? "" : "no");
          test.agent->tell(std::move(report));
        }
        co_await fakes::turns(1);
      }
    };
    world.tasks.spawn("answers", answer(*this));
    auto done = world.run(borders.step(cluster));
    over = true;
    return done;
  }
  /// The manifests of all intents so far; what is deleted is marked.
  std::string sent() {
    std::string all;
    for (const auto& intent : agent->intents()) {
      all += (intent.apply().delete_() ? "DELETE\n" : "") + intent.apply().yaml();
    }
    return all;
  }

  std::size_t answered = 0;
  bool over = false;
  bool agrees = true;
  controller::TenantBorders borders{world.io.get_executor(), world.services};
};

TEST_F(TenantBordersTest, WhatCannotBeSeenIsLeftAlone) {
  EXPECT_TRUE(*step()) << "role bindings were not shown yet";
  EXPECT_EQ(sent(), "");
}

TEST_F(TenantBordersTest, EachProjectsNamespaceGetsItsBindingsAndNoOther) {
  ASSERT_TRUE(world.run(tell("rolebindings", {})));
  ASSERT_FALSE(*step());
  const auto yaml = sent();
  EXPECT_NE(yaml.find("name: slipway:project-reader\n"), std::string::npos) << "the roles";
  for (const auto& [in, of] : {std::pair{"own", &shop}, std::pair{"foreign", &rockets}}) {
    const auto at = yaml.find("namespace: '" + std::string(in) + "'");
    ASSERT_NE(at, std::string::npos) << in;
    const auto document = yaml.substr(at, yaml.find("---", at) - at);
    EXPECT_NE(document.find("'slipway:" + of->id.value + ":project_member'"), std::string::npos)
        << document;
  }
  for (const auto* in : {"'default'", "'odd'", "'kube-system'"}) {
    EXPECT_EQ(yaml.find(in), std::string::npos) << in << " is of no project";
  }
}

TEST_F(TenantBordersTest, WhatIsAsItShouldBeIsNotSentAgain) {
  auto rows = complete("own", shop);
  std::ranges::move(complete("foreign", rockets), std::back_inserter(rows));
  rows.push_back(binding("default", "somebody-elses", "view", {"a"}));
  ASSERT_TRUE(world.run(tell("rolebindings", rows)));
  ASSERT_FALSE(*step()) << "the roles are sent once";
  const auto before = agent->intents().size();
  EXPECT_TRUE(*step());
  EXPECT_EQ(agent->intents().size(), before);
}

TEST_F(TenantBordersTest, WhatWasChangedOrIsLeftOverIsMended) {
  auto rows = complete("foreign", rockets);
  rows.push_back(complete("own", rockets)[0]);   // another project's members
  rows.push_back(complete("default", shop)[1]);  // taken out of the project
  rows.push_back(binding("own", "slipway:project-readers", "cluster-admin", {"slipway:users"}));
  ASSERT_TRUE(world.run(tell("rolebindings", rows)));
  ASSERT_FALSE(*step());
  const auto yaml = sent();
  const auto removed = yaml.substr(0, yaml.find("kind: ClusterRole\n"));
  EXPECT_TRUE(removed.starts_with("DELETE"));
  EXPECT_NE(removed.find("namespace: 'default'"), std::string::npos) << removed;
  EXPECT_NE(removed.find("role"), std::string::npos);
  EXPECT_NE(removed.find("namespace: 'own'"), std::string::npos) << "a role cannot be changed";
  EXPECT_EQ(removed.find("namespace: 'foreign'"), std::string::npos);
  const auto set = yaml.substr(removed.size());
  EXPECT_NE(set.find("'slipway:" + shop.id.value + ":project_member'"), std::string::npos);
  EXPECT_EQ(set.find("namespace: 'foreign'"), std::string::npos) << "that one is right";
}

TEST_F(TenantBordersTest, NamespacesThatAreSeenAgainAreLookedAt) {
  ASSERT_TRUE(world.run(tell("rolebindings", {})));
  const auto say = [&](wire::MirrorBatch batch, bool live) -> base::Task<bool> {
    (void)co_await feed->write(mirror::framed(batch));
    co_return co_await fakes::until(
        [&] { return world.mirror.freshness(cluster, "namespaces").live == live; });
  };
  auto broken = mirror::batch({}, false, false, "namespaces");
  broken.set_error("the API server is away");
  ASSERT_TRUE(world.run(say(std::move(broken), false)));
  const auto looked = [&]() -> base::Task<bool> {
    borders.start();
    co_await base::sleep_for(2 * controller::kRoundsLull);  // the first round finds nothing to see
    EXPECT_EQ(sent(), "");
    EXPECT_TRUE(co_await say(mirror::batch({}, false, false, "namespaces"), true));
    borders.freshness_changed(cluster, "namespaces");
    for (int i = 0; i < 500 && sent().empty(); ++i) {
      co_await base::sleep_for(std::chrono::milliseconds{10});
    }
    const bool asked = !sent().empty();
    co_await borders.stop();
    co_return asked;
  };
  EXPECT_TRUE(world.run(looked()));
}

TEST_F(TenantBordersTest, ARefusalIsSaidAndTriedAgain) {
  ASSERT_TRUE(world.run(tell("rolebindings", {})));
  EXPECT_FALSE(step(false));
  const auto before = agent->intents().size();
  const auto again = step();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(*again);
  EXPECT_EQ(agent->intents().size(), before + 1) << "all of it again";
  EXPECT_TRUE(world.run(tell("rolebindings", complete("own", shop))));
}

}  // namespace
}  // namespace slipway::http
