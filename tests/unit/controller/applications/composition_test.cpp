// SPDX-License-Identifier: Apache-2.0
#include "controller/applications/composition.hpp"

#include <gmock/gmock.h>

namespace slipway::applications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Labels = std::map<std::string, std::string>;

wire::MirrorRow row(const std::string& name, const std::string& application) {
  wire::MirrorRow made;
  made.mutable_meta()->set_name(name);
  if (!application.empty()) {
    (*made.mutable_meta()->mutable_labels())[kApplicationLabel] = application;
  }
  return made;
}

Held workload(const std::string& name, const std::string& application, const Labels& pods,
              std::uint32_t ready = 1) {
  auto made = row(name, application);
  auto& of = *made.mutable_workload();
  for (const auto& [key, value] : pods) (*of.mutable_pod_labels())[key] = value;
  of.set_desired(1);
  of.set_ready(ready);
  of.set_updated(1);
  of.set_pods(1);
  return {workloads::kind_named("deployments"), std::move(made)};
}

wire::MirrorRow service(const std::string& name, const std::string& application,
                        const Labels& selector) {
  auto made = row(name, application);
  for (const auto& [key, value] : selector) {
    (*made.mutable_service()->mutable_selector())[key] = value;
  }
  return made;
}

wire::MirrorRow ingress(const std::string& name, const std::vector<std::string>& services) {
  auto made = row(name, "");
  for (const auto& one : services) made.mutable_ingress()->add_paths()->set_service(one);
  return made;
}

std::vector<std::string> names(const std::vector<const Held*>& all) {
  std::vector<std::string> out;
  for (const auto* one : all) out.push_back(one->row.meta().name());
  return out;
}
std::vector<std::string> names(const std::vector<const wire::MirrorRow*>& all) {
  std::vector<std::string> out;
  for (const auto* one : all) out.push_back(one->meta().name());
  return out;
}

TEST(Composition, ServicesAndWorkloadsAreManyToMany) {
  Holdings all;
  all.workloads = {workload("web", "shop", {{"app", "web"}, {"tier", "front"}}),
                   workload("pay", "shop", {{"app", "pay"}, {"tier", "back"}}),
                   workload("bank", "bank", {{"app", "bank"}, {"tier", "back"}})};
  all.services = {service("web", "", {{"app", "web"}}),
                  service("back", "", {{"tier", "back"}}),
                  service("both", "", {{"tier", "back"}, {"app", "pay"}}),
                  service("none", "", {{"tier", "back"}, {"app", "web"}}),
                  service("wrong", "", {{"app", "other"}}),
                  service("bare", "", {}),
                  service("own", "shop", {})};
  const auto selections = selections_of(all);
  EXPECT_THAT(names(selections.at("web")), ElementsAre("web"));
  EXPECT_THAT(names(selections.at("back")), UnorderedElementsAre("pay", "bank"));
  EXPECT_THAT(names(selections.at("both")), ElementsAre("pay"));
  for (const auto* nothing : {"none", "wrong", "bare", "own"}) {
    EXPECT_THAT(selections.at(nothing), IsEmpty()) << nothing;
  }
  const auto composed = compose(all, selections);
  EXPECT_THAT(names(composed.at("shop").services),
              UnorderedElementsAre("web", "back", "both", "own"));
  EXPECT_THAT(names(composed.at("bank").services), ElementsAre("back"));
  EXPECT_THAT(names(composed.at("shop").workloads), ElementsAre("web", "pay"));
}

TEST(Composition, IngressesAreOfTheApplicationsThatTheyLeadTo) {
  Holdings all;
  all.workloads = {workload("web", "shop", {{"app", "web"}}),
                   workload("bank", "bank", {{"app", "bank"}})};
  all.services = {service("web", "", {{"app", "web"}}), service("bank", "", {{"app", "bank"}})};
  all.ingresses = {ingress("all", {"web", "bank"}), ingress("lost", {"nowhere"})};
  const auto composed = compose(all, selections_of(all));
  EXPECT_THAT(names(composed.at("shop").ingresses), ElementsAre("all"));
  EXPECT_THAT(names(composed.at("bank").ingresses), ElementsAre("all"));
  EXPECT_EQ(composed.size(), 2U) << "what is of none is of none";
}

TEST(Composition, JobsAreThereAndSayNothingOfTheState) {
  Holdings all;
  all.jobs = {{workloads::kind_named("jobs"), row("once", "shop")}};
  const auto alone = compose(all, {});
  EXPECT_THAT(names(alone.at("shop").jobs), ElementsAre("once"));
  EXPECT_EQ(name_of(state_of(alone.at("shop"))), "none");
  all.workloads = {workload("web", "shop", {}, 0)};
  EXPECT_EQ(name_of(state_of(compose(all, {}).at("shop"))), "not_ready");
  all.workloads.push_back(workload("pay", "shop", {}));
  EXPECT_EQ(name_of(state_of(compose(all, {}).at("shop"))), "processing");
}

}  // namespace
}  // namespace slipway::applications
