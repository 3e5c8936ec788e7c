// SPDX-License-Identifier: Apache-2.0
#include "controller/intents/intents.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_agent.hpp"
#include "tests/fakes/fake_roster.hpp"

namespace slipway::intents {
namespace {

using base::ErrorCode;
using base::MachineId;
using base::Task;
using fakes::FakeAgent;
using fakes::ManualClock;
using fakes::turns;
using fakes::until;
using namespace std::chrono_literals;

const ClusterId kDemo{"demo"};
const MachineId kM1{"m1"};
const MachineId kM2{"m2"};

struct Town {
  Town(links::Links& links, base::TaskScope& tasks, ManualClock& clock)
      : links(links), tasks(tasks), clock(clock) {
    roster.members[kM1] = {kDemo, wire::MASTER, "a", "10.0.0.1"};
    roster.members[kM2] = {kDemo, wire::MASTER, "b", "10.0.0.2"};
    roster.members[{"w1"}] = {kDemo, wire::WORKER, "c", "10.0.0.3"};
    roster.members[{"x1"}] = {{"other"}, wire::MASTER, "x", "10.0.1.1"};
    roster.gateways[kDemo] = kM1;
    links.add(*ledger);
  }

  links::Links& links;
  base::TaskScope& tasks;
  ManualClock& clock;
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  fakes::FakeRoster roster;
  std::unique_ptr<IntentLedger> ledger =
      std::make_unique<IntentLedger>(tasks.executor(), *database, links, roster, clock);
};

template <class Body>
void in_town(Body body) {
  fakes::with_links([&](links::Links& links, base::TaskScope& tasks, ManualClock& clock) -> Task<> {
    Town town(links, tasks, clock);
    co_await body(town);
    co_await fakes::end(links, tasks);
  });
}

wire::Intent intent(std::string id, std::string yaml = "kind: Pod") {
  wire::Intent made;
  made.set_id(std::move(id));
  made.mutable_apply()->set_yaml(std::move(yaml));
  return made;
}

wire::Report outcome(std::string id, bool ok = true) {
  wire::Report report;
  report.mutable_outcome()->set_intent_id(std::move(id));
  report.mutable_outcome()->set_ok(ok);
  report.mutable_outcome()->set_http_status(ok ? 200 : 422);
  report.mutable_outcome()->set_message(ok ? "" : "spec.replicas: Invalid value");
  return report;
}

TEST(IntentLedger, DeliversAndReturnsTheClustersOwnAnswer) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    std::optional<base::Result<Outcome>> result;
    town.tasks.spawn("apply", [](Town& town, auto& result) -> Task<> {
      wire::ApplyManifest manifest;
      manifest.set_yaml("kind: Pod");
      result = co_await town.ledger->apply(kDemo, std::move(manifest), 10s);
    }(town, result));
    EXPECT_TRUE(co_await until([&] { return gateway.intents().size() == 1; }));
    EXPECT_FALSE(result);
    const std::string id = gateway.intents()[0].id();
    gateway.tell(outcome(id, false));
    EXPECT_TRUE(co_await until([&] { return result.has_value(); }));
    EXPECT_EQ((*result)->state, State::kDone);
    EXPECT_FALSE((*result)->answer.ok());
    EXPECT_EQ((*result)->answer.message(), "spec.replicas: Invalid value");
    EXPECT_TRUE(co_await until([&] { return gateway.count(wire::Order::kIntentAck) == 1; }));
  });
}

TEST(IntentLedger, OutOfReachItAnswersPendingAndDeliversLater) {
  in_town([](Town& town) -> Task<> {
    auto pending = co_await town.ledger->submit(kDemo, intent("i1"), 10s);
    EXPECT_EQ(pending->state, State::kPending);
    EXPECT_FALSE(pending->delivered);
    (void)town.ledger->accept(kDemo, intent("i2"));
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    EXPECT_TRUE(co_await until([&] { return gateway.intents().size() == 2; }));
    EXPECT_EQ(gateway.intents()[0].id(), "i1");  // in the order of acceptance
    EXPECT_TRUE(town.ledger->find({"i1"})->delivered);
  });
}

TEST(IntentLedger, AWaitEndsInTime) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    auto result = co_await town.ledger->submit(kDemo, intent("i1"), 1ms);
    EXPECT_EQ(result->state, State::kPending);
    EXPECT_TRUE(result->delivered);
  });
}

TEST(IntentLedger, WhatWasNotAnsweredGoesAgainOverANewLinkAndToANewGateway) {
  in_town([](Town& town) -> Task<> {
    {
      FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
      co_await gateway.come_up();
      (void)town.ledger->accept(kDemo, intent("i1"));
      EXPECT_TRUE(co_await until([&] { return gateway.intents().size() == 1; }));
      gateway.drop();
      EXPECT_TRUE(
          co_await until([&] { return gateway.ended && !town.links.facts(kM1).connected; }));
    }
    FakeAgent again(town.tasks, town.links, town.clock, kM1);
    FakeAgent second(town.tasks, town.links, town.clock, kM2);
    co_await again.come_up();
    co_await second.come_up();
    EXPECT_TRUE(co_await until([&] { return again.intents().size() == 1; }));
    EXPECT_TRUE(second.intents().empty());
    town.roster.gateways[kDemo] = kM2;
    town.ledger->gateway_changed(kDemo);
    EXPECT_TRUE(co_await until([&] { return second.intents().size() == 1; }));
    again.tell(outcome("i1"));  // the older gateway had it done already
    EXPECT_TRUE(co_await until([&] { return town.ledger->find({"i1"})->state == State::kDone; }));
    second.tell(outcome("i1", false));  // the first answer stays
    EXPECT_TRUE(co_await until([&] { return second.count(wire::Order::kIntentAck) == 1; }));
    EXPECT_TRUE(town.ledger->find({"i1"})->answer.ok());
  });
}

TEST(IntentLedger, OutcomesInTheFirstStateCountAndNothingIsSentTwice) {
  in_town([](Town& town) -> Task<> {
    (void)town.ledger->accept(kDemo, intent("i1"));
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    wire::NodeState state;
    *state.add_outcomes() = outcome("i1").outcome();
    *state.add_outcomes() = outcome("long-forgotten").outcome();
    co_await gateway.come_up(state);
    EXPECT_TRUE(co_await until([&] { return gateway.count(wire::Order::kIntentAck) == 2; }));
    EXPECT_EQ(town.ledger->find({"i1"})->state, State::kDone);
    EXPECT_TRUE(gateway.intents().empty());
  });
}

TEST(IntentLedger, SurvivesARestartOfTheController) {
  in_town([](Town& town) -> Task<> {
    (void)town.ledger->accept(kDemo, intent("i1"));
    IntentLedger restarted(town.tasks.executor(), *town.database, town.links, town.roster,
                           town.clock);
    EXPECT_EQ(restarted.pending(kDemo).size(), 1u);
    EXPECT_EQ(restarted.find({"i1"})->state, State::kPending);
    co_return;
  });
}

TEST(IntentLedger, TheSameIdIsTheSameIntent) {
  in_town([](Town& town) -> Task<> {
    EXPECT_EQ(town.ledger->accept(kDemo, intent("i1"))->value, "i1");
    EXPECT_EQ(town.ledger->accept(kDemo, intent("i1"))->value, "i1");
    EXPECT_EQ(town.ledger->pending(kDemo).size(), 1u);
    EXPECT_EQ(town.ledger->accept(kDemo, intent("i1", "kind: Service")).error().code,
              ErrorCode::kConflict);
    EXPECT_EQ(town.ledger->accept({"other"}, intent("i1")).error().code, ErrorCode::kConflict);
    EXPECT_EQ(town.ledger->accept(kDemo, {}).error().field, "what");
    EXPECT_EQ(town.ledger->accept(kDemo, intent("i2", std::string(800 << 10, 'x'))).error().code,
              ErrorCode::kInvalid);
    co_return;
  });
}

TEST(IntentLedger, TheListAndWhatIsInFlightAreBounded) {
  in_town([](Town& town) -> Task<> {
    for (std::size_t i = 0; i < kMaxPending; ++i) {
      EXPECT_TRUE(town.ledger->accept(kDemo, intent("i" + std::to_string(i))));
    }
    EXPECT_EQ(town.ledger->accept(kDemo, intent("more")).error().code, ErrorCode::kExhausted);
    EXPECT_TRUE(town.ledger->accept({"other"}, intent("elsewhere")));
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    EXPECT_TRUE(co_await until([&] { return gateway.intents().size() == kMaxInFlight; }));
    co_await turns(300);
    EXPECT_EQ(gateway.intents().size(), kMaxInFlight);
    gateway.tell(outcome("i0"));
    EXPECT_TRUE(co_await until([&] { return gateway.intents().size() == kMaxInFlight + 1; }));
  });
}

TEST(IntentLedger, OnlyAMasterOfItsOwnClusterAnswers) {
  in_town([](Town& town) -> Task<> {
    (void)town.ledger->accept(kDemo, intent("i1"));
    FakeAgent worker(town.tasks, town.links, town.clock, {"w1"});
    FakeAgent stranger(town.tasks, town.links, town.clock, {"x1"});
    co_await worker.come_up();
    co_await stranger.come_up();
    worker.tell(outcome("i1"));
    stranger.tell(outcome("i1"));
    co_await turns(500);
    EXPECT_EQ(town.ledger->find({"i1"})->state, State::kPending);
    EXPECT_EQ(worker.count(wire::Order::kIntentAck), 0u);
  });
}

TEST(IntentLedger, CancelGivesUpWhatNobodyIsAt) {
  in_town([](Town& town) -> Task<> {
    (void)town.ledger->accept(kDemo, intent("i1"));
    EXPECT_TRUE(town.ledger->cancel({"i1"}));
    EXPECT_TRUE(town.ledger->cancel({"i1"}));
    EXPECT_EQ(town.ledger->find({"i1"})->state, State::kCancelled);
    EXPECT_EQ(town.ledger->cancel({"none"}).error().code, ErrorCode::kNotFound);
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    EXPECT_TRUE(gateway.intents().empty());
    (void)town.ledger->accept(kDemo, intent("i2"));
    EXPECT_TRUE(co_await until([&] { return gateway.intents().size() == 1; }));
    EXPECT_EQ(town.ledger->cancel({"i2"}).error().code, ErrorCode::kConflict);
    gateway.drop();
    EXPECT_TRUE(co_await until([&] { return !town.links.facts(kM1).connected; }));
    EXPECT_TRUE(town.ledger->cancel({"i2"}));
    // It had been done after all: what is true is shown.
    FakeAgent again(town.tasks, town.links, town.clock, kM1);
    wire::NodeState state;
    *state.add_outcomes() = outcome("i2").outcome();
    co_await again.come_up(state);
    EXPECT_TRUE(co_await until([&] { return town.ledger->find({"i2"})->state == State::kDone; }));
  });
}

TEST(IntentLedger, ForgetEndsWaits) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    std::optional<base::Result<Outcome>> result;
    town.tasks.spawn("submit", [](Town& town, auto& result) -> Task<> {
      result = co_await town.ledger->submit(kDemo, intent("i1"), 100s);
    }(town, result));
    EXPECT_TRUE(co_await until([&] { return gateway.intents().size() == 1; }));
    town.ledger->forget(kDemo);
    EXPECT_TRUE(co_await until([&] { return result.has_value(); }));
    EXPECT_EQ(result->error().code, ErrorCode::kNotFound);
  });
}

TEST(IntentLedger, OldOutcomesGo) {
  in_town([](Town& town) -> Task<> {
    for (std::size_t i = 0; i < kKeptFinished + 10; ++i) {
      const std::string id = "i" + std::to_string(i);
      (void)town.ledger->accept(kDemo, intent(id));
      (void)town.ledger->cancel({id});
    }
    EXPECT_FALSE(town.ledger->find({"i0"}));
    EXPECT_TRUE(town.ledger->find({"i" + std::to_string(kKeptFinished)}));
    co_return;
  });
}

std::int64_t count(Town& town, const std::string& sql) {
  auto row = town.database->prepare(sql);
  row.step();
  return row.number(0);
}

wire::Report answered(const std::string& id, bool ok) {
  auto report = outcome(id, ok);
  report.mutable_outcome()->set_body(R"({"kind":"Secret","data":{"a":"c2VjcmV0"}})");
  return report;
}

TEST(IntentLedger, WhatIsDoneWellIsNotKeptAndItsAnswerOnlyForWhoWaits) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    std::optional<base::Result<Outcome>> result;
    town.tasks.spawn("submit", [](Town& town, auto& result) -> Task<> {
      result = co_await town.ledger->submit(kDemo, intent("i1", "kind: Secret"), 100s);
    }(town, result));
    EXPECT_TRUE(co_await until([&] { return gateway.intents().size() == 1; }));
    gateway.tell(answered("i1", true));
    EXPECT_TRUE(co_await until([&] { return result.has_value(); }));
    EXPECT_NE((*result)->answer.body().find("c2VjcmV0"), std::string::npos);
    EXPECT_EQ(town.ledger->find({"i1"})->answer.body(), "");
    EXPECT_EQ(town.ledger->intent({"i1"}).error().code, ErrorCode::kConflict);
    EXPECT_EQ(count(town, "SELECT count(*) FROM intent_texts WHERE intent IS NOT NULL"), 0);
    EXPECT_EQ(town.ledger->accept(kDemo, intent("i1", "kind: Secret"))->value, "i1")
        << "told again";
    (void)town.ledger->accept(kDemo, intent("i2"));
    EXPECT_TRUE(co_await until([&] { return gateway.intents().size() == 2; }));
    gateway.tell(answered("i2", false));
    EXPECT_TRUE(co_await until([&] { return town.ledger->find({"i2"})->state == State::kDone; }));
    EXPECT_EQ(town.ledger->intent({"i2"})->apply().yaml(), "kind: Pod") << "it may be asked again";
    EXPECT_EQ(town.ledger->find({"i2"})->answer.body(), "");
  });
}

TEST(IntentLedger, AListReadsNoTexts) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    (void)town.ledger->accept(kDemo, intent("i1"));
    auto half = outcome("i1");
    half.mutable_outcome()->add_objects()->set_ok(false);
    gateway.tell(half);
    EXPECT_TRUE(co_await until([&] { return town.ledger->find({"i1"})->state == State::kDone; }));
    (void)town.ledger->accept(kDemo, intent("i2"));
    gateway.tell(outcome("i2", false));
    EXPECT_TRUE(co_await until([&] { return town.ledger->find({"i2"})->state == State::kDone; }));
    town.database->prepare("DELETE FROM intent_texts").run();
    const auto listed = town.ledger->newest(kDemo, {});
    EXPECT_EQ(listed.size(), 2U);
    EXPECT_FALSE(listed[1].answer.ok()) << "one of its objects failed";
    EXPECT_EQ(listed[0].answer.message(), "spec.replicas: Invalid value");
  });
}

TEST(IntentLedger, ALineIsALine) {
  in_town([](Town& town) -> Task<> {
    auto named = intent("i1");
    named.set_summary("apply Pod " + std::string(600 << 10, 'x'));
    EXPECT_TRUE(town.ledger->accept(kDemo, named));
    EXPECT_EQ(town.ledger->newest(kDemo, {})[0].summary.size(), 512U);
    EXPECT_TRUE(town.ledger->accept(kDemo, named)) << "it is the same all the same";
    co_return;
  });
}

TEST(IntentLedger, RowsOfAnOlderVersionAreCompleted) {
  in_town([](Town& town) -> Task<> {
    FakeAgent gateway(town.tasks, town.links, town.clock, kM1);
    co_await gateway.come_up();
    for (const auto* id : {"good", "bad"}) {
      (void)town.ledger->accept(kDemo, intent(id));
      gateway.tell(outcome(id, id == std::string("good")));
      EXPECT_TRUE(co_await until([&] { return town.ledger->find({id})->state == State::kDone; }));
    }
    const auto stored = answered("bad", false).outcome().SerializeAsString();
    town.database->prepare("UPDATE intents SET ok = NULL, message = ''").run();
    town.database->prepare("UPDATE intent_texts SET outcome = ? WHERE id = 'bad'")
        .bind_blob(stored)
        .run();
    town.database->prepare("UPDATE intent_texts SET intent = ? WHERE id = 'good'")
        .bind_blob(intent("good").SerializeAsString())
        .run();
    IntentLedger restarted(town.tasks.executor(), *town.database, town.links, town.roster,
                           town.clock);
    EXPECT_TRUE(restarted.newest(kDemo, {})[1].answer.ok());
    EXPECT_EQ(restarted.newest(kDemo, {})[0].answer.message(), "spec.replicas: Invalid value");
    EXPECT_EQ(restarted.find({"bad"})->answer.body(), "");
    EXPECT_EQ(count(town, "SELECT count(*) FROM intent_texts WHERE intent IS NOT NULL"), 1);
  });
}

TEST(IntentLedger, WhatWasGivenUpCanBeAskedAgainForAWhile) {
  in_town([](Town& town) -> Task<> {
    for (std::size_t i = 0; i < kKeptTexts + 2; ++i) {
      const std::string id = "i" + std::to_string(i);
      (void)town.ledger->accept(kDemo, intent(id));
      (void)town.ledger->cancel({id});
    }
    EXPECT_TRUE(town.ledger->accept(kDemo, intent("last")));
    EXPECT_EQ(town.ledger->intent({"i0"}).error().code, ErrorCode::kConflict);
    EXPECT_EQ(town.ledger->intent({"i1"}).error().code, ErrorCode::kConflict);
    EXPECT_TRUE(town.ledger->intent({"i2"}));
    EXPECT_TRUE(town.ledger->find({"i0"})) << "that it was asked is still told";
    EXPECT_EQ(town.ledger->pending(kDemo).size(), 1U);
    EXPECT_TRUE(town.ledger->intent({"last"}));
    co_return;
  });
}

}  // namespace
}  // namespace slipway::intents
