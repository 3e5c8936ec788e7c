// SPDX-License-Identifier: Apache-2.0
// Bodies that nobody should send, to each route that takes one.
#include "tests/unit/controller/http/hostile.hpp"

namespace slipway::http {
namespace {

namespace json = boost::json;

constexpr char kJson[] = "application/json";
constexpr char kYaml[] = "application/yaml";
const std::set<int> kBad{400, 413, 415, 422};

struct Body {
  std::string name;
  std::string text;
  std::string type = kJson;
};

std::string times(std::size_t count, const std::string& text) {
  std::string out;
  out.reserve(count * text.size());
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

/// No JSON, or none that says one thing.
std::vector<Body> hostile_json() {
  const std::string nul(1, '\0');
  std::string numbered = "{";
  for (int i = 0; i < 4000; ++i) numbered += "\"k" + std::to_string(i) + "\":0,";
  return {{"nothing", ""},
          {"cut short", R"({"name":)"},
          {"a list", "[]"},
          {"a text", R"("name")"},
          {"a number", "7"},
          {"null", "null"},
          {"text after the end", R"({"name":"a"} {"name":"b"})"},
          {"a comment", "{/* */}"},
          {"a trailing comma", R"({"name":"a",})"},
          {"single quotes", "{'name':'a'}"},
          {"not a number", R"({"name":NaN})"},
          {"a byte order mark", "\xef\xbb\xbf{}"},
          {"two bytes a character", "\xff\xfe{" + nul + "}" + nul},
          {"NUL alone", nul},
          {"NUL after the object", "{}" + nul},
          {"NUL in a text", R"({"name":"a)" + nul + R"("})"},
          {"NUL in a key", R"({"a)" + nul + R"(":1})"},
          {"an escaped NUL in a key", R"({"a\u0000b":1})"},
          {"a byte that is no UTF-8", "{\"name\":\"\xff\"}"},
          {"a key that is no UTF-8", "{\"\xc3\x28\":1}"},
          {"an overlong character", "{\"name\":\"\xc0\xaf\"}"},
          {"half a character", R"({"name":"\ud800"})"},
          {"a key twice", R"({"name":"a","name":"b"})"},
          {"a key twice, once by escapes", R"({"name":"a","n\u0061me":"b"})"},
          {"a key twice inside", R"({"odd":{"a":1,"a":2}})"},
          {"a key twice in a list", R"({"odd":[{"a":1,"a":2}]})"},
          {"lists too deep", times(30000, "[")},
          {"objects too deep", times(10000, R"({"a":)")},
          {"deep and whole", times(40, R"({"a":)") + "1" + times(40, "}")},
          {"thousands of keys", numbered + R"("z":0})"},
          {"thousands of lists", R"({"odd":[)" + times(20000, "[],") + "[]]}"},
          {"a key of 60 KB", R"({")" + std::string(60000, 'k') + R"(":1})"},
          {"a number of 60 KB", R"({"odd":)" + std::string(60000, '9') + "}"},
          {"a number without end", R"({"odd":1e999999})"},
          {"an unknown field", R"({"frobnicate":1})"},
          {"text", "name=a", "text/plain"},
          {"a form", "name=a", "application/x-www-form-urlencoded"},
          {"parts", "--x\r\n\r\n{}\r\n--x--", "multipart/form-data; boundary=x"},
          {"no type", "{}", ""},
          {"an odd type", "{}", std::string(2000, 'x')}};
}

/// `part`: what is large is so many times smaller than a body may be.
std::vector<Body> hostile_yaml(std::size_t part) {
  const std::string nul(1, '\0');
  const std::string head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n";
  std::string aliases = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= (part > 1 ? 'f' : 'i'); ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    aliases += std::string(1, c) + ": &" + c + " [*" + times(8, before + ",*") + before + "]\n";
  }
  std::string merges = "a: &a {k: v}\n";
  for (std::size_t i = 0; i < 6000 / part; ++i) merges += "m" + std::to_string(i) + ": {<<: *a}\n";
  return {
      {"an alias bomb", head + aliases, kYaml},
      {"an alias of what holds it", "a: &a [*a]\n", kYaml},
      {"an alias of nothing", head + "data: *nowhere\n", kYaml},
      {"merges without end", merges, kYaml},
      {"lists too deep", times(600000 / part, "["), kYaml},
      {"objects too deep", times(150000 / part, "{a: "), kYaml},
      {"blocks too deep", times(300000 / part, "- "), kYaml},
      {"questions too deep", times(300000 / part, "? "), kYaml},
      {"a key of 600 KB", head + "? " + std::string(600000 / part, 'k') + "\n: v\nkind: Pod\n",
       kYaml},
      {"thousands of documents", times(80000 / part, "---\n- a\n"), kYaml},
      {"a key twice", head + "kind: Pod\n", kYaml},
      {"a key that is a list", head + "[a, b]: c\n", kYaml},
      {"another language's object", head + "data: !!python/object:os.system id\n", kYaml},
      {"NUL", head + "data: {a: \"" + nul + "\"}\nkind: Pod\n", kYaml},
      {"no UTF-8", head + "data: {a: \"\xff\"}\n", kYaml},
      {"tabs", "apiVersion: v1\n\tkind: Pod\n", kYaml},
      {"cut short", "apiVersion: \"v1", kYaml},
      {"nothing", "", kYaml},
      {"only a comment", "# nothing\n---\n...\n", kYaml},
      {"a plain word", "hello", kYaml},
      {"a list", "- a\n- b\n", kYaml},
      {"numbers for names", "apiVersion: 1\nkind: 2\nmetadata: 3\n", kYaml},
      {"a name that is a list", "apiVersion: v1\nkind: Pod\nmetadata: {name: [a]}\n", kYaml},
      {"a path for a name", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ../x}\n", kYaml}};
}

class HostileBodiesTest : public HostileTest {
 public:
  /// Nothing is made by any of them.
  void refuse_all(const Operation& one, const std::vector<Body>& bodies) {
    const auto before = made();
    for (const auto& body : bodies) {
      SCOPED_TRACE(one.method + " " + one.path + ": " + body.name);
      if (body.text.empty() && !one.body_required) continue;
      expect_refused(send_hostile(one, target(one.path), body.text, body.type), kBad);
    }
    EXPECT_EQ(made(), before) << one.method << " " << one.path << ": nothing half-made";
    EXPECT_LE(heap.grown(), kMostHeap);
  }
};

TEST_F(HostileBodiesTest, WhatIsNoJsonOrSaysTwoThingsIsRefused) {
  std::size_t routes = 0;
  const auto bodies = hostile_json();
  for (const auto& one : contract.operations()) {
    if (!one.body.IsMap() || !one.body[kJson]) continue;
    refuse_all(one, bodies);
    ++routes;
  }
  EXPECT_GE(routes, 28U);
}

TEST_F(HostileBodiesTest, BombsAndNonsenseInYamlAreRefused) {
  std::size_t routes = 0;
  for (const auto& one : contract.operations()) {
    if (!one.body.IsMap() || !one.body[kYaml]) continue;
    // One reader for all of them: one is shown what takes it longest.
    refuse_all(one, hostile_yaml(one.path.ends_with("/manifests") ? 1 : 20));
    ++routes;
  }
  EXPECT_GE(routes, 5U);
}

TEST_F(HostileBodiesTest, NoRouteTakesABodyWithoutBound) {
  const auto body = R"({")" + std::string(10 << 20, 'k') + R"(":1})";
  for (const auto& one : contract.operations()) {
    SCOPED_TRACE(one.method + " " + one.path);
    expect_refused(send_hostile(one, target(one.path), body, kJson), {413});
  }
}

/// Values of a type's own, and those of all others.
const std::map<std::string, std::vector<std::string>> kOfType{
    {"string", {R"("a")"}},
    {"integer", {"7", "-9223372036854775808"}},
    {"number", {"1.5", "1e300"}},
    {"boolean", {"true"}},
    {"array", {"[]", "[[]]"}},
    {"object", {"{}", R"({"a":{}})"}},
    {"null", {"null"}}};

class WrongTypesTest : public HostileTest {
 public:
  /// A body that goes by the schema, as far as a schema says.
  json::value sample(const YAML::Node& described, const std::string& name = {}) const {
    const auto schema = contract.resolve(described);
    // The second: the first of the actions, and the last, need more than their name.
    if (const auto words = schema["enum"]) {
      return json::value(words[words.size() > 1 ? 1 : 0].Scalar());
    }
    const auto type = type_of(schema);
    if (type == "integer") return schema["minimum"] ? schema["minimum"].as<int>() : 1;
    if (type == "boolean") return false;
    if (type == "array") return json::array{sample(schema["items"])};
    if (type != "object") return name == "apiVersion" ? "v1" : json::value("aaaaaaaa");
    json::object out;
    for (const auto& field : schema["required"]) {
      out[field.Scalar()] = sample(schema["properties"][field.Scalar()], field.Scalar());
    }
    return out;
  }
  static std::string type_of(const YAML::Node& schema) {
    const auto type = schema["type"];
    if (!type) return schema["properties"] ? "object" : "string";
    return type.IsScalar() ? type.Scalar() : type[0].Scalar();
  }
  static bool takes(const YAML::Node& schema, const std::string& type) {
    const auto named = schema["type"];
    if (named && named.IsSequence()) {
      return std::ranges::any_of(named, [&](const auto& one) { return one.Scalar() == type; });
    }
    return type_of(schema) == type || (type == "integer" && type_of(schema) == "number");
  }

  /// Each field of the schema in turn has each wrong type, in a body that is right otherwise.
  void walk(const Operation& one, const YAML::Node& described, const std::string& path,
            const std::function<json::value(json::value)>& whole) {
    const auto schema = contract.resolve(described);
    for (const auto& field : schema["properties"]) {
      const auto name = field.first.Scalar();
      const auto of = contract.resolve(field.second);
      const auto at = path.empty() ? name : path + "." + name;
      const auto put = [&](json::value value) {
        auto object = sample(schema).as_object();
        object[name] = std::move(value);
        return whole(std::move(object));
      };
      for (const auto& [type, values] : kOfType) {
        if (takes(of, type)) continue;
        for (const auto& value : values) refuse(one, at, put(json::parse(value)));
      }
      if (of["properties"]) walk(one, of, at, put);
      if (of["items"]) {
        const auto in_list = [&](json::value value) { return put(json::array{std::move(value)}); };
        const auto item = contract.resolve(of["items"]);
        for (const auto& [type, values] : kOfType) {
          if (takes(item, type)) continue;
          for (const auto& value : values) refuse(one, at, in_list(json::parse(value)));
        }
        if (item["properties"]) walk(one, item, at + "[0]", in_list);
      }
    }
  }

  void refuse(const Operation& one, const std::string& at, const json::value& body) {
    const auto text = json::serialize(body);
    SCOPED_TRACE(one.method + " " + one.path + ": " + text.substr(0, 300));
    const auto response = send_hostile(one, target(one.path), text, kJson);
    expect_refused(response, {400, 422});
    const auto field = text_of(body_of(response), "field");
    EXPECT_TRUE(at.starts_with(field.substr(0, field.find('['))) && !field.empty())
        << at << " is wrong: " << words_of(response);
    ++asked;
  }

  std::size_t asked = 0;
};

TEST_F(WrongTypesTest, EachFieldOfEachBodyIsRefusedByItsName) {
  for (const auto& one : contract.operations()) {
    if (!one.body.IsMap() || !one.body[kJson]) continue;
    const auto before = made();
    walk(one, one.body[kJson]["schema"], "", [](json::value value) { return value; });
    EXPECT_EQ(made(), before) << one.method << " " << one.path << ": nothing half-made";
  }
  EXPECT_GE(asked, 600U);
}

}  // namespace
}  // namespace slipway::http
