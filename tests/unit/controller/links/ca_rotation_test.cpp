// SPDX-License-Identifier: Apache-2.0
#include "controller/links/ca_rotation.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_agent.hpp"
#include "tests/unit/controller/links/site.hpp"

namespace slipway::links {
namespace {

using base::ErrorCode;

wire::TrustHeld held(const std::vector<std::string>& pins, const std::string& issuer) {
  wire::TrustHeld told;
  for (const auto& pin : pins) told.add_ca_sha256(pin);
  told.set_issuer_sha256(issuer);
  return told;
}

wire::NodeState state_with(wire::TrustHeld told) {
  wire::NodeState state;
  *state.mutable_trust() = std::move(told);
  return state;
}

wire::Report report_of(wire::TrustHeld told) {
  wire::Report report;
  *report.mutable_trust() = std::move(told);
  return report;
}

/// A site whose machine "m1" has a token, and the change of its CA.
struct RotationSite : Site {
  RotationSite() { issue(); }

  std::string issuer_of_a_new_certificate() {
    const auto answer = granted(enrol(issue(), pki::make_key()));
    return pki::issuer_of(answer.certificate_pem(), answer.ca_pem());
  }
  /// As after a kill: all that is not in the store is gone.
  std::unique_ptr<Authority> reopened() { return *Authority::open(*database, secrets, clock); }

  CaRotation rotation{io.get_executor(), *database, *authority, links, roster, clock};
};

TEST(CaRotation, WalksThroughItsPhasesAndNothingElse) {
  RotationSite site;
  auto& authority = *site.authority;
  const auto old_pem = authority.issuer().certificate_pem;
  EXPECT_EQ(authority.phase(), CaPhase::kSteady);
  EXPECT_EQ(authority.switch_over().error().code, ErrorCode::kConflict);
  EXPECT_EQ(authority.finish().error().code, ErrorCode::kConflict);
  EXPECT_EQ(authority.abandon().error().code, ErrorCode::kConflict);

  ASSERT_TRUE(authority.introduce());
  const auto pins = authority.pins();
  ASSERT_EQ(pins.size(), 2U);
  EXPECT_EQ(authority.issuer().certificate_pem, old_pem);
  EXPECT_EQ(authority.introduce().error().code, ErrorCode::kConflict);
  EXPECT_EQ(authority.finish().error().code, ErrorCode::kConflict);

  ASSERT_TRUE(authority.switch_over());
  EXPECT_EQ(authority.issuer_sha256(), pins[1]);
  EXPECT_EQ(authority.public_issuer().certificate_pem, old_pem);
  EXPECT_EQ(authority.pins(), pins);
  EXPECT_EQ(authority.abandon().error().code, ErrorCode::kConflict);

  ASSERT_TRUE(authority.finish());
  EXPECT_EQ(authority.pins(), std::vector{pins[1]});
  EXPECT_EQ(authority.issuer_sha256(), pins[1]);
  EXPECT_NE(authority.public_issuer().certificate_pem, old_pem);
  EXPECT_FALSE(site.secrets.has("controller/next-ca.key"));
}

TEST(CaRotation, EachPhaseIsFoundAgainAfterAKill) {
  RotationSite site;
  auto authority = site.reopened();
  const std::vector<base::Result<> (Authority::*)()> steps = {
      &Authority::introduce, &Authority::abandon, &Authority::introduce, &Authority::switch_over,
      &Authority::finish};
  for (const auto step : steps) {
    ASSERT_TRUE((*authority.*step)());
    const auto again = site.reopened();
    EXPECT_EQ(again->phase(), authority->phase());
    EXPECT_EQ(again->pins(), authority->pins());
    EXPECT_EQ(again->issuer_sha256(), authority->issuer_sha256());
    EXPECT_EQ(again->issuer().key_pem, authority->issuer().key_pem);
    authority = site.reopened();
  }
}

TEST(CaRotation, EnrolmentGivesBothCasAndTheOneThatSignsNow) {
  RotationSite site;
  ASSERT_TRUE(site.rotation.introduce());
  const auto pins = site.authority->pins();
  EXPECT_EQ(site.issuer_of_a_new_certificate(), pins[0]);
  const auto answer = granted(site.enrol(site.issue(), pki::make_key()));
  EXPECT_EQ(pki::split_chain(answer.ca_pem()).size(), 2U);
  ASSERT_TRUE(site.rotation.switch_over(true));
  EXPECT_EQ(site.issuer_of_a_new_certificate(), pins[1]);
}

TEST(CaRotation, ASwitchWaitsForEachMachineAndSaysForWhich) {
  RotationSite site;
  EXPECT_TRUE(site.rotation.missing().empty());
  ASSERT_TRUE(site.rotation.introduce());
  const auto pins = site.authority->pins();
  ASSERT_EQ(site.rotation.missing().size(), 1U);  // merely known: it may come back
  EXPECT_EQ(site.rotation.missing()[0].node, "demo-master-1");
  const auto refused = site.rotation.switch_over(false);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_NE(refused.error().message.find("demo-master-1"), std::string::npos);

  site.rotation.link_up(site.machine, state_with(held({pins[0]}, pins[0])));
  EXPECT_FALSE(site.rotation.switch_over(false));
  site.rotation.reported(site.machine, report_of(held(pins, pins[0])));
  EXPECT_TRUE(site.rotation.missing().empty());
  ASSERT_TRUE(site.rotation.switch_over(false));

  EXPECT_EQ(site.rotation.missing()[0].why, "has a certificate of the old CA");
  EXPECT_FALSE(site.rotation.finish(false));
  site.rotation.reported(site.machine, report_of(held(pins, pins[1])));
  ASSERT_TRUE(site.rotation.finish(false));
  EXPECT_TRUE(site.rotation.missing().empty());
}

TEST(CaRotation, AMachineWithANewDiskHoldsNothingAndOneThatIsDeletedIsNotWaitedFor) {
  RotationSite site;
  ASSERT_TRUE(site.rotation.introduce());
  const auto pins = site.authority->pins();
  site.rotation.reported(site.machine, report_of(held(pins, pins[0])));
  EXPECT_TRUE(site.rotation.missing().empty());
  site.issue();
  EXPECT_EQ(site.rotation.missing().size(), 1U);
  site.roster.members.erase(site.machine);
  EXPECT_TRUE(site.rotation.missing().empty());
}

TEST(CaRotation, WhoTrustsWhomItTrustedCostsNoWrite) {
  RotationSite site;
  ASSERT_TRUE(site.rotation.introduce());
  const auto pins = site.authority->pins();
  const auto writes = [&](const wire::TrustHeld& told) {
    const auto before = site.database->revision();
    site.rotation.link_up(site.machine, state_with(told));
    (void)site.rotation.missing();  // asks the store, where all must be that was told
    return site.database->revision() - before;
  };
  EXPECT_EQ(writes(held({pins[0]}, pins[0])), 1);
  EXPECT_EQ(writes(held({pins[0]}, pins[0])), 0);
  EXPECT_EQ(writes(held(pins, pins[0])), 1);
  EXPECT_EQ(writes(held(pins, pins[1])), 1);
  EXPECT_EQ(writes(held(pins, pins[1])), 0);
}

TEST(CaRotation, NothingIsSwitchedOnWhatCouldNotBeWritten) {
  RotationSite site;
  ASSERT_TRUE(site.rotation.introduce());
  const auto pins = site.authority->pins();
  site.rotation.reported(site.machine, report_of(held(pins, pins[0])));
  ASSERT_TRUE(site.rotation.missing().empty());
  site.database
      ->prepare(
          "CREATE TRIGGER full BEFORE INSERT ON trust_held BEGIN SELECT RAISE (ABORT, 'full'); END")
      .run();
  site.rotation.reported(site.machine, report_of(held({pins[0]}, pins[0])));
  const auto refused = site.rotation.switch_over(false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  site.database->prepare("DROP TRIGGER full").run();
  EXPECT_EQ(site.rotation.missing().size(), 1U) << "it is not lost";
  site.rotation.reported(site.machine, report_of(held(pins, pins[0])));
  EXPECT_TRUE(site.rotation.switch_over(false));
}

TEST(CaRotation, WhatIsTakenBackBeforeItIsWrittenIsNotWritten) {
  RotationSite site;
  ASSERT_TRUE(site.rotation.introduce());
  const auto pins = site.authority->pins();
  site.rotation.reported(site.machine, report_of(held({pins[0]}, pins[0])));
  (void)site.rotation.missing();
  site.rotation.reported(site.machine, report_of(held(pins, pins[0])));
  site.rotation.reported(site.machine, report_of(held({pins[0]}, pins[0])));
  EXPECT_EQ(site.rotation.missing().size(), 1U);
}

/// A change of the CA that tells the agents of real links.
struct Told {
  Links& links;
  base::TaskScope& tasks;
  fakes::ManualClock& clock;
  RotationSite site;
  CaRotation rotation{tasks.executor(), *site.database, *site.authority, links, site.roster, clock};

  std::unique_ptr<fakes::FakeAgent> agent(base::MachineId machine) {
    return std::make_unique<fakes::FakeAgent>(tasks, links, clock, std::move(machine));
  }
  std::vector<std::unique_ptr<fakes::FakeAgent>> agents(std::size_t count) {
    std::vector<std::unique_ptr<fakes::FakeAgent>> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(agent({"m" + std::to_string(i)}));
    return all;
  }
};

template <class Body>
void with_rotation(Body body) {
  fakes::with_links(
      [&](Links& links, base::TaskScope& tasks, fakes::ManualClock& clock) -> base::Task<> {
        Told told{links, tasks, clock};
        links.add(told.rotation);
        tasks.spawn("rotation", told.rotation.run());
        co_await body(told);
        co_await fakes::end(links, tasks);
      });
}

TEST(CaRotation, WhatManyTellAtOnceIsWrittenThoughNobodyAsks) {
  with_rotation([](Told& told) -> base::Task<> {
    const auto pins = told.site.authority->pins();
    constexpr std::int64_t kMachines = 100;
    for (int at = 0; at < kMachines; ++at) {
      told.rotation.reported({"m" + std::to_string(at)}, report_of(held(pins, pins[0])));
    }
    co_await fakes::turns(200);
    auto rows = told.site.database->prepare("SELECT count(*) FROM trust_held");
    EXPECT_TRUE(rows.step());
    EXPECT_EQ(rows.number(0), kMachines);
  });
}

TEST(CaRotation, LinkedAgentsAreToldAtOnceAndOthersWhenTheyCome) {
  with_rotation([](Told& told) -> base::Task<> {
    auto one = told.agent(told.site.machine);
    fakes::FakeAgent& agent = *one;
    co_await agent.come_up();
    EXPECT_EQ(agent.count(wire::Order::kTrust), 1U);
    EXPECT_EQ(agent.orders.back().trust().ca_pem(), told.site.authority->bundle_pem());
    EXPECT_TRUE(told.rotation.introduce());
    co_await fakes::turns(200);
    EXPECT_EQ(agent.count(wire::Order::kTrust), 2U);
    EXPECT_EQ(pki::split_chain(agent.orders.back().trust().ca_pem()).size(), 2U);
    EXPECT_TRUE(told.rotation.switch_over(true));
    co_await fakes::turns(200);
    EXPECT_EQ(agent.orders.back().trust().issuer_sha256(), told.site.authority->pins()[1]);
  });
}

TEST(CaRotation, ManyAreToldInTurnsAndASecondChangeMeanwhileReachesAll) {
  with_rotation([](Told& told) -> base::Task<> {
    const auto agents = told.agents(kToldInTurn + 88);
    for (const auto& agent : agents) co_await agent->come_up();
    const auto had = [&](std::size_t times) {
      return std::ranges::count_if(
          agents, [&](const auto& each) { return each->count(wire::Order::kTrust) >= times; });
    };
    const auto all = static_cast<std::ptrdiff_t>(agents.size());
    EXPECT_EQ(had(1), all);
    EXPECT_TRUE(told.rotation.introduce());
    EXPECT_TRUE(co_await fakes::until([&] { return had(2) > 0; }));
    EXPECT_LT(had(2), all) << "the first are told before the last ones' turn";
    EXPECT_TRUE(told.rotation.switch_over(true));
    const auto is_last = [&](const auto& each) {
      return each->orders.back().trust().issuer_sha256() == told.site.authority->issuer_sha256();
    };
    EXPECT_TRUE(co_await fakes::until([&] { return std::ranges::all_of(agents, is_last); }));
  });
}

TEST(CaRotation, WhoIsJustLinkingWhenItsTurnComesIsNotCutAndToldAsItLinks) {
  with_rotation([](Told& told) -> base::Task<> {
    const auto agents = told.agents(kToldInTurn + 1);
    for (const auto& agent : agents) co_await agent->come_up();
    // All begin a new link, whose state is not in yet, between the first turn and the second.
    EXPECT_TRUE(told.rotation.introduce());
    const auto anew = told.agents(agents.size());
    co_await fakes::turns(20);
    for (const auto& agent : anew) co_await agent->come_up();
    for (const auto& agent : anew) {
      EXPECT_FALSE(agent->ended) << agent->why.message;
      if (agent->ended) continue;
      EXPECT_EQ(agent->orders.back().trust().ca_pem(), told.site.authority->bundle_pem());
    }
  });
}

}  // namespace
}  // namespace slipway::links
