// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "agent/bootstrap/etcd_log.hpp"
#include "tests/unit/agent/bootstrap/fixture.hpp"

namespace slipway::bootstrap {
namespace {

constexpr auto kLog = "/var/lib/etcd/default/member/wal/0000000000000000-0000000000000000.wal";

/// The head of a log as etcd 3.4.23 left it when it was killed before its first entry.
std::string an_empty_log() {
  static constexpr std::string_view kBytes{
      "\4\0\0\0\0\0\0\x84\x08\4\x10\0\0\0\0\0"
      "\x1f\0\0\0\0\0\0\x81\x08\1\x10\xce\xe5\xa5\xc9\x0b\x1a\x15\x08\xbf\x86\xfd\xc5\xe5\xc9\xee"
      "\xfd\x87\1\x10\xeb\xf7\xb3\xf2\xe6\xec\xcd\xc1G\0"
      "\x0e\0\0\0\0\0\0\x82\x08\5\x10\xee\xf6\xdd\xc4\6\x1a\4\x08\0\x10\0\0\0"
      "\0\0\0\0\0\0\0\0",
      88};
  return std::string(kBytes);
}

/// A record as it follows that: of type 2, an entry, or 3, term and vote.
std::string with_record(char type) {
  auto log = an_empty_log().substr(0, 80);
  log += std::string("\4\0\0\0\0\0\0\x84\x08", 9) + type + std::string("\x1a\0\0\0\0\0", 6);
  return log + std::string(8, '\0');  // the room that follows
}

TEST(EtcdLog, HasBegunWithAnEntryOrAVote) {
  EXPECT_FALSE(log_has_begun(an_empty_log()));
  EXPECT_TRUE(log_has_begun(with_record(2)));
  EXPECT_TRUE(log_has_begun(with_record(3)));
}

TEST(EtcdLog, WhatIsNoLogCountsAsBegun) {
  EXPECT_TRUE(log_has_begun(""));
  EXPECT_TRUE(log_has_begun("a text that is long enough"));
  for (std::size_t cut = 1; cut <= 80; ++cut)
    EXPECT_TRUE(log_has_begun(an_empty_log().substr(0, cut))) << cut;
  auto longer = an_empty_log();
  longer[6] = '\x7f';
  EXPECT_TRUE(log_has_begun(longer));
}

struct EtcdTest : StepTest {
  EtcdTest() {
    host.program("systemctl show", [this](const std::string&) {
      return base::Exit{0, started ? "active\n" : "inactive\n"};
    });
    host.program("systemctl is-failed", 1);
    host.program("systemctl restart --no-block etcd.service", [this](const std::string&) {
      started = true;
      return base::Exit{};
    });
    host.on_call = [this](const Call& call) -> base::Result<Answer> {
      if (!started || call.port != 2379)
        return base::fail(base::ErrorCode::kUnavailable, "connection refused");
      return Answer{200, healthy ? R"({"health":"true"})" : R"({"health":"false"})"};
    };
  }
  bool started = false;
  bool healthy = true;
};

TEST_F(EtcdTest, HasItsOwnKeysAndStarts) {
  ASSERT_TRUE(run(run_etcd, a_master()).has_value());
  EXPECT_EQ(host.files["/etc/etcd/pki/server.key"],
            (fakes::FakeHost::File{"content of etcd/server.key", 0600, "etcd"}));
  EXPECT_NE(host.files["/etc/default/etcd"].content.find(
                "ETCD_DISCOVERY=http://127.0.0.1:2381/0123abcd\n"),
            std::string::npos);
  EXPECT_EQ(host.calls.back().tls->certificate_pem, "content of apiserver-etcd-client.crt");
  EXPECT_TRUE(host.ran("systemctl daemon-reload"));
}

TEST_F(EtcdTest, ASecondRunChangesNothing) {
  ASSERT_TRUE(run(run_etcd, a_master()).has_value());
  host.forget();
  ASSERT_TRUE(run(run_etcd, a_master()).has_value());
  EXPECT_TRUE(host.changes.empty());
  EXPECT_FALSE(host.ran("systemctl restart"));
  EXPECT_FALSE(host.ran("systemctl daemon-reload"));
}

TEST_F(EtcdTest, NewKeysRestartIt) {
  ASSERT_TRUE(run(run_etcd, a_master()).has_value());
  host.forget();
  auto node = a_master();
  for (auto& file : *node.mutable_master()->mutable_pki())
    if (file.path() == "etcd/server.crt") file.set_content("renewed");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  EXPECT_TRUE(host.ran("systemctl restart --no-block etcd.service"));
}

TEST_F(EtcdTest, AMemberWithDataRunsOnWhenAnotherMasterIsReplaced) {
  auto node = a_master();
  auto& etcd = *node.mutable_master()->mutable_etcd();
  etcd.set_bootstrap(wire::EtcdConfig::EXISTING);
  etcd.set_initial_cluster("a=https://10.0.0.1:2380,b=https://10.0.0.2:2380");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  host.file("/var/lib/etcd/default/member/wal", "");
  host.forget();
  etcd.set_initial_cluster("a=https://10.0.0.1:2380,b=https://10.0.0.9:2380");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  EXPECT_FALSE(host.ran("systemctl restart"));
  EXPECT_TRUE(host.changes.empty());
  // What a running member does read is written all the same.
  node.set_node_name("renamed");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  EXPECT_TRUE(host.ran("systemctl restart --no-block etcd.service"));
}

TEST_F(EtcdTest, AMemberWithoutDataIsToldWhoIsThereNow) {
  auto node = a_master();
  auto& etcd = *node.mutable_master()->mutable_etcd();
  etcd.set_bootstrap(wire::EtcdConfig::EXISTING);
  etcd.set_initial_cluster("a=https://10.0.0.1:2380");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  host.forget();
  etcd.set_initial_cluster("a=https://10.0.0.1:2380,b=https://10.0.0.9:2380");
  ASSERT_TRUE(run(run_etcd, node).has_value());
  EXPECT_TRUE(host.ran("systemctl restart --no-block etcd.service"));
  EXPECT_NE(host.files["/etc/default/etcd"].content.find("10.0.0.9"), std::string::npos);
}

TEST_F(EtcdTest, MissingPkiIsNamed) {
  auto node = a_master();
  node.mutable_master()->clear_pki();
  EXPECT_NE(failure(run_etcd, node).find("no etcd/ca.crt"), std::string::npos);
}

TEST_F(EtcdTest, WhyItEndedIsInTheLog) {
  healthy = false;
  host.program("systemctl is-failed", 0);
  host.program("journalctl --unit etcd.service", 0,
               "discovery failed: key not found\netcd.service: Failed with result 'exit-code'.\n"
               "Stopped etcd.\n");
  EXPECT_EQ(failure(run_etcd, a_master()),
            "etcd ended; it said last: discovery failed: key not found");
  EXPECT_TRUE(logged("discovery failed: key not found"));
}

TEST_F(EtcdTest, WhoHasItsPortIsNamedBeforeItStarts) {
  for (const char* port : {"2379", "2380"}) {
    host.program("ss ", 0,
                 "LISTEN 0 128 127.0.0.53%lo:53 0.0.0.0:* users:((\"dnsmasq\",pid=3,fd=4))\n"
                 "LISTEN 0 5 0.0.0.0:" +
                     std::string(port) + " 0.0.0.0:* users:((\"nc\",pid=812,fd=3))\n");
    EXPECT_EQ(failure(run_etcd, a_master()),
              "port " + std::string(port) +
                  ", which etcd needs, is taken by nc (process 812): stop that one");
    EXPECT_FALSE(started);
  }
  host.program("ss ", 0, "LISTEN 0 5 [::]:2380 [::]:*\n");
  EXPECT_NE(failure(run_etcd, a_master()).find("a process that is not seen from here"),
            std::string::npos);
}

TEST_F(EtcdTest, ItsOwnProcessMayHaveItsPorts) {
  host.program("systemctl show --property=MainPID", 0, "77\n");
  host.program("ss ", 0, "LISTEN 0 5 *:2380 *:* users:((\"etcd\",pid=77,fd=3))\n");
  EXPECT_TRUE(run(run_etcd, a_master()).has_value());
}

TEST_F(EtcdTest, ADiscoveryThatIsNotReachedIsWaitedForByName) {
  healthy = false;
  (void)failure(run_etcd, a_master());
  EXPECT_TRUE(
      waited_for("etcd's discovery at 127.0.0.1:2381, this agent's relay to the "
                 "controller, cannot be reached: connection refused"));
  const auto asked = std::ranges::find(host.calls, 2381, &Call::port);
  ASSERT_NE(asked, host.calls.end());
  EXPECT_FALSE(asked->tls.has_value());
  EXPECT_EQ(asked->path, "/0123abcd/_config/size");
}

TEST_F(EtcdTest, ADiscoveryThatRefusesIsSaidInItsWords) {
  host.on_call = [](const Call& call) -> base::Result<Answer> {
    if (call.port == 2381) return Answer{503, "no link to the controller\n"};
    return base::fail(base::ErrorCode::kUnavailable, "connection refused");
  };
  (void)failure(run_etcd, a_master());
  EXPECT_TRUE(waited_for("cannot be reached: status 503: no link to the controller"));
}

TEST_F(EtcdTest, WithDataItNeedsNoDiscovery) {
  healthy = false;
  host.file("/var/lib/etcd/default/member/wal", "x");
  (void)failure(run_etcd, a_master());
  EXPECT_EQ(std::ranges::count(host.calls, 2381, &Call::port), 0);
}

TEST_F(EtcdTest, ThatItEndsAgainAndAgainIsSaid) {
  healthy = false;
  host.program("systemctl show --property=NRestarts", 0, "4\n");
  host.program("journalctl --unit etcd.service", 0, "panic: a page is broken\n");
  (void)failure(run_etcd, a_master());
  EXPECT_TRUE(waited_for("etcd has ended 4 times; it said last: panic: a page is broken"));
}

struct EmptyLogTest : EtcdTest {
  EmptyLogTest() {
    healthy = false;
    host.file(kLog, an_empty_log());
    host.program("systemctl stop etcd.service", [this](const std::string&) {
      if (on_stop) on_stop();
      return base::Exit{};
    });
  }
  std::function<void()> on_stop;
};

TEST_F(EmptyLogTest, AMemberThatDiedBeforeItsFirstEntryBeginsAnew) {
  host.program("systemctl restart --no-block etcd.service", [this](const std::string&) {
    healthy = started && !host.files.contains(kLog);
    started = true;
    return base::Exit{};
  });
  EXPECT_TRUE(run(run_etcd, a_master()).has_value());
  EXPECT_TRUE(logged("etcd was ended before it wrote its first entry: it begins anew"));
}

TEST_F(EmptyLogTest, OneThatWritesItsFirstEntryMeanwhileIsLeftAlone) {
  on_stop = [this] { host.file(kLog, with_record(2)); };
  (void)failure(run_etcd, a_master());
  EXPECT_TRUE(host.files.contains(kLog));
}

TEST_F(EmptyLogTest, OneThatHasVotedIsLeftAlone) {
  host.file(kLog, with_record(3));
  (void)failure(run_etcd, a_master());
  EXPECT_FALSE(host.ran("systemctl stop"));
}

TEST_F(EmptyLogTest, OneThatJoinsWaitsForTheOthers) {
  auto node = a_master();
  node.mutable_master()->mutable_etcd()->set_bootstrap(wire::EtcdConfig::EXISTING);
  (void)failure(run_etcd, node);
  EXPECT_FALSE(host.ran("systemctl stop"));
  EXPECT_TRUE(host.files.contains(kLog));
}

TEST_F(EtcdTest, AQuorumThatDoesNotComeIsWaitedForAndSaid) {
  healthy = false;
  auto node = a_master();
  node.mutable_master()->mutable_etcd()->set_size(3);
  const auto message = failure(run_etcd, node);
  EXPECT_TRUE(message.starts_with("waited 600 s for etcd to be healthy (3 members)")) << message;
}

TEST_F(EtcdTest, AChangeOfPlanEndsTheWait) {
  healthy = false;
  host.on_sleep = [this] { stop = true; };
  const auto result = run(run_etcd, a_master());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, base::ErrorCode::kConflict);
}

}  // namespace
}  // namespace slipway::bootstrap
