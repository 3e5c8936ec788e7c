// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/object_reader.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::base {
namespace {

namespace json = boost::json;

/// What is said of a body that `read` reads, as "field: message"; empty: nothing.
template <class Read>
std::string said_of(const char* text, Read read, std::string path = {}) {
  const auto body = json::parse(text);
  ObjectReader in(body, std::move(path));
  read(in);
  const auto fault = in.fault();
  if (!fault) return {};
  EXPECT_EQ(fault->code, ErrorCode::kInvalid);
  return fault->field + ": " + fault->message;
}

TEST(ObjectReader, ReadsWhatIsThere) {
  const auto body =
      json::parse(R"({"name":"a","n":7,"on":true,"of":{},"all":[1],"texts":["x","y"]})");
  ObjectReader in(body);
  EXPECT_EQ(in.text("name", 1), "a");
  EXPECT_EQ(in.number("n", 7, 7), 7);
  EXPECT_EQ(in.number("other", 3, 1, 9), 3);
  EXPECT_TRUE(in.flag("on", false));
  EXPECT_NE(in.optional_object("of"), nullptr);
  EXPECT_EQ(in.optional_object("none"), nullptr);
  EXPECT_EQ(in.list("all", 1).size(), 1U);
  EXPECT_EQ(in.optional_texts("texts", 2, 1), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(in.optional_list("none", 1), nullptr);
  EXPECT_FALSE(in.fault());
}

TEST(ObjectReader, SaysWhatIsWantedAndWhatCame) {
  const auto texts = [](auto& in) { in.optional_text("name", 3); };
  EXPECT_EQ(said_of(R"({"name":7})", texts), "name: name must be a string, not a number");
  EXPECT_EQ(said_of(R"({"name":null})", texts), "name: name must be a string, not null");
  EXPECT_EQ(said_of(R"({"name":[]})", texts), "name: name must be a string, not a list");
  EXPECT_EQ(said_of(R"({"name":"long"})", texts), "name: name has more than 3 bytes");
  const auto numbers = [](auto& in) { in.number("n", 1, 9); };
  EXPECT_EQ(said_of(R"({"n":"1"})", numbers), "n: n must be a whole number, 1 to 9, not a string");
  EXPECT_EQ(said_of(R"({"n":1.5})", numbers), "n: n must be a whole number, 1 to 9");
  EXPECT_EQ(said_of(R"({"n":10})", numbers), "n: n must be a whole number, 1 to 9");
  EXPECT_EQ(said_of("{}", numbers), "n: n is missing");
  EXPECT_EQ(said_of(R"({"on":"true"})", [](auto& in) { in.flag("on", false); }),
            "on: on must be true or false, not a string");
  EXPECT_EQ(said_of(R"({"of":[]})", [](auto& in) { in.optional_object("of"); }),
            "of: of must be a JSON object, not a list");
  const auto lists = [](auto& in) { in.list("all", 2); };
  EXPECT_EQ(said_of("{}", lists), "all: all is missing: a list of 1 to 2");
  EXPECT_EQ(said_of(R"({"all":{}})", lists), "all: all must be a list of 1 to 2, not an object");
  EXPECT_EQ(said_of(R"({"all":[]})", lists), "all: all must be a list of 1 to 2, and has 0");
  EXPECT_EQ(said_of(R"({"all":[1,2,3]})", lists), "all: all must be a list of 1 to 2, and has 3");
  const auto many = [](auto& in) { in.optional_texts("all", 2, 3); };
  EXPECT_EQ(said_of(R"({"all":["a",true]})", many),
            "all[1]: all[1] must be a string, not true or false");
  EXPECT_EQ(said_of(R"({"all":["a","long"]})", many), "all[1]: all[1] has more than 3 bytes");
  EXPECT_EQ(said_of(R"({"all":["a","b","c"]})", many), "all: all has more than 2 items");
  EXPECT_EQ(said_of(R"({"name":""})", [](auto& in) { in.text("name", 3); }),
            "name: name must not be empty");
}

TEST(ObjectReader, NamesWhatItDoesNotKnowAndWhatItDoes) {
  const auto both = [](auto& in) {
    in.optional_text("name", 9);
    in.flag("dryRun", false);
  };
  EXPECT_EQ(said_of(R"({"name":"a","colour":"red"})", both),
            "colour: colour is no field of this object, which has dryRun, name");
  EXPECT_EQ(said_of(R"({"a":1})", [](auto&) {}), "a: a is no field: this object has none");
  EXPECT_EQ(said_of(R"({"name":7,"colour":"red"})", both).substr(0, 5), "name:")
      << "the first fault is told";
  const auto long_name = R"({")" + std::string(100, 'k') + R"(":1})";
  EXPECT_EQ(said_of(long_name.c_str(), [](auto&) {}).substr(0, 66), std::string(64, 'k') + ": ");
}

TEST(ObjectReader, SaysTheWholePath) {
  const auto texts = [](auto& in) { in.optional_text("name", 3); };
  EXPECT_EQ(said_of(R"({"name":7})", texts, "objects[1]"),
            "objects[1].name: objects[1].name must be a string, not a number");
  EXPECT_EQ(said_of("7", texts, "objects[1]"),
            "objects[1]: objects[1] must be a JSON object, not a number");
  EXPECT_EQ(said_of("[]", texts), "body: the body must be a JSON object, not a list");
  const auto nested = [](auto& in) {
    ObjectReader inner(*in.optional_object("of"), in.at("of"));
    in.take(inner.fault());
  };
  EXPECT_EQ(said_of(R"({"of":{"x":1}})", nested), "of.x: of.x is no field: this object has none");
}

}  // namespace
}  // namespace slipway::base
