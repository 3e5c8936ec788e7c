// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>

#include "agent/config/agent_config.hpp"
#include "agent/config/section.hpp"
#include "agent/config/user_data.hpp"
#include "protocol/base/files.hpp"

namespace slipway::config {
namespace {

using base::ErrorCode;

const std::string kPin(64, 'f');
const std::string kToken(64, 'a');

std::string user_data() {
  return "#cloud-config\nslipway:\n  version: 1\n  controller: https://10.210.0.1:7443\n"
         "  ca_sha256: " +
         kPin + "\n  token: " + kToken + "\n";
}

/// Each case of a corpus file must be refused as it says.
void refuses_all(const std::string& file,
                 const std::function<std::optional<base::Error>(const std::string&)>& parse) {
  const YAML::Node corpus = YAML::LoadFile(std::string(SLIPWAY_CORPUS_DIR) + "/" + file);
  std::set<std::string> reasons;
  for (const YAML::Node& one : corpus) {
    const auto name = one["name"].as<std::string>();
    const auto error = parse(one["input"].as<std::string>());
    if (!error) {
      ADD_FAILURE() << name << ": accepted";
      continue;
    }
    EXPECT_EQ(base::name_of(error->code), one["code"].as<std::string>()) << name;
    EXPECT_EQ(error->field, one["field"].as<std::string>()) << name << ": " << error->message;
    const std::string place = "the file, line " + one["line"].as<std::string>() + ", column ";
    const bool placed = error->message.starts_with(place) ||
                        error->message.starts_with(place.substr(0, place.size() - 9) + ":");
    EXPECT_TRUE(placed) << name << ": " << error->message;
    EXPECT_EQ(error->message.find(kToken), std::string::npos) << name;
    reasons.insert(error->message.substr(error->message.find(": ")));
  }
  EXPECT_GE(reasons.size(), 12U);
}

TEST(UserData, GoodOneIsReadWhole) {
  auto data = parse_user_data(user_data() + "hostname: cloud-init's own\n", "the file");
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->controller_host, "10.210.0.1");
  EXPECT_EQ(data->controller_port, 7443);
  EXPECT_EQ(data->ca_sha256, std::vector{kPin});
  EXPECT_EQ(data->token, kToken);
}

TEST(UserData, NamesAndV6AddressesAreControllersToo) {
  for (const auto& [url, host] :
       {std::pair{"https://[fd00::1]:443", "fd00::1"},
        std::pair{"https://controller.example:7443", "controller.example"}}) {
    std::string text = user_data();
    text.replace(text.find("https://10.210.0.1:7443"), 23, url);
    auto data = parse_user_data(text, "the file");
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->controller_host, host);
  }
}

TEST(UserData, APinIsComparedInLowerCase) {
  std::string text = user_data();
  text.replace(text.find(kPin), kPin.size(), std::string(kPin.size(), 'F'));
  auto data = parse_user_data(text, "the file");
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->ca_sha256, std::vector{kPin});
}

TEST(UserData, TwoPinsWhileTheCaIsChanged) {
  const std::string other(64, '0');
  std::string text = user_data();
  text.replace(text.find(kPin), kPin.size(), "[" + kPin + ", " + other + "]");
  auto data = parse_user_data(text, "the file");
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->ca_sha256, (std::vector{kPin, other}));
  for (const std::string& bad :
       {std::string("[]"), "[" + kPin + ", abc]", "[" + kPin + ", " + other + ", " + kPin + "]"}) {
    text = user_data();
    text.replace(text.find(kPin), kPin.size(), bad);
    auto refused = parse_user_data(text, "the file");
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().field, "slipway.ca_sha256");
  }
}

TEST(UserData, CorpusIsRefused) {
  refuses_all("user-data.yaml", [](const std::string& text) -> std::optional<base::Error> {
    auto data = parse_user_data(text, "the file");
    if (data) return std::nullopt;
    return data.error();
  });
}

TEST(UserData, HugeAndDeepDocumentsAreRefused) {
  const std::string deep = "#cloud-config\nslipway: " + std::string(20'000, '[');
  EXPECT_FALSE(parse_user_data(deep, "the file"));
  const std::string huge = user_data() + std::string(kDocumentLimitBytes, '#');
  EXPECT_EQ(parse_user_data(huge, "the file").error().code, ErrorCode::kInvalid);
}

class Seed : public testing::Test {
 protected:
  Seed() {
    std::string pattern = testing::TempDir() + "seed-XXXXXX";
    root = mkdtemp(pattern.data());
  }
  ~Seed() override { std::filesystem::remove_all(root); }
  std::filesystem::path root;
};

TEST_F(Seed, FirstDirectoryThatHasUserDataCounts) {
  std::filesystem::create_directories(root / "b");
  ASSERT_TRUE(base::write_file(root / "b" / "user-data", user_data()));
  EXPECT_TRUE(read_seed({root / "a", root / "b"}));
  auto none = read_seed({root / "a"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_NE(none.error().message.find((root / "a" / "user-data").string()), std::string::npos);
}

TEST_F(Seed, AgentConfigMayBeAbsentButNotUnreadable) {
  auto defaults = read_agent_config(root / "agent.yaml");
  ASSERT_TRUE(defaults);
  EXPECT_FALSE(defaults->node_shell);
  EXPECT_EQ(defaults->state_dir, "/var/lib/slipway");
  EXPECT_FALSE(read_agent_config(root));  // a directory
}

TEST(AgentConfig, KeysAreReadAndTheRestIsDefault) {
  auto config = parse_agent_config(
      "seed_dirs: [/a, /b]\nstate_dir: /s\nlog_level: debug\nnode_shell: true\nagent_keys: /k\n"
      "agent_trial_seconds: 30\n",
      "the file");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->seed_dirs.size(), 2U);
  EXPECT_EQ(config->state_dir, "/s");
  EXPECT_EQ(config->log_level, "debug");
  EXPECT_TRUE(config->node_shell);
  EXPECT_FALSE(config->agent_upgrade);
  EXPECT_EQ(config->agent_keys, "/k");
  EXPECT_EQ(config->agent_trial, std::chrono::seconds{30});
  EXPECT_TRUE(parse_agent_config("", "the file"));
  EXPECT_TRUE(parse_agent_config("# nothing\n", "the file"));
}

TEST(AgentConfig, CorpusIsRefused) {
  refuses_all("agent-config.yaml", [](const std::string& text) -> std::optional<base::Error> {
    auto config = parse_agent_config(text, "the file");
    if (config) return std::nullopt;
    return config.error();
  });
}

}  // namespace
}  // namespace slipway::config
