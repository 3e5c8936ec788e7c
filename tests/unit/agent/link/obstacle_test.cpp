// SPDX-License-Identifier: Apache-2.0
#include "agent/link/obstacle.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "agent/link/console.hpp"
#include "protocol/net/connect.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::agent_link {
namespace {

using base::Error;
using base::ErrorCode;

const net::Endpoint kController{"controller.example", 7443};
const std::vector<Interface> kGood{{"eth0", true, true, true}};

TEST(Obstacle, EachIsToldApart) {
  struct Case {
    Error why;
    const char* reason;
    const char* says;
  };
  for (const auto& [why, reason, says] : std::vector<Case>{
           {{ErrorCode::kNotFound, "m", "host"}, wire::kNameNotResolved, "known to no DNS server"},
           {{ErrorCode::kTimeout, "m", "host"}, wire::kNameNotResolved, "no DNS server of this"},
           {{ErrorCode::kUnavailable, "m", "network"}, wire::kNoNetwork, "there is no way to"},
           {{ErrorCode::kUnavailable, "m", "port"}, wire::kRefused, "nobody listens at"},
           {{ErrorCode::kTimeout, "m", ""}, wire::kNoAnswer, "look for a firewall"},
           {{ErrorCode::kDenied, "m", "ca"}, wire::kPinMismatch, "shows another CA"},
           {{ErrorCode::kDenied, "the token is spent", "token"}, wire::kDenied, "token is spent"},
           {{ErrorCode::kInternal, "no key", ""}, wire::kMachine, "no key"},
           {{ErrorCode::kExhausted, "x: No space left on device", ""}, wire::kMachine, "No space"},
           {{ErrorCode::kExhausted, "the controller refuses (429)", ""}, wire::kNoLink, "429"},
           {{ErrorCode::kUnavailable, "closed", ""}, wire::kNoLink, "closed"}}) {
    const auto word = obstacle_of(why, kController, kGood);
    EXPECT_EQ(word.reason, reason);
    EXPECT_NE(word.message.find(says), std::string::npos) << word.message;
    EXPECT_NE(word.message.find(why.message), std::string::npos) << word.message;
  }
}

TEST(Obstacle, WithoutANetworkThatIsTheReason) {
  for (const Error& why :
       {Error{ErrorCode::kUnavailable, "m", "network"}, Error{ErrorCode::kTimeout, "m", "host"},
        Error{ErrorCode::kTimeout, "m", ""}}) {
    const auto word = obstacle_of(why, kController, {{"eth0", false, false, false}});
    EXPECT_EQ(word.reason, wire::kNoNetwork);
    EXPECT_TRUE(word.message.starts_with("eth0 is down: ")) << word.message;
  }
}

TEST(Obstacle, ARefusalIsOneWhateverTheInterfacesLookLike) {
  const Error why{ErrorCode::kDenied, "the token is spent", "token"};
  EXPECT_EQ(obstacle_of(why, kController, {{"eth0", false, false, false}}).reason, wire::kDenied);
}

TEST(Network, WhatIsWrongWithEachInterface) {
  EXPECT_EQ(network_fault({}), "this machine has no network interface");
  EXPECT_EQ(network_fault({{"eth0", false, true, true}}), "eth0 is down");
  EXPECT_EQ(network_fault({{"eth0", true, false, true}}), "eth0 has no carrier");
  EXPECT_EQ(network_fault({{"a", true, true, false}, {"b", false, false, false}}),
            "a has no address, b is down");
  EXPECT_EQ(network_fault({{"a", false, false, false}, {"b", true, true, true}}), "");
}

TEST(Network, OfManyOnlySomeAreNamed) {
  std::vector<Interface> many;
  for (int i = 0; i < 1000; ++i) many.push_back({.name = "eth" + std::to_string(i)});
  EXPECT_EQ(network_fault(many), "eth0 is down, eth1 is down, eth2 is down, eth3 is down");
}

TEST(Connect, SaysWhatIsBroken) {
  boost::asio::io_context io;
  const auto field = [&](net::Endpoint to) {
    const auto made = fakes::run_task(
        io, net::connect(io.get_executor(), std::move(to), nullptr, std::chrono::seconds(20)));
    return made ? std::string("none") : made.error().field;
  };
  EXPECT_EQ(field({"127.0.0.1", 1}), "port");
  EXPECT_EQ(field({std::string(70, 'a') + ".example", 1}), "host");  // no name: nobody is asked
}

struct ConsoleTest : testing::Test {
  fakes::ManualClock clock;
  std::vector<std::string> lines;
  Console console{[this](const std::string& line) { lines.push_back(line); }, clock};
};

TEST_F(ConsoleTest, TheSameReasonIsSaidAgainOnlyAfterAWhile) {
  for (int i = 0; i < 290; ++i) {
    console.say({wire::kRefused, "attempt " + std::to_string(i)});
    clock.advance(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(lines.size(), 1U);
  clock.advance(std::chrono::seconds(2));
  console.say({wire::kRefused, "still"});
  EXPECT_EQ(lines.size(), 2U);
}

TEST_F(ConsoleTest, AnotherReasonIsSaidSoonButNotMoreThanOnceASecond) {
  console.say({wire::kRefused, "a"});
  console.say({wire::kNoAnswer, "b"});
  EXPECT_EQ(lines.size(), 1U);
  clock.advance(kNewReasonPause);
  console.say({wire::kNoAnswer, "b"});
  EXPECT_EQ(lines.size(), 2U);
}

TEST_F(ConsoleTest, ALinkIsAlwaysSaidAndOnce) {
  console.say({wire::kRefused, "a"});
  console.say({wire::kLinked, "x"});
  console.say({wire::kLinked, "x"});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(wire::last_console_word(lines.back())->reason, wire::kLinked);
}

}  // namespace
}  // namespace slipway::agent_link
