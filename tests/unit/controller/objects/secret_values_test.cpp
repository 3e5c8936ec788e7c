// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/secret_values.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::objects {
namespace {

namespace json = boost::json;

json::object secret() {
  return json::parse(R"({"type":"Opaque","metadata":{"name":"keys","annotations":{
      "kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"a\":\"c2VjcmV0\"}}",
      "note":"stays"}},"data":{"a":"c2VjcmV0","b":"eA==","c":"","d":"eHg="}})")
      .as_object();
}

TEST(SecretValues, AreWithheldAndKept) {
  auto shown = secret();
  withhold_values(shown);
  EXPECT_EQ(json::serialize(shown).find("c2VjcmV0"), std::string::npos);
  EXPECT_TRUE(shown.at("data").at("a").is_null());
  shown["data"].as_object()["b"] = "eQ==";
  keep_values(shown, secret());
  EXPECT_EQ(json::serialize(shown.at("data")), R"({"a":"c2VjcmV0","b":"eQ==","c":"","d":"eHg="})");
}

TEST(SecretValues, OfNamedKeysOrAll) {
  EXPECT_EQ(json::serialize(values_of(secret(), {"b", "a"}).value()),
            R"({"b":"eA==","a":"c2VjcmV0"})");
  EXPECT_EQ(values_of(secret(), {})->size(), 4U);
  const auto none = values_of(secret(), {"a", "z"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().field, "keys");
  EXPECT_EQ(none.error().message, "the Secret has no key z; it has a, b, c, d");
  EXPECT_NE(values_of({}, {"a"}).error().message.find("it has none"), std::string::npos);
}

}  // namespace
}  // namespace slipway::objects
