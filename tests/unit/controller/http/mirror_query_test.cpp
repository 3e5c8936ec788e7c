// SPDX-License-Identifier: Apache-2.0
#include "controller/http/mirror_query.hpp"

#include <gmock/gmock.h>

#include "tests/unit/controller/http/tenants.hpp"

namespace slipway::http {
namespace {

using testing::HasSubstr;

const ShownKind& shown(std::string_view kind) {
  for (const auto& one : shown_kinds()) {
    if (one.kind == kind) return one;
  }
  throw std::runtime_error("no such kind");
}

wire::MirrorRow labelled(const std::map<std::string, std::string>& labels) {
  wire::MirrorRow row;
  row.mutable_meta()->set_name("Web-1");
  for (const auto& [key, value] : labels) (*row.mutable_meta()->mutable_labels())[key] = value;
  return row;
}

TEST(MirrorQuery, RefusesByNameAndSaysWhatThereIs) {
  struct Case {
    const char* kind;
    Fields fields;
    const char* field;
    const char* words;
  };
  const Case cases[] = {
      {"pods",
       {{"sort", "colour"}},
       "sort",
       "one of name, namespace, created, application, status"},
      {"pods", {{"sort", "phase"}}, "sort", "restarts"},
      {"pods", {{"order", "up"}}, "order", "asc or desc"},
      {"pods", {{"type", "x"}}, "type", "which takes application, cursor, labels"},
      {"pods", {{"limit", "0"}}, "limit", "1 to 500"},
      {"deployments",
       {{"status", "running,odd"}},
       "status",
       "running, stopped, not_ready, processing"},
      {"jobs", {{"status", "RUNNING"}}, "status", "complete"},
      {"services", {{"type", "clusterip"}}, "type", "ClusterIP, NodePort"},
      {"pods", {{"namespace", "a"}, {"namespaces", "b"}}, "namespaces", "exclude each other"},
      {"pods", {{"namespaces", "a,,b"}}, "namespaces", "commas"},
      {"namespaces", {{"namespace", "a"}}, "namespace", "not a parameter"},
      {"pods", {{"labels", "a=b,=c"}}, "labels", "terms like"},
      {"pods", {{"labels", "a in (b)"}}, "labels", "terms like"},
      {"pods", {{"search", std::string(5000, 'x')}}, "search", "too long"},
      {"pods", {{"status", "a"}, {"status", "b"}}, "status", "twice"},
  };
  for (const auto& one : cases) {
    const auto query = read_list(shown(one.kind), one.fields);
    ASSERT_FALSE(query) << one.words;
    EXPECT_EQ(query.error().field, one.field);
    EXPECT_THAT(query.error().message, HasSubstr(one.words));
  }
}

TEST(MirrorQuery, LabelTermsAreThoseOfKubectl) {
  const auto row = labelled({{"app", "web"}, {"tier", ""}});
  const std::pair<const char*, bool> cases[] = {
      {"app=web", true},   {"app==web", true}, {"app=db", false},       {"app!=db", true},
      {"app!=web", false}, {"none!=x", true},  {"app", true},           {"none", false},
      {"!none", true},     {"!app", false},    {"app=web,tier=", true}, {"app=web,!tier", false}};
  for (const auto& [text, holds] : cases) {
    const auto query = read_list(shown("pods"), {{"labels", text}});
    ASSERT_TRUE(query) << text;
    EXPECT_EQ(query->where(row), holds) << text;
  }
}

TEST(MirrorQuery, FiltersAreTakenTogetherAndValuesApart) {
  auto row = labelled({{"app.kubernetes.io/name", "shop"}});
  row.mutable_meta()->set_owner_kind("ReplicaSet");
  row.mutable_meta()->set_owner_name("web-abc");
  row.mutable_pod()->set_phase("Running");
  row.mutable_pod()->set_status("CrashLoopBackOff");
  row.mutable_pod()->set_pod_ip("10.1.2.3");
  row.mutable_pod()->set_node("w1");
  const auto holds = [&](const Fields& fields) {
    const auto query = read_list(shown("pods"), fields);
    return query && (!query->where || query->where(row));
  };
  EXPECT_TRUE(holds({{"status", "Running,CrashLoopBackOff"}, {"node", "w1"}}));
  EXPECT_FALSE(holds({{"status", "Running"}})) << "as kubectl words it";
  EXPECT_TRUE(holds({{"phase", "Running"}}));
  EXPECT_FALSE(holds({{"status", "CrashLoopBackOff"}, {"node", "w2"}}));
  EXPECT_TRUE(holds({{"owner", "web-abc"}}));
  EXPECT_TRUE(holds({{"owner", "ReplicaSet/web-abc"}}));
  EXPECT_FALSE(holds({{"owner", "Job/web-abc"}}));
  EXPECT_FALSE(holds({{"owner", "abc"}}));
  EXPECT_TRUE(holds({{"application", "shop"}}));
  EXPECT_TRUE(holds({{"search", "wEb"}})) << "of any case";
  EXPECT_TRUE(holds({{"search", "2.3"}})) << "the address too";
  EXPECT_FALSE(holds({{"search", "w1"}}));
}

TEST(MirrorQuery, NumbersSortByTheirWorth) {
  const auto query = read_list(shown("pods"), {{"sort", "restarts"}, {"order", "desc"}});
  ASSERT_TRUE(query);
  EXPECT_TRUE(query->order.descending);
  wire::MirrorRow few;
  few.mutable_pod()->set_restarts(9);
  wire::MirrorRow many;
  many.mutable_pod()->set_restarts(10);
  EXPECT_LT(query->order.value(few), query->order.value(many));
}

/// Kinds without code of their own in the tests above: each has a page, sorted by each column.
TEST_F(TenantsTest, EveryKindIsListedInEveryOrder) {
  for (const auto& kind : shown_kinds()) {
    if (kind.kind == "namespaces") continue;
    const auto path = "/clusters/demo/" + std::string(kind.kind);
    ASSERT_TRUE(
        world.run(tell(std::string(kind.kind), {mirror::pod("a", "one", "own", "12"),
                                                mirror::pod("b", "two", "foreign", "12")})));
    for (const auto list : {common_columns(), kind.columns}) {
      for (const auto& column : list) {
        if (column.use == Column::kFilter) continue;
        const auto sorted = path + "?limit=1&order=desc&sort=" + std::string(column.name);
        const auto first = body_of(get("admin", sorted));
        ASSERT_EQ(first.at("items").as_array().size(), 1U) << sorted;
        EXPECT_EQ(first.at("total").as_int64(), 2) << sorted;
        EXPECT_EQ(first.at("items").at(0).at("resourceVersion"), "12") << sorted;
        const auto next = body_of(get("admin", sorted + "&cursor=" + text_of(first, "nextCursor")));
        EXPECT_EQ(next.at("items").as_array().size(), 1U) << sorted;
        EXPECT_NE(next.at("items"), first.at("items")) << sorted;
        EXPECT_FALSE(next.contains("nextCursor"));
      }
    }
  }
}

TEST_F(TenantsTest, TotalsAndNamespacesAreTheCallersOwn) {
  const std::string pods = "/clusters/demo/pods";
  EXPECT_EQ(body_of(get("admin", pods)).at("total").as_int64(), 4);
  EXPECT_EQ(body_of(get("ann", pods)).at("total").as_int64(), 1);
  EXPECT_EQ(listed("admin", pods + "?namespaces=own,foreign", "namespace"),
            (std::set<std::string>{"foreign", "own"}));
  EXPECT_EQ(listed("ann", pods + "?namespaces=own,foreign", "namespace"),
            std::set<std::string>{"own"});
  EXPECT_EQ(body_of(get("ann", pods + "?namespace=foreign")).at("total").as_int64(), 0);
}

TEST_F(TenantsTest, AChangeIsOfOneObject) {
  auto told = world.changes.subscribe();
  ASSERT_TRUE(told);
  for (const auto* kind : {"ingresses", "storageclasses", "services", "configmaps"}) {
    ASSERT_TRUE(world.run(tell(kind, {mirror::pod("a", "one", "own")})));
  }
  std::set<std::string> topics;
  for (const auto& change : world.run((*told)->next())) {
    if (change.topic != "freshness") topics.insert(change.topic);
  }
  EXPECT_EQ(topics, (std::set<std::string>{"configmap", "ingress", "service", "storageclass"}));
}

TEST_F(TenantsTest, AVolumeIsSeenByWhoSeesItsClaim) {
  const auto volume = [](const std::string& name, const std::string& claim_namespace) {
    auto row = mirror::pod(name, name, "");
    row.mutable_volume()->set_claim_namespace(claim_namespace);
    row.mutable_volume()->set_claim_name(claim_namespace.empty() ? "" : "data");
    return row;
  };
  ASSERT_TRUE(world.run(
      tell("persistentvolumes", {volume("a", "own"), volume("b", "foreign"), volume("c", "")})));
  ASSERT_TRUE(world.run(tell("storageclasses", {mirror::pod("s", "fast", "")})));
  const std::string volumes = "/clusters/demo/persistentvolumes";
  EXPECT_EQ(listed("admin", volumes, "name"), (std::set<std::string>{"a", "b", "c"}));
  EXPECT_EQ(listed("ann", volumes, "name"), std::set<std::string>{"a"});
  EXPECT_EQ(listed("ann", "/clusters/demo/storageclasses", "name"), std::set<std::string>{"fast"});
}

}  // namespace
}  // namespace slipway::http
