// SPDX-License-Identifier: Apache-2.0
#include "controller/config/config.hpp"

#include <gtest/gtest.h>

namespace slipway::config {
namespace {

using namespace std::chrono_literals;

TEST(Config, KeepsRecordingsAsLongAsItIsTold) {
  const auto keep = [](const std::string& text) {
    return parse_config("shells: {keep_recordings: " + text + "}");
  };
  EXPECT_EQ(parse_config("")->shells.keep_recordings, std::chrono::hours(24 * 90));
  EXPECT_EQ(keep("30d")->shells.keep_recordings, std::chrono::hours(24 * 30));
  EXPECT_EQ(keep("1m").error().field, "shells.keep_recordings");
  EXPECT_FALSE(keep("9999d"));
}

TEST(Config, EveryKeyHasADefault) {
  const auto config = parse_config("");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->agents.certificate_life, 24h);
  EXPECT_TRUE(config->agents.releases.empty());
}

TEST(Config, ReleasesLieAtAnAbsolutePath) {
  const auto given = parse_config("agents: {releases: /srv/agents}");
  ASSERT_TRUE(given);
  EXPECT_EQ(given->agents.releases, "/srv/agents");
  const auto refused = parse_config("agents: {releases: srv/agents}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "agents.releases");
}

TEST(Config, TheExampleIsGood) {
  const auto config = load_config(std::string(SLIPWAY_SOURCES) + "/deploy/controller.example.yaml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->tls.given());
}

TEST(Config, ADurationIsANumberWithAUnit) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("15m"), 15min);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("30d"), 24h * 30);
  for (const char* bad :
       {"", "s", "5", "5 s", "-5s", "5ss", "1e3s", "99999999999999999999s", "5w"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(Config, TheLifeOfCertificatesHasBounds) {
  const auto life = [](const std::string& text) {
    return parse_config("agents: {certificate_life: " + text + "}");
  };
  EXPECT_EQ(life("60s")->agents.certificate_life, 60s);
  EXPECT_EQ(life("10s")->agents.certificate_life, kCertificateLifeLeast);
  EXPECT_EQ(life("90d")->agents.certificate_life, kCertificateLifeMost);
  for (const char* bad : {"9s", "91d", "soon", "[]"}) {
    const auto refused = life(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().field, "agents.certificate_life");
  }
}

TEST(Config, AnUnknownKeyIsRefusedWithItsLine) {
  const auto refused = parse_config("listen: 127.0.0.1:1\nagents:\n  life: 1h\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "agents.life");
  EXPECT_NE(refused.error().message.find("line 3"), std::string::npos);
}

}  // namespace
}  // namespace slipway::config
