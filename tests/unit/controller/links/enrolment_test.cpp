// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "controller/links/attempts.hpp"
#include "tests/unit/controller/links/site.hpp"

namespace slipway::links {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TEST(Enrolment, ATokenAndAKeyMakeACertificateOfADay) {
  Site site;
  const std::string token = site.issue();
  EXPECT_EQ(token.size(), 64u);
  const std::string key = pki::make_key();
  const auto response = granted(site.enrol(token, key));
  EXPECT_EQ(response.machine_id(), "m1");
  EXPECT_EQ(response.ca_pem(), site.ca.certificate_pem);
  const auto facts = pki::inspect(response.certificate_pem()).value();
  EXPECT_EQ(facts.common_name, "m1");
  EXPECT_LE(facts.not_after - site.clock.utc(), hours{24});
  EXPECT_GT(facts.not_after - site.clock.utc(), hours{23});
  EXPECT_EQ(site.audit.count("enrol"), 1u);
}

TEST(Enrolment, NoTokenIsStoredInClear) {
  Site site;
  const std::string token = site.issue();
  auto rows = site.database->prepare("SELECT token_sha256 FROM enrolments");
  ASSERT_TRUE(rows.step());
  EXPECT_NE(rows.text(0), token);
  EXPECT_EQ(rows.text(0), pki::sha256_hex(token));
}

TEST(Enrolment, TheSameKeyMayAskAgainUntilItsLinkOpened) {
  Site site;
  const std::string token = site.issue();
  const std::string key = pki::make_key();
  granted(site.enrol(token, key));
  site.clock.advance(minutes{14});
  granted(site.enrol(token, key));
  site.enrolment.link_opened(site.machine);
  const auto refused = site.enrol(token, key);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(problem_of(refused).at("field").as_string(), "token");
}

TEST(Enrolment, AnotherKeyIsRefusedAndBothAreFlagged) {
  Site site;
  const std::string token = site.issue();
  const std::string first = pki::make_key();
  granted(site.enrol(token, first));
  EXPECT_FALSE(site.enrolment.suspicion(site.machine));
  EXPECT_EQ(problem_of(site.enrol(token, pki::make_key())).at("field").as_string(), "key");
  const auto suspicion = site.enrolment.suspicion(site.machine);
  ASSERT_TRUE(suspicion);
  EXPECT_NE(suspicion->bound_key_sha256, suspicion->other_key_sha256);
  EXPECT_EQ(suspicion->from, site.address);
  EXPECT_EQ(site.audit.count("enrol.flagged"), 2u);
  granted(site.enrol(token, first));  // the first is flagged, not locked out
}

TEST(Enrolment, ItsLifeBeginsWhenTheCloudSaysThatItRuns) {
  Site site;
  const std::string token = site.issue();
  site.clock.advance(hours{3});  // the cloud was slow to build it
  const std::string key = pki::make_key();
  granted(site.enrol(token, key));  // the first answer of the cloud starts the 15 minutes
  site.clock.advance(minutes{15});
  granted(site.enrol(token, key));
  site.clock.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(site.enrol(token, key).status, 403);
}

TEST(Enrolment, TheFirstWordOfTheCloudCounts) {
  Site site;
  const std::string token = site.issue();
  site.enrolment.machine_runs(site.machine, site.clock.utc());
  site.clock.advance(minutes{10});
  site.enrolment.machine_runs(site.machine, site.clock.utc());  // a restart of the controller
  site.clock.advance(minutes{6});
  EXPECT_EQ(site.enrol(token, pki::make_key()).status, 403);
}

TEST(Enrolment, ARefusedKeyBindsNothing) {
  Site site;
  const std::string token = site.issue();
  EXPECT_EQ(site.enrol(token, pki::make_key(), "10.9.9.9").status, 403);
  granted(site.enrol(token, pki::make_key()));
}

TEST(Enrolment, OfTwoKeysAtTheSameMomentOneWins) {
  Site site;
  wire::EnrolRequest one;
  one.set_token(site.issue());
  wire::EnrolRequest two = one;
  one.set_csr_pem(pki::make_csr(pki::make_key(), "a").value());
  two.set_csr_pem(pki::make_csr(pki::make_key(), "b").value());
  site.cloud.delay("machine", 3);
  int won = 0;
  auto tell = [&](std::exception_ptr, base::Result<wire::EnrolResponse> r) {
    won += r.has_value();
  };
  boost::asio::co_spawn(site.io, site.enrolment.enrol(one, site.address), tell);
  boost::asio::co_spawn(site.io, site.enrolment.enrol(two, site.address), tell);
  site.io.restart();
  site.io.run();
  EXPECT_EQ(won, 1);
  EXPECT_TRUE(site.enrolment.suspicion(site.machine));
}

TEST(Enrolment, AMachineDeletedWhileTheCloudAnswersGetsNothing) {
  Site site;
  wire::EnrolRequest request;
  request.set_token(site.issue());
  request.set_csr_pem(pki::make_csr(pki::make_key(), "a").value());
  site.cloud.delay("machine", 5);
  bool granted = true;
  boost::asio::co_spawn(
      site.io, site.enrolment.enrol(request, site.address),
      [&](std::exception_ptr, base::Result<wire::EnrolResponse> r) { granted = r.has_value(); });
  boost::asio::post(site.io, [&] { site.enrolment.forget(site.machine); });
  site.io.restart();
  site.io.run();
  EXPECT_FALSE(granted);
}

TEST(Enrolment, AKnownKeyRenewsWithoutATokenAndAfterDaysOff) {
  Site site;
  const std::string key = pki::make_key();
  granted(site.enrol(site.issue(), key));
  wire::EnrolRequest renewal;
  renewal.set_csr_pem(pki::make_csr(key, "x").value());
  EXPECT_EQ(site.post("/renew", renewal, site.address).status, 403);  // never linked
  site.enrolment.link_opened(site.machine);
  site.clock.advance(hours{24 * 5});
  const auto response = granted(site.post("/renew", renewal, site.address));
  EXPECT_EQ(site.audit.count("certificate.renewed"), 1u);
  EXPECT_GT(pki::inspect(response.certificate_pem())->not_after, site.clock.utc());

  EXPECT_EQ(site.post("/renew", renewal, "10.9.9.9").status, 403);
  wire::EnrolRequest stranger;
  stranger.set_csr_pem(pki::make_csr(pki::make_key(), "m1").value());
  EXPECT_EQ(problem_of(site.post("/renew", stranger, site.address)).at("field").as_string(), "key");
  site.enrolment.forget(site.machine);
  EXPECT_EQ(site.post("/renew", renewal, site.address).status, 403);
}

TEST(Enrolment, AnAddressIsHeldToARate) {
  Site site;
  site.issue();
  int limited = 0;
  for (int i = 0; i < 30; ++i) limited += site.enrol("ab", pki::make_key()).status == 429;
  EXPECT_EQ(limited, 10);
  EXPECT_EQ(site.audit.count("enrol.refused"), 20u);
  site.clock.advance(std::chrono::seconds{2});
  EXPECT_EQ(site.enrol("ab", pki::make_key()).status, 403);
}

TEST(Attempts, RememberABoundedNumberOfAddresses) {
  Attempts attempts;
  const base::MonotonicTime now{hours{1}};
  for (std::size_t i = 0; i < kMaxAttemptAddresses + 100; ++i) {
    EXPECT_TRUE(attempts.allow(std::to_string(i), now));
  }
  EXPECT_LE(attempts.addresses(), kMaxAttemptAddresses);
}

}  // namespace
}  // namespace slipway::links
