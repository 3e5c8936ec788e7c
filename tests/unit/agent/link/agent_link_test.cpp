// SPDX-License-Identifier: Apache-2.0
#include "agent/link/agent_link.hpp"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>

#include "agent/link/enrol.hpp"
#include "agent/link/obstacle.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/task_scope.hpp"
#include "tests/unit/agent/link/fake_controller.hpp"

namespace slipway::agent_link {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Task;
using namespace std::chrono_literals;

/// A machine's clock that is off the controller's.
class OddClock : public base::SystemClock {
 public:
  base::UtcTime utc() const override { return SystemClock::utc() + shift; }
  base::MonotonicTime monotonic() const override { return SystemClock::monotonic() + later; }
  std::chrono::hours shift{0};
  base::Duration later{};  ///< so much time has passed at once
};

/// An agent's link against a fake controller, in one io thread.
class AgentLinkTest : public testing::Test {
 protected:
  AgentLinkTest() {
    std::string pattern = testing::TempDir() + "agent-link-XXXXXX";
    root_ = mkdtemp(pattern.data());
  }
  ~AgentLinkTest() override { std::filesystem::remove_all(root_); }

  AgentLinkOptions options(std::string token) {
    return {.controller = controller_.address(),
            .token = std::move(token),
            .state_dir = root_ / "state",
            .software = "slipway-agent test",
            .incarnation = "1",
            .backoff = {.first = 2ms, .cap = 10ms},
            .seed = 1};
  }

  /// Runs the agent's link until `enough` says so (at most 20 s).
  void run_until(AgentLinkOptions options, std::function<bool()> enough) {
    AgentLinkHandlers handlers;
    handlers.state = [this] {
      wire::NodeState state;
      state.set_desired_generation(generation_);
      return state;
    };
    handlers.order = [this](wire::Order order) { orders_.push_back(std::move(order)); };
    handlers.controller_clock = [this](std::int64_t offset_ms) { told_offset_ms_ = offset_ms; };
    handlers.changed = [this](bool up) { changes_.push_back(up); };
    handlers.failed = [this](const base::Error& why) { failures_.push_back(why); };
    AgentLink link(io_.get_executor(), std::move(options), std::move(handlers), clock_);
    link_ = &link;
    base::TaskScope scope(io_.get_executor());
    scope.spawn("link", link.run());
    const auto limit = std::chrono::steady_clock::now() + 20s;
    while (!enough() && std::chrono::steady_clock::now() < limit) io_.run_one_for(100ms);
    EXPECT_TRUE(enough()) << "not in time";
    finish(scope.join());
    link_ = nullptr;
  }

  /// Drives the io_context until the coroutine has ended.
  void finish(Task<> task) {
    bool ended = false;
    asio::co_spawn(io_, std::move(task), [&](std::exception_ptr) { ended = true; });
    while (!ended) io_.run_one_for(100ms);
  }
  void TearDown() override { finish(controller_.server->stop(0ms)); }

  std::size_t count(const std::string& what) const {
    return static_cast<std::size_t>(std::ranges::count(controller_.asked, what));
  }

  std::filesystem::path root_;
  asio::io_context io_;
  OddClock clock_;
  std::optional<std::int64_t> told_offset_ms_;
  FakeController controller_{io_.get_executor()};
  std::uint64_t generation_ = 7;
  std::vector<wire::Order> orders_;
  std::vector<bool> changes_;
  std::vector<base::Error> failures_;
  AgentLink* link_ = nullptr;
};

TEST_F(AgentLinkTest, EnrolsDialsAndBeginsWithItsFullState) {
  run_until(options(controller_.token), [&] { return !controller_.reports.empty(); });
  EXPECT_EQ(controller_.asked, (std::vector<std::string>{"/enrol", "/link machine-1"}));
  ASSERT_TRUE(controller_.reports[0].has_state());
  EXPECT_EQ(controller_.reports[0].state().desired_generation(), 7U);
}

TEST_F(AgentLinkTest, HealthIsToldAsOftenAsTheControllerOfTheLastLinkWants) {
  const std::vector<std::pair<std::uint32_t, std::chrono::seconds>> pairs = {
      {0, wire::kHealthInterval}, {24, 24s}, {3'600, wire::kMaxHealthInterval}};
  for (const auto& [asked, kept] : pairs) {
    controller_.health_seconds = asked;
    controller_.reports.clear();
    run_until(options(controller_.token), [&] {
      if (!link_->up()) EXPECT_EQ(link_->health_interval(), wire::kHealthInterval);
      if (controller_.reports.empty()) return false;
      EXPECT_EQ(link_->health_interval(), kept);
      return true;
    });
  }
}

TEST_F(AgentLinkTest, AnotherAuthorityThanThePinnedOneIsToldApart) {
  auto wrong = options(controller_.token);
  wrong.controller.ca_sha256 = {std::string(64, '0')};
  run_until(wrong, [&] { return !failures_.empty(); });
  EXPECT_TRUE(controller_.asked.empty()) << "the token was shown to a stranger";
  const auto word = obstacle_of(failures_[0], wrong.controller.endpoint, {});
  EXPECT_EQ(word.reason, wire::kPinMismatch) << failures_[0].message;
}

TEST_F(AgentLinkTest, ARefusedTokenIsSaidAndNotTheRenewalThatIsTriedAfterIt) {
  controller_.refuse_renewals = true;
  run_until(options(std::string(64, 'b')), [&] { return count("/renew") > 2; });
  ASSERT_GE(failures_.size(), 2U);
  failures_.resize(2);  // the last may be of this test's end
  for (const auto& why : failures_) EXPECT_EQ(why.field, "token") << why.message;
}

// By then the controller may have let another master act.
TEST_F(AgentLinkTest, WithoutAnAnswerForALeaseTheLinkBeginsAnew) {
  bool asked = false;
  run_until(options(controller_.token), [&] {
    if (!asked && link_->up()) {
      asked = true;
      EXPECT_TRUE(link_->confirmed());
      clock_.later = kLease;
      EXPECT_FALSE(link_->confirmed());
      EXPECT_FALSE(link_->up());
    }
    return count("/link machine-1") > 1;
  });
  EXPECT_TRUE(asked);
}

TEST_F(AgentLinkTest, ASecondStartDialsWithTheCertificateItHas) {
  run_until(options(controller_.token), [&] { return !controller_.reports.empty(); });
  run_until(options(""), [&] { return controller_.reports.size() > 1; });
  EXPECT_EQ(count("/enrol"), 1U);
  EXPECT_EQ(count("/renew"), 0U);
  EXPECT_EQ(count("/link machine-1"), 2U);
}

TEST_F(AgentLinkTest, AClockThatIsDaysOffStillGetsALinkAndLearnsTheTime) {
  for (const std::chrono::hours shift : {-24h * 400, -48h, 48h, 24h * 400}) {
    SCOPED_TRACE(shift.count());
    std::filesystem::remove_all(root_ / "state");
    clock_.shift = shift;
    controller_.reports.clear();
    run_until(options(controller_.token), [&] { return !controller_.reports.empty(); });
    ASSERT_TRUE(told_offset_ms_);
    EXPECT_NEAR(static_cast<double>(*told_offset_ms_),
                -static_cast<double>(std::chrono::milliseconds(shift).count()), 60'000);
  }
}

TEST_F(AgentLinkTest, AClockThatJumpedWhileTheMachineWasOffIsLearntByRenewal) {
  run_until(options(controller_.token), [&] { return !controller_.reports.empty(); });
  for (const std::chrono::hours shift : {-48h, 48h}) {
    SCOPED_TRACE(shift.count());
    clock_.shift = shift;
    controller_.reports.clear();
    run_until(options(""), [&] { return !controller_.reports.empty(); });
  }
  EXPECT_EQ(count("/enrol"), 1U);
  EXPECT_EQ(count("/renew"), 2U);
}

TEST_F(AgentLinkTest, ACertificateIsRenewedAtHalfLifeWhileTheLinkLivesOn) {
  controller_.certificate_life = 3s;
  run_until(options(controller_.token), [&] { return count("/renew") >= 2; });
  EXPECT_EQ(count("/enrol"), 1U);
  EXPECT_EQ(count("/link machine-1"), 1U);
  EXPECT_EQ(changes_, (std::vector<bool>{true, false}));  // down at the test's end alone
}

TEST_F(AgentLinkTest, AsksAgainWithTheSameKeyUntilItIsAnswered) {
  controller_.refuse_enrolments = 3;
  run_until(options(controller_.token), [&] { return !controller_.reports.empty(); });
  EXPECT_EQ(count("/enrol"), 4U);
}

TEST_F(AgentLinkTest, ARefusedTokenDoesNotGetALink) {
  run_until(options(std::string(64, 'b')), [&] { return count("/enrol") > 0; });
  EXPECT_TRUE(controller_.reports.empty());
}

TEST_F(AgentLinkTest, ACertificateForAnotherKeyIsNotTaken) {
  controller_.answers_for_key = pki::make_key();
  run_until(options(controller_.token), [&] { return controller_.asked.size() >= 2; });
  EXPECT_FALSE(std::filesystem::exists(root_ / "state" / "node.crt"));
  EXPECT_TRUE(controller_.reports.empty());
}

TEST_F(AgentLinkTest, ARefusedLinkIsTriedWithANewCertificate) {
  controller_.refuse_links = true;
  run_until(options(controller_.token), [&] { return count("/renew") > 0; });
  controller_.refuse_links = false;
  run_until(options(controller_.token), [&] { return !controller_.reports.empty(); });
}

TEST_F(AgentLinkTest, AForeignServerGetsNoToken) {
  AgentLinkOptions to = options(controller_.token);
  to.controller.ca_sha256 = {std::string(64, '0')};
  int rounds = 0;
  run_until(to, [&] { return ++rounds > 50; });
  EXPECT_TRUE(controller_.asked.empty());
}

TEST_F(AgentLinkTest, AChangedCaIsLearntOverTheLinkAndHeldAcrossRestarts) {
  const pki::KeyPair next =
      pki::make_ca("next", FakeController::now() - 1h, FakeController::now() + 100h);
  const std::string new_pin = pki::inspect(next.certificate_pem)->sha256;
  const auto holds_new = [&](const wire::Report& report) {
    return report.has_trust() && report.trust().issuer_sha256() == new_pin &&
           report.trust().ca_sha256_size() == 2;
  };
  bool told = false;
  run_until(options(controller_.token), [&] {
    if (!told && !controller_.reports.empty()) {
      told = true;
      controller_.change_ca(next);
      controller_.tell_trust();
    }
    return std::ranges::any_of(controller_.reports, holds_new);
  });
  EXPECT_EQ(count("/link machine-1"), 1U);  // renewed with no break of the link
  EXPECT_EQ(count("/renew"), 1U);

  controller_.drop_first_ca();
  controller_.reports.clear();
  auto after = options("");
  auto remembered = IdentityStore(root_ / "state").remembered();
  ASSERT_TRUE(remembered);
  EXPECT_EQ(remembered->ca_sha256.size(), 2U);
  after.controller.ca_sha256 = remembered->ca_sha256;
  told = false;
  run_until(after, [&] {
    if (!told && !controller_.reports.empty()) {
      told = true;
      controller_.tell_trust();
    }
    return IdentityStore(root_ / "state").remembered()->ca_sha256 == Pins{new_pin};
  });
  EXPECT_EQ(count("/renew"), 1U);
}

TEST_F(AgentLinkTest, ACaThatDoesNotFollowFromTheOldOneIsNotTaken) {
  const pki::KeyPair foreign =
      pki::make_ca("foreign", FakeController::now() - 1h, FakeController::now() + 100h);
  bool told = false;
  run_until(options(controller_.token), [&] {
    if (!told && !controller_.reports.empty()) {
      told = true;
      controller_.bundle_pem = foreign.certificate_pem;
      controller_.tell_trust();
      controller_.bundle_pem = controller_.ca.certificate_pem;
      controller_.tell_trust();
    }
    return std::ranges::any_of(controller_.reports,
                               [](const wire::Report& report) { return report.has_trust(); });
  });
  EXPECT_EQ(IdentityStore(root_ / "state").remembered()->ca_sha256,
            controller_.address().ca_sha256);
}

TEST_F(AgentLinkTest, AMachineThatSleptThroughTheChangeComesBackWithAPinGivenByHand) {
  run_until(options(controller_.token), [&] { return !controller_.reports.empty(); });
  const pki::KeyPair next =
      pki::make_ca("next", FakeController::now() - 1h, FakeController::now() + 100h);
  controller_.change_ca(next);
  controller_.drop_first_ca();
  const auto asked = controller_.asked.size();
  controller_.reports.clear();
  auto asleep = options("");
  asleep.controller.ca_sha256 = IdentityStore(root_ / "state").remembered()->ca_sha256;
  int rounds = 0;
  run_until(asleep, [&] { return ++rounds > 50; });
  EXPECT_EQ(controller_.asked.size(), asked);
  asleep.controller.ca_sha256 = {pki::inspect(next.certificate_pem)->sha256};
  run_until(asleep, [&] { return !controller_.reports.empty(); });
  EXPECT_EQ(count("/enrol"), 1U);
}

TEST_F(AgentLinkTest, ABrokenLinkComesBackWithTheFullStateAgain) {
  bool cut = false;
  run_until(options(controller_.token), [&] {
    if (!cut && controller_.reports.size() == 1 && controller_.link) {
      cut = true;
      controller_.link->close({ErrorCode::kUnavailable, "cut by the test", {}});
    }
    return controller_.reports.size() > 1;
  });
  EXPECT_GE(count("/link machine-1"), 2U);
  EXPECT_EQ(count("/enrol"), 1U);
  EXPECT_TRUE(controller_.reports[1].has_state());
  ASSERT_GE(changes_.size(), 3U);
  EXPECT_TRUE(changes_[0]);
  EXPECT_FALSE(changes_[1]);
}

TEST_F(AgentLinkTest, OrdersArriveAndSendingWithoutALinkFails) {
  controller_.on_report = [](link::Link& link) {
    wire::Order order;
    order.mutable_desired()->set_generation(42);
    EXPECT_TRUE(link.send(std::move(order)));
  };
  bool tried = false;
  run_until(options(controller_.token), [&] {
    if (!tried && !link_->up()) {
      tried = true;
      EXPECT_EQ(link_->send({}).error().code, ErrorCode::kUnavailable);
      EXPECT_FALSE(link_->open({}, false));
    }
    return !orders_.empty();
  });
  EXPECT_EQ(orders_[0].desired().generation(), 42U);
  EXPECT_TRUE(tried);
}

}  // namespace
}  // namespace slipway::agent_link
