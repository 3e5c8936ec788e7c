// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/etcd_members.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <map>

#include "tests/fakes/run_task.hpp"

namespace slipway::kube {
namespace {

using base::ErrorCode;

/// An etcd that remembers its members and answers as etcd 3.4 does.
class FakeEtcd {
 public:
  std::map<std::string, EtcdMemberFact> members;
  std::vector<std::string> asked;
  std::optional<base::Error> away;
  std::string refusal;  ///< of a change

  EtcdMembers::Post post() {
    return
        [this](std::string path, std::string body) -> base::Task<base::Result<net::HttpResponse>> {
          if (away) co_return std::unexpected(*away);
          const auto what = path.substr(path.rfind('/') + 1);
          asked.push_back(what);
          net::HttpResponse response;
          response.status = 200;
          response.body = R"({"header":{}})";
          const auto request = boost::json::parse(body);
          if (what != "list" && !refusal.empty()) {
            response.status = 400;
            response.body = R"({"error":")" + refusal + R"(","message":")" + refusal + R"("})";
          } else if (what == "remove") {
            members.erase(boost::json::value_to<std::string>(request.at("ID")));
          } else if (what == "add") {
            const auto url = boost::json::value_to<std::string>(request.at("peerURLs").at(0));
            members["9"] = {"9", "", {url}};
          } else {
            response.body = list();
          }
          co_return response;
        };
  }

 private:
  std::string list() const {
    boost::json::array all;
    for (const auto& [id, member] : members) {
      boost::json::object each{{"ID", id}, {"peerURLs", boost::json::array{member.peer_urls[0]}}};
      if (!member.name.empty()) each["name"] = member.name;
      all.push_back(std::move(each));
    }
    return boost::json::serialize(boost::json::object{{"members", std::move(all)}});
  }
};

class EtcdMembersTest : public testing::Test {
 protected:
  EtcdMembersTest() {
    etcd_.members["1"] = {"1", "m-1", {"https://10.0.0.1:2380"}};
    etcd_.members["2"] = {"2", "m-2", {"https://10.0.0.2:2380"}};
    etcd_.members["3"] = {"3", "m-3", {"https://10.0.0.3:2380"}};
  }
  base::Result<wire::IntentOutcome> run(const std::string& name, const std::string& url) {
    wire::EtcdMember wanted;
    wanted.set_name(name);
    wanted.set_peer_url(url);
    EtcdMembers members(etcd_.post());
    return fakes::run_task(io_, members.run(wanted));
  }

  boost::asio::io_context io_;
  FakeEtcd etcd_;
};

TEST_F(EtcdMembersTest, TheLostMemberGoesBeforeItsSuccessorComes) {
  auto outcome = run("m-3", "https://10.0.0.9:2380");
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->ok()) << outcome->message();
  EXPECT_EQ(etcd_.asked, (std::vector<std::string>{"list", "remove", "add"}));
  EXPECT_FALSE(etcd_.members.contains("3"));
  EXPECT_EQ(etcd_.members["9"].peer_urls[0], "https://10.0.0.9:2380");
}

TEST_F(EtcdMembersTest, ASecondTimeChangesNothing) {
  ASSERT_TRUE(run("m-3", "https://10.0.0.9:2380"));
  etcd_.asked.clear();
  EXPECT_TRUE(run("m-3", "https://10.0.0.9:2380")->ok());
  EXPECT_EQ(etcd_.asked, std::vector<std::string>{"list"});
  EXPECT_EQ(etcd_.members.size(), 3U);
}

TEST_F(EtcdMembersTest, WithoutAUrlTheMemberOnlyGoes) {
  EXPECT_TRUE(run("m-3", "")->ok());
  EXPECT_EQ(etcd_.members.size(), 2U);
  EXPECT_TRUE(run("m-3", "")->ok());
  EXPECT_EQ(etcd_.members.size(), 2U);
}

TEST_F(EtcdMembersTest, WhatEtcdRefusesIsAnOutcomeInItsWords) {
  etcd_.refusal = "etcdserver: unhealthy cluster";
  auto outcome = run("m-3", "https://10.0.0.9:2380");
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->ok());
  EXPECT_NE(outcome->message().find("unhealthy cluster"), std::string::npos);
}

TEST_F(EtcdMembersTest, AnEtcdThatIsAwayIsAskedAgainLater) {
  etcd_.away = base::Error{ErrorCode::kUnavailable, "refused", {}};
  EXPECT_EQ(run("m-3", "https://10.0.0.9:2380").error().code, ErrorCode::kUnavailable);
}

TEST(EtcdMembersParse, HostileAnswersAreErrors) {
  for (const auto* text :
       {"", "x", "[]", "{}", R"({"members":1})", R"({"members":[1]})", R"({"members":[{}]})"}) {
    EXPECT_FALSE(parse_members(text)) << text;
  }
  const auto odd = parse_members(R"({"members":[{"ID":"7","peerURLs":[1,"u"]}]})");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->front().peer_urls, std::vector<std::string>{"u"});
}

}  // namespace
}  // namespace slipway::kube
