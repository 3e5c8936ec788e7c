// SPDX-License-Identifier: Apache-2.0
#include "cloud-init/user_data.hpp"

#include <gtest/gtest.h>

#include "agent/config/user_data.hpp"
#include "protocol/base/files.hpp"

namespace slipway::cloud_init {
namespace {

std::string repeated(const std::string& two) {
  std::string text;
  for (int i = 0; i < 32; ++i) text += two;
  return text;
}

UserData example() {
  return {.controller_host = "10.210.0.1",
          .controller_port = 7443,
          .ca_sha256 = {repeated("0f")},
          .token = repeated("ab")};
}

std::string golden(const std::string& name) {
  return base::read_file(std::string(SLIPWAY_EXAMPLES_DIR) + "/" + name).value_or("no such file");
}

TEST(CloudInit, RendersTheExamples) {
  EXPECT_EQ(render(example()).value_or(""), golden("user-data"));
  UserData v6 = example();
  v6.controller_host = "fd00::1";
  v6.controller_port = 443;
  EXPECT_EQ(render(v6).value_or(""), golden("user-data-v6"));
  const MetaData meta{.instance_id = "r3k5m2p7q4n6s8t9", .local_hostname = "demo-worker-1"};
  EXPECT_EQ(render(meta).value_or(""), golden("meta-data"));
}

TEST(CloudInit, TheAgentReadsWhatIsRendered) {
  auto text = render(example());
  ASSERT_TRUE(text);
  auto read = config::parse_user_data(*text, "user-data");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->controller_host, example().controller_host);
  EXPECT_EQ(read->controller_port, example().controller_port);
  EXPECT_EQ(read->ca_sha256, example().ca_sha256);
  EXPECT_EQ(read->token, example().token);
}

TEST(CloudInit, NothingElseSlipsIn) {
  const auto field_of = [](auto change) {
    UserData data = example();
    change(data);
    auto text = render(data);
    return text ? std::string("rendered") : text.error().field;
  };
  EXPECT_EQ(field_of([](auto& d) { d.controller_host = ""; }), "controller_host");
  EXPECT_EQ(field_of([](auto& d) { d.controller_host = "a\nruncmd: [b]"; }), "controller_host");
  EXPECT_EQ(field_of([](auto& d) { d.controller_port = 0; }), "controller_port");
  EXPECT_EQ(field_of([](auto& d) { d.ca_sha256 = {"abc"}; }), "ca_sha256");
  EXPECT_EQ(field_of([](auto& d) { d.token[3] = '\n'; }), "token");
  EXPECT_FALSE(render(MetaData{.instance_id = "a: b", .local_hostname = "n"}));
  EXPECT_FALSE(render(MetaData{.instance_id = "a", .local_hostname = "n.example"}));
}

}  // namespace
}  // namespace slipway::cloud_init
