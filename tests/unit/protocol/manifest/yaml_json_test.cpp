// SPDX-License-Identifier: Apache-2.0
#include "protocol/manifest/yaml_json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::manifest {
namespace {

namespace json = boost::json;

std::string as_json(const std::string& yaml) {
  auto documents = parse_yaml(yaml);
  if (!documents) return sentence_of(documents.error());
  std::string all;
  for (const auto& document : *documents) {
    all += (all.empty() ? "" : " ") + json::serialize(document.value);
  }
  return all;
}

TEST(YamlJson, ReadsPlainScalarsAsKubectlDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"text", "\"text\""},
      {"yes", "true"},
      {"Off", "false"},
      {"y", "true"},
      {"n", "false"},
      {"True", "true"},
      {"tRue", "\"tRue\""},
      {"~", "null"},
      {"null", "null"},
      {"nil", "\"nil\""},
      {"12", "12"},
      {"-7", "-7"},
      {"+5", "5"},
      {"0x1F", "31"},
      {"0755", "493"},
      {"0o17", "15"},
      {"0b101", "5"},
      {"1_000", "1000"},
      {"1e3", "1E3"},
      {"1.5", "1.5E0"},
      {"1.20", "1.2E0"},
      {"1.2.3", "\"1.2.3\""},
      {"10m", "\"10m\""},
      {"100Mi", "\"100Mi\""},
      {"12:30", "\"12:30\""},
      {"2001-01-01", "\"2001-01-01\""},
      {"-", "\"-\""},
      {"9223372036854775807", "9223372036854775807"},
      {"18446744073709551615", "18446744073709551615"},
      {"0x", "\"0x\""},
      {"1e", "\"1e\""},
      {"08", "8E0"},
      {".5", "5E-1"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(json::serialize(resolve_scalar(text)), expected) << text;
  }
}

TEST(YamlJson, LeavesQuotedScalarsAlone) {
  EXPECT_EQ(as_json("{a: \"yes\", b: '1', c: !!str 5, d: \"\", e: }"),
            R"({"a":"yes","b":"1","c":"5","d":"","e":null})");
  EXPECT_EQ(as_json("a: |\n  1\n  2\nb: >-\n  3\n  4\n"), R"({"a":"1\n2\n","b":"3 4"})");
}

TEST(YamlJson, ReadsKeysAnchorsAndMerges) {
  EXPECT_EQ(as_json("{1: a, yes: b, 'no': c}"), R"({"1":"a","true":"b","no":"c"})");
  EXPECT_EQ(as_json("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n"),
            R"({"a":{"p":1,"q":2},"b":{"q":3,"p":1}})");
}

TEST(YamlJson, ReadsEveryDocumentAndJson) {
  EXPECT_EQ(as_json("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n"), R"({"a":1} {"b":2})");
  EXPECT_EQ(as_json("{\"a\": [1, \"2\", null, true]}"), R"({"a":[1,"2",null,true]})");
}

TEST(YamlJson, SaysWhere) {
  EXPECT_TRUE(as_json("a: 1\nb: [\n").starts_with("line ")) << as_json("a: 1\nb: [\n");
  EXPECT_EQ(as_json("a: 1\nb:\n  c: 2\n  c: 3\n"), "line 4, column 3: the key is there twice: c");
}

TEST(YamlJson, KnowsThePlaceOfEachField) {
  const auto documents = parse_yaml("a: 1\n---\nspec:\n  containers:\n  - name: c\n    image:\n");
  ASSERT_TRUE(documents);
  const auto& second = documents->at(1);
  const auto at = [&](std::string_view field) {
    const auto place = second.place_of(field);
    return std::pair(place.line, place.column);
  };
  EXPECT_EQ(second.begins().line, 3);
  EXPECT_EQ(at("spec.containers[0].name"), std::pair(5, 11));
  EXPECT_EQ(at("spec.containers[0].image"), std::pair(6, 5)) << "its key's: nothing is written";
  EXPECT_EQ(at("spec.containers[0].ports[3].name"), std::pair(5, 5)) << "the nearest that is there";
  EXPECT_EQ(at("spec.containers[7]"), std::pair(5, 3));
  for (const auto* odd : {"", ".", "[", "spec[", "spec.containers[", "spec.containers[x]", "..a"}) {
    EXPECT_GE(at(odd).first, 3) << odd;
  }
}

TEST(YamlJson, TakesUtf8Alone) {
  for (const std::string bad : {"\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80"}) {
    const auto refused = parse_yaml("a: \"" + bad + "\"\n");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error.message, "it is not UTF-8");
  }
  EXPECT_TRUE(parse_yaml("a: \"名字\"\n"));
}

TEST(YamlJson, BoundsDepthAndSize) {
  EXPECT_FALSE(parse_yaml(std::string(100'000, '[')));
  EXPECT_FALSE(parse_yaml(std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(parse_yaml(std::string(kManifestLimitBytes + 1, ' ')));
  EXPECT_FALSE(parse_yaml("a: &a [*a]"));
  std::string bomb = "a: &a \"" + std::string(100'000, 'x') + "\"\nb: [";
  for (int i = 0; i < 500; ++i) bomb += "*a,";
  EXPECT_FALSE(parse_yaml(bomb + "]\n"));
}

}  // namespace
}  // namespace slipway::manifest
