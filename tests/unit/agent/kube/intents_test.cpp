// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/intents.hpp"

#include <gmock/gmock.h>

#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <fstream>

#include "agent/kube/applier.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/wakeup.hpp"
#include "protocol/wire/limits.hpp"
#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::kube {
namespace {

namespace fs = std::filesystem;
using base::Task;

class IntentRuns : public testing::Test {
 protected:
  IntentRuns() {
    char name[] = "/tmp/slipway-intents-XXXXXX";
    dir_ = ::mkdtemp(name);
    api_.on("POST /x", 201, R"({"made":1})");
  }
  ~IntentRuns() override { fs::remove_all(dir_); }

  static wire::Intent intent(const std::string& id, const std::string& path = "/x") {
    wire::Intent intent;
    intent.set_id(id);
    intent.mutable_request()->set_method("POST");
    intent.mutable_request()->set_path(path);
    return intent;
  }
  /// One life of the agent: takes, and ends once `expected` outcomes were told.
  std::vector<wire::IntentOutcome> life(std::vector<wire::Intent> taken, std::size_t expected,
                                        std::vector<std::string> acknowledged = {}) {
    std::vector<wire::IntentOutcome> told;
    fakes::run_task(io_, [&]() -> Task<bool> {
      base::Wakeup news(io_.get_executor());
      IntentStore store(dir_);
      EXPECT_TRUE(store.load());
      Applier applier(api_, {.pause = {}});
      Intents intents(
          io_.get_executor(), pool_, store,
          [&](wire::Intent intent) { return applier.run(std::move(intent)); },
          [&] { return is_gateway_(); },
          [&](const auto& outcome) {
            told.push_back(outcome);
            news.notify();
          });
      co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
        scope.spawn("intents", intents.run());
        for (auto& one : taken) intents.take(std::move(one));
        while (told.size() < expected) co_await news.wait();
        for (const auto& id : acknowledged) intents.acknowledge(id);
        if (!acknowledged.empty()) {
          while (std::ranges::any_of(acknowledged, [&](auto& id) { return is_kept(id); })) {
            co_await boost::asio::post(boost::asio::use_awaitable);
          }
        }
        left_ = intents.outcomes();
      });
      co_return true;
    }());
    return told;
  }

  /// What is done, in order, of a and b and what comes beside them, until `expected` outcomes were
  /// told; `beside` is called while one is done.
  std::vector<std::string> done_while(
      std::size_t expected, const std::function<void(Intents&, const std::string&)>& beside) {
    std::vector<std::string> done;
    fakes::run_task(io_, [&]() -> Task<bool> {
      base::Wakeup news(io_.get_executor());
      IntentStore store(dir_);
      EXPECT_TRUE(store.load());
      std::size_t told = 0;
      Intents* own = nullptr;
      const auto does = [&](wire::Intent one) -> Task<base::Result<wire::IntentOutcome>> {
        done.push_back(one.id());
        beside(*own, one.id());
        wire::IntentOutcome outcome;
        outcome.set_intent_id(one.id());
        co_return outcome;
      };
      Intents intents(
          io_.get_executor(), pool_, store, does, [] { return true; },
          [&](const auto&) {
            ++told;
            news.notify();
          });
      own = &intents;
      co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
        scope.spawn("intents", intents.run());
        intents.take(intent("a"));
        intents.take(intent("b"));
        while (told < expected) co_await news.wait();
      });
      co_return true;
    }());
    return done;
  }

  /// True while any file of the intent is there.
  bool is_kept(const std::string& id) const {
    return std::ranges::any_of(fs::directory_iterator(dir_), [&](const auto& file) {
      return file.path().filename().string().starts_with(id + ".");
    });
  }

  fs::path dir_;
  boost::asio::io_context io_;
  boost::asio::thread_pool pool_{1};
  fakes::FakeKubeApi api_;
  std::vector<wire::IntentOutcome> left_;
  std::function<bool()> is_gateway_ = [] { return true; };
};

TEST_F(IntentRuns, TheSameIdTwiceIsDoneOnceAndAnswersTheSame) {
  auto told = life({intent("a"), intent("a")}, 2);
  EXPECT_EQ(api_.requests.size(), 1U);
  EXPECT_EQ(told[0].SerializeAsString(), told[1].SerializeAsString());
  EXPECT_TRUE(told[0].ok());
  // Also in the agent's next life.
  told = life({intent("a")}, 1);
  EXPECT_EQ(api_.requests.size(), 1U);
  EXPECT_EQ(told[0].body(), R"({"made":1})");
  EXPECT_EQ(left_.size(), 1U);
}

TEST_F(IntentRuns, ARepetitionThatIsAcknowledgedMeanwhileIsNotDoneAgain) {
  const auto done =
      done_while(4, [](Intents& intents, const std::string& id) {  // one by what is kept
        if (id != "b") return;
        intents.take(intent("a"));  // the link broke and is back
        intents.take(intent("b"));
        intents.acknowledge("a");
        intents.take(intent("c"));
      });
  EXPECT_EQ(done, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(IntentRuns, MoreThanAReportHoldsIsToldOneAfterTheOther) {
  const std::string large(wire::kMaxFrameBytes / 3, 'x');
  std::vector<std::string> told;
  fakes::run_task(io_, [&]() -> Task<bool> {
    base::Wakeup news(io_.get_executor());
    IntentStore store(dir_);
    EXPECT_TRUE(store.load());
    const auto does = [&](wire::Intent intent) -> Task<base::Result<wire::IntentOutcome>> {
      wire::IntentOutcome outcome;
      outcome.set_intent_id(intent.id());
      if (intent.id() != "long") {
        outcome.set_body(large);
        co_return outcome;
      }
      for (int i = 0; i < 1000; ++i) outcome.add_objects()->set_message(large.substr(0, 4096));
      co_return outcome;
    };
    Intents intents(
        io_.get_executor(), pool_, store, does, [] { return true; },
        [&](const wire::IntentOutcome& outcome) {
          EXPECT_LT(outcome.ByteSizeLong(), wire::kMaxFrameBytes);
          told.push_back(outcome.intent_id());
          news.notify();
        });
    co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
      scope.spawn("intents", intents.run());
      for (const auto* id : {"a", "b", "c", "long"}) intents.take(intent(id));
      while (told.size() < 4) co_await news.wait();
      told.clear();
      EXPECT_EQ(intents.outcomes().size(), 1U) << "of the full view";
      intents.link_up();
      EXPECT_EQ(told, (std::vector<std::string>{"b"}));
      intents.acknowledge("a");
      intents.acknowledge("b");
      EXPECT_EQ(told, (std::vector<std::string>{"b", "c", "long"}));
    });
    co_return true;
  }());
}

TEST_F(IntentRuns, WhatIsNotBegunGoesWithTheLink) {
  const auto done = done_while(2, [](Intents& intents, const std::string& id) {
    if (id != "a") return;
    intents.link_lost();
    intents.take(intent("c"));
  });
  EXPECT_EQ(done, (std::vector<std::string>{"a", "c"})) << "b is another master's by now";
}

TEST_F(IntentRuns, ForgetsWhatIsAcknowledged) {
  life({intent("a")}, 1, {"a"});
  EXPECT_TRUE(left_.empty());
  EXPECT_TRUE(fs::is_empty(dir_));
}

// Another master may have done them meanwhile, and others after them.
TEST_F(IntentRuns, DropsWhatAnEarlierLifeLeftUndoneUntilItIsAskedAgain) {
  {
    IntentStore store(dir_);
    ASSERT_TRUE(store.load());
    for (const auto* id : {"c", "a"}) {
      ASSERT_TRUE(store.take(intent(id, std::string("/x/") + id)));
    }
  }
  life({intent("d", "/x/d"), intent("a", "/x/a")}, 2);
  EXPECT_THAT(api_.asked(), testing::ElementsAre("POST /x/d", "POST /x/a"));
  EXPECT_FALSE(is_kept("c"));
}

TEST_F(IntentRuns, DoesNothingOnceAnotherMasterIsTheGateway) {
  unsigned asked = 0;
  is_gateway_ = [&] { return ++asked != 2; };
  life({intent("a", "/x/a"), intent("b", "/x/b"), intent("c", "/x/c")}, 2);
  EXPECT_THAT(api_.asked(), testing::ElementsAre("POST /x/a", "POST /x/c"));
  EXPECT_FALSE(is_kept("b")) << "what another master was given must not be done late";
}

// The first try may have made it: what the second meets is then no fault of who asked.
TEST_F(IntentRuns, ItsOwnRepetitionIsMarkedAsOne) {
  std::vector<bool> repeated;
  fakes::run_task(io_, [&]() -> Task<bool> {
    base::Wakeup news(io_.get_executor());
    IntentStore store(dir_);
    EXPECT_TRUE(store.load());
    Applier applier(api_, {.pause = {}});
    api_.answers["POST /x"] = {{409, R"({"message":"x already exists"})", nullptr}};
    std::vector<wire::IntentOutcome> told;
    Intents intents(
        io_.get_executor(), pool_, store,
        [&](wire::Intent one) -> Task<base::Result<wire::IntentOutcome>> {
          repeated.push_back(one.repeated());
          auto outcome = co_await applier.run(std::move(one));
          if (repeated.size() > 1) co_return outcome;
          co_return base::fail(base::ErrorCode::kTimeout, "the answer was lost");
        },
        [] { return true; },
        [&](const auto& outcome) {
          told.push_back(outcome);
          news.notify();
        });
    co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
      scope.spawn("intents", intents.run());
      intents.take(intent("a"));
      while (told.empty()) co_await news.wait();
    });
    EXPECT_THAT(told[0].message(), testing::HasSubstr("x already exists"));
    EXPECT_THAT(told[0].message(), testing::HasSubstr("may have been made"));
    co_return true;
  }());
  EXPECT_EQ(repeated, (std::vector<bool>{false, true}));
}

TEST_F(IntentRuns, AManifestStopsWhereTheRoleIsLostAndIsLeftToTheNextGateway) {
  api_.on("GET /api/v1", 200,
          R"({"resources":[{"name":"configmaps","namespaced":true,"kind":"ConfigMap"}]})");
  const std::string maps = "/api/v1/namespaces/default/configmaps/";
  api_.on("PATCH " + maps, 201, "{}");
  fakes::run_task(io_, [&]() -> Task<bool> {
    base::Wakeup news(io_.get_executor());
    IntentStore store(dir_);
    EXPECT_TRUE(store.load());
    const auto may = [&] {
      return std::ranges::none_of(api_.requests, [](auto& one) { return one.method == "PATCH"; });
    };
    Applier applier(api_, {.pause = {}}, may);
    std::size_t told = 0;
    Intents intents(
        io_.get_executor(), pool_, store,
        [&](wire::Intent one) { return applier.run(std::move(one)); }, may,
        [&](const auto&) {
          ++told;
          news.notify();
        });
    wire::Intent two;
    two.set_id("two");
    const std::string map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: ";
    two.mutable_apply()->set_yaml(map + "a}}\n---\n" + map + "b}}\n");
    co_await base::in_scope([&](base::TaskScope& scope) -> Task<> {
      scope.spawn("intents", intents.run());
      intents.take(two);
      while (told == 0 && (may() || is_kept("two")))
        co_await boost::asio::post(boost::asio::use_awaitable);
    });
    EXPECT_EQ(told, 0U) << "the next gateway tells";
    co_return true;
  }());
  EXPECT_THAT(api_.asked(), testing::Not(testing::Contains(testing::HasSubstr(maps + "b"))));
}

TEST_F(IntentRuns, RefusesIdsThatAreNone) {
  for (const auto* bad : {"", "../x", "a/b", "a.b", "a b"}) {
    auto told = life({intent(bad)}, 1);
    EXPECT_FALSE(told[0].ok()) << bad;
    EXPECT_EQ(told[0].http_status(), 400U);
  }
  EXPECT_TRUE(fs::is_empty(dir_));
  EXPECT_TRUE(api_.requests.empty());
}

TEST_F(IntentRuns, BoundsWhatItHolds) {
  IntentStore store(dir_, 3);
  ASSERT_TRUE(store.load());
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(store.take(intent("i" + std::to_string(i))));
  }
  EXPECT_EQ(store.take(intent("more")).error().code, base::ErrorCode::kExhausted);
}

TEST_F(IntentRuns, LeavesOutFilesThatItCannotRead) {
  std::ofstream(dir_ / "a.intent") << "rubbish";
  std::ofstream(dir_ / "b.intent") << "1\n\xff\xff\xff";
  std::ofstream(dir_ / "c.outcome") << "rubbish";
  std::ofstream(dir_ / "x y.intent") << "1\n";
  IntentStore store(dir_);
  ASSERT_TRUE(store.load());
  EXPECT_TRUE(store.pending().empty());
  EXPECT_TRUE(store.outcomes().empty());
}

}  // namespace
}  // namespace slipway::kube
