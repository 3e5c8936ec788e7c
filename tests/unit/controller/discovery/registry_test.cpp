// SPDX-License-Identifier: Apache-2.0
#include "controller/discovery/registry.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "controller/discovery/form.hpp"

namespace slipway::discovery {
namespace {

const base::ClusterId kDemo{"demo"};
constexpr char kQuery[] = "?quorum=false&recursive=false&sorted=false";

/// A registry with a token for three masters at 10.0.0.1 … 10.0.0.3.
struct Town {
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  Registry registry{*database};
  std::string token = registry.token_of(kDemo, 3);

  static Caller master(int n) { return {kDemo, "10.0.0." + std::to_string(n), true, true}; }
  static std::string value_of(int n) {
    return "value=e" + std::to_string(n) + "%3Dhttps%3A%2F%2F10.0.0." + std::to_string(n) +
           "%3A2380";
  }
  Answer ask(Request request, const Caller& caller = master(1)) {
    auto outcome = registry.handle(request, caller);
    EXPECT_TRUE(std::holds_alternative<Answer>(outcome)) << request.path;
    return std::get<Answer>(outcome);
  }
  Answer get(const std::string& rest, const Caller& caller = master(1)) {
    return ask({"GET", "/" + token + rest, {}}, caller);
  }
  Answer put(const std::string& member, const std::string& body, const Caller& caller) {
    return ask({"PUT", "/" + token + "/" + member + "?prevExist=false", body}, caller);
  }
  Answer join(int n) { return put("a" + std::to_string(n), value_of(n), master(n)); }
  bool waits(const std::string& rest) {
    return std::holds_alternative<Wait>(
        registry.handle({"GET", "/" + token + rest, {}}, master(1)));
  }
};

boost::json::object parsed(const Answer& answer) {
  return boost::json::parse(answer.body).as_object();
}
boost::json::object node(const Answer& answer) {
  return parsed(answer).at("node").as_object();
}

TEST(Registry, SpeaksAsEtcdsClientExpects) {
  Town town;
  const Answer size = town.get("/_config/size" + std::string(kQuery));
  EXPECT_EQ(size.status, 200);
  EXPECT_EQ(parsed(size).at("action").as_string(), "get");
  EXPECT_EQ(node(size).at("value").as_string(), "3");

  const Answer nobody = town.get(kQuery);
  EXPECT_TRUE(node(nobody).at("dir").as_bool());
  EXPECT_TRUE(node(nobody).at("nodes").as_array().empty());

  const Answer joined = town.join(1);
  EXPECT_EQ(joined.status, 201);
  EXPECT_EQ(parsed(joined).at("action").as_string(), "create");
  EXPECT_EQ(node(joined).at("value").as_string(), "e1=https://10.0.0.1:2380");
  const auto created = node(joined).at("createdIndex").as_int64();
  EXPECT_EQ(joined.index, static_cast<std::uint64_t>(created));

  const Answer own = town.get("/a1?recursive=false&wait=true&waitIndex=" + std::to_string(created));
  EXPECT_EQ(own.status, 200);
  EXPECT_EQ(parsed(own).at("action").as_string(), "create");
  EXPECT_EQ(node(town.get(kQuery)).at("nodes").as_array().size(), 1u);
}

TEST(Registry, AWatchWaitsForTheNextMemberAndThenNamesIt) {
  Town town;
  const auto index = town.join(1).index;
  const std::string next = "?recursive=true&wait=true&waitIndex=" + std::to_string(index + 1);
  EXPECT_TRUE(town.waits(next));
  EXPECT_TRUE(town.waits("?wait=true&recursive=true"));
  std::string told;
  town.registry.on_change = [&](const std::string& token) { told = token; };
  town.join(2);
  EXPECT_EQ(told, town.token);
  const Answer event = town.get(next);
  EXPECT_EQ(node(event).at("value").as_string(), "e2=https://10.0.0.2:2380");
  EXPECT_EQ(node(event).at("modifiedIndex").as_int64(), static_cast<std::int64_t>(index) + 1);
  EXPECT_TRUE(town.waits("/a1?wait=true&waitIndex=" + std::to_string(index + 1)));
}

TEST(Registry, OnlyTheCallersOwnPeerUrlIsTaken) {
  Town town;
  const auto m1 = Town::master(1);
  const char* const bad[] = {
      "value=e1%3Dhttps%3A%2F%2F10.0.0.2%3A2380",     // another's
      "value=e1%3Dhttp%3A%2F%2F10.0.0.1%3A2380",      // clear text
      "value=e1%3Dhttps%3A%2F%2F10.0.0.1%3A2379",     // another port
      "value=e1%3Dhttps%3A%2F%2F10.0.0.1%3A2380%2F",  // a path
      "value=e1%3Dhttps%3A%2F%2F10.0.0.1%3A2380,e2%3Dhttps%3A%2F%2F10.0.0.2%3A2380",  // two
      "value=%3Dhttps%3A%2F%2F10.0.0.1%3A2380",                                       // no name
      "value=a+b%3Dhttps%3A%2F%2F10.0.0.1%3A2380",  // no such name
      "value=%00%ff",
      "value=",
      "",
      "value",
      "dir=true",
      "%",
      "&&&="};
  for (const char* body : bad) {
    const Answer answer = town.put("a1", body, m1);
    EXPECT_EQ(answer.status, 403) << body;
    EXPECT_EQ(parsed(answer).at("errorCode").as_int64(), 110);
  }
  EXPECT_EQ(town.put("a1", Town::value_of(1), {kDemo, "10.0.0.1", false}).status, 403);  // a worker
  EXPECT_TRUE(town.registry.members(kDemo).empty());
}

TEST(Registry, AnotherClustersTokenIsUnknown) {
  Town town;
  const Caller stranger{{"other"}, "10.0.0.1", true};
  EXPECT_EQ(town.get(kQuery, stranger).status, 404);
  EXPECT_EQ(town.put("a1", Town::value_of(1), stranger).status, 404);
  const Answer unknown = town.ask({"GET", "/nothing", {}});
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(parsed(unknown).at("errorCode").as_int64(), 100);
  EXPECT_EQ(town.ask({"GET", "", {}}).status, 404);
  EXPECT_EQ(town.ask({"GET", "/", {}}).status, 404);
}

TEST(Registry, NothingButMembersIsWritten) {
  Town town;
  for (const char* path : {"/_config/size", "", "/a1/b2", "/not-hex", "/aaaaaaaaaaaaaaaaa"}) {
    EXPECT_EQ(town.ask({"PUT", "/" + town.token + path, Town::value_of(1)}).status, 403) << path;
  }
  EXPECT_EQ(town.ask({"DELETE", "/" + town.token + "/a1", {}}).status, 405);
  EXPECT_EQ(town.ask({"POST", "/" + town.token, Town::value_of(1)}).status, 405);
  EXPECT_EQ(town.get("?wait=true&waitIndex=soon").status, 400);
  EXPECT_EQ(town.get("?wait=true&waitIndex=-1").status, 400);
  EXPECT_EQ(town.get("/ffff").status, 404);
}

TEST(Registry, AMemberMayAskAgainUntilTheClusterWasUp) {
  Town town;
  const auto created = town.join(1).index;
  EXPECT_EQ(town.join(1).status, 201);  // its etcd died before it wrote anything
  EXPECT_EQ(node(town.join(1)).at("createdIndex").as_int64(), static_cast<std::int64_t>(created));
  // The same machine under another id would count twice.
  EXPECT_EQ(town.put("b1", Town::value_of(1), Town::master(1)).status, 412);
  town.join(2);
  town.join(3);
  const Answer late = town.join(1);  // killed after the last one came, before its first record
  EXPECT_EQ(late.status, 201);
  EXPECT_EQ(node(late).at("createdIndex").as_int64(), static_cast<std::int64_t>(created));
  Caller formed = Town::master(1);
  formed.forming = false;
  const Answer again = town.put("a1", Town::value_of(1), formed);  // no second birth
  EXPECT_EQ(again.status, 412);
  EXPECT_EQ(parsed(again).at("errorCode").as_int64(), 105);
  EXPECT_EQ(town.join(4).status, 412);
  const std::vector<std::string> members{"e1=https://10.0.0.1:2380", "e2=https://10.0.0.2:2380",
                                         "e3=https://10.0.0.3:2380"};
  EXPECT_EQ(town.registry.members(kDemo), members);
}

TEST(Registry, ATokenStaysWhatItIsAcrossARestart) {
  Town town;
  town.join(1);
  Registry restarted(*town.database);
  EXPECT_EQ(restarted.token_of(kDemo, 3), town.token);
  EXPECT_EQ(restarted.members(kDemo).size(), 1u);
  EXPECT_NE(restarted.token_of(kDemo, 5), town.token);  // another cluster shape: anew
  EXPECT_TRUE(restarted.members(kDemo).empty());
  restarted.forget(kDemo);
  EXPECT_EQ(town.get(kQuery).status, 404);
}

TEST(Form, UndoesEscapesAndLeavesWhatIsNone) {
  EXPECT_EQ(unescape("a%20b+c%2"), "a b c%2");
  EXPECT_EQ(unescape("%zz%"), "%zz%");
  EXPECT_EQ(unescape("%4"), "%4");
  EXPECT_EQ(target_of("//a///b%2Fc/?x=1&x=2&y").segments, (std::vector<std::string>{"a", "b/c"}));
  EXPECT_EQ(target_of("/?x=1&x=2").query.at("x"), "2");
  EXPECT_FALSE(target_of("/?n=99999999999999999999").number("n", 1));
}

}  // namespace
}  // namespace slipway::discovery
